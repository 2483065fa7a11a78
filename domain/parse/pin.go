package parse

import (
	"wherefore/domain"
	"wherefore/domain/facts"
)

// Breaks says how the ruleset breaks a pin whose error has these facts, "" when
// it does not. What must be matched must also get the parser's reason from the
// whole ruleset. A ruleset without the parser breaks none of its pins.
func (r *Ruleset) Breaks(pin domain.Pin, f facts.Facts) string {
	p := r.Parser(pin.Parser)
	if p == nil || pin.Kind == domain.KnownGap {
		return ""
	}
	matches, failure := p.Matches(f)
	switch {
	case pin.Kind == domain.MustNotMatch && matches:
		return "it must not match and does"
	case pin.Kind == domain.MustNotMatch:
		return ""
	case failure != nil:
		return "it must match and its condition fails: " + failure.Error()
	case !matches:
		return "it must match and does not"
	}
	if v := r.Decide(f); v.Reason != p.Reason() {
		return "it must match, and " + v.Parser + " explains the error before it, as " + string(v.Reason)
	}
	return ""
}
