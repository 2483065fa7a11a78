package parse

import (
	"wherefore/domain"
	"wherefore/domain/facts"
)

// secondFactorAsked finds two_factor_required among the members of the body,
// however deep a client library wrapped it. Instagram's own message is empty then.
func secondFactorAsked(f facts.Facts) (domain.Cause, bool) {
	for left := []facts.Value{f.Body}; len(left) > 0; {
		v := left[len(left)-1]
		left = left[:len(left)-1]
		for name, member := range v.Members() {
			if name == "two_factor_required" && saysYes(member) {
				return "login-checkpoint", true
			}
			left = append(left, member)
		}
		for item := range v.Items() {
			left = append(left, item)
		}
	}
	return "", false
}

// saysYes reads a flag of JSON, or as a dump prints one.
func saysYes(v facts.Value) bool {
	switch v.Text() {
	case "true", "True", "1":
		return true
	}
	return false
}
