package catalog

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"wherefore/domain"
)

// network reads a network's file. want is the network that the file's name promises.
func (r reader) network(doc *node, want string) *NetworkEntry {
	var short string
	e := &NetworkEntry{Network: domain.Network(want)}
	r.mapping(doc, fields{
		"network":   r.text(&short),
		"account":   r.text(&e.Account),
		"docs":      r.link(&e.Docs),
		"reconnect": r.link(&e.Reconnect),
		"facts":     func(n *node) { e.Layout = r.within("facts").layout(n) },
		"reasons":   r.list(func(n *node) { e.Reasons = append(e.Reasons, r.reason(n, e.Network)) }),
		"codes":     r.list(func(n *node) { e.Codes = append(e.Codes, r.within("codes").codes(n)) }),
		"parsers":   r.list(func(n *node) { e.Parsers = append(e.Parsers, r.parser(n, e.Network)) }),
	}, "network", "account", "docs", "reconnect", "facts", "reasons", "parsers")
	if short != "" && short != want {
		r.fail(doc, "network %q in a file named for %q", short, want)
	}
	if !e.Network.Known() {
		r.fail(doc, "unknown network %q", want)
	}
	r.crossCheck(e)
	return e
}

// crossCheck finds what no entry shows alone: doubles, and parsers of reasons
// that the file does not describe.
func (r reader) crossCheck(e *NetworkEntry) {
	described := map[domain.ReasonID]int{}
	for _, reason := range e.Reasons {
		if line, double := described[reason.ID]; double {
			r.within("reason "+string(reason.Cause)).
				fail(&node{Line: reason.Origin.Line}, "is described at line %d already", line)
		}
		described[reason.ID] = reason.Origin.Line
	}
	for _, codes := range e.Codes {
		for _, cause := range codes.Causes {
			if _, ok := described[domain.Reason(e.Network, cause)]; !ok && knownCause(cause) {
				r.within("codes").fail(&node{Line: codes.Origin.Line}, "cause %q has no entry under reasons", cause)
			}
		}
	}
	named := map[string]int{}
	for _, p := range e.Parsers {
		in, at := r.within("parser "+p.Name), &node{Line: p.Origin.Line}
		if line, double := named[p.Name]; double {
			in.fail(at, "its name is taken by the parser at line %d", line)
		}
		named[p.Name] = p.Origin.Line
		if _, ok := described[p.Reason]; !ok && knownCause(p.Reason.Cause()) {
			in.fail(at, "cause %q has no entry under reasons", p.Reason.Cause())
		}
	}
}

// reason reads one entry of reasons.
func (r reader) reason(n *node, network domain.Network) ReasonEntry {
	var cause domain.Cause
	r = r.within("reason " + nameOf(n, "cause"))
	e := ReasonEntry{Origin: r.origin(n), words: map[string]wordsText{}}
	over := struct {
		side, reconnect string
		clears          *bool
	}{}
	r.mapping(n, fields{
		"cause":     r.cause(&cause),
		"docs":      r.link(&e.Docs),
		"note":      r.text(&e.Note),
		"link":      r.link(&e.Link),
		"side":      r.oneOf(&over.side, "user", "admin", "network", "us", "unknown"),
		"reconnect": r.oneOf(&over.reconnect, "yes", "after-steps", "no", "not-yet"),
		"clears":    r.flag(&over.clears),
		"words":     func(n *node) { r.overrides(n, e.words) },
	}, "cause", "docs", "note")
	e.ID = domain.Reason(network, cause)
	e.CauseInfo, _ = cause.Info()
	e.Side = domain.Side(cmp.Or(over.side, string(e.Side)))
	e.CauseInfo.Reconnect = domain.Helps(cmp.Or(over.reconnect, string(e.CauseInfo.Reconnect)))
	if over.clears != nil {
		e.ClearsItself = *over.clears
	}
	return e
}

var kebab = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// parser reads one entry of parsers.
func (r reader) parser(n *node, network domain.Network) ParserEntry {
	var cause domain.Cause
	name := nameOf(n, "name")
	r = r.within("parser " + name)
	e := ParserEntry{ParserSpec: domain.ParserSpec{Network: network, Origin: r.origin(n)}}
	r.mapping(n, fields{
		"name":   r.text(&e.Name),
		"cause":  r.cause(&cause),
		"when":   r.text(&e.Condition),
		"func":   r.text(&e.Func),
		"docs":   r.link(&e.Docs),
		"match":  r.list(func(n *node) { e.Match = append(e.Match, r.sample(n)) }),
		"reject": r.list(func(n *node) { e.Reject = append(e.Reject, r.sample(n)) }),
	}, "name", "cause", "docs", "match")
	e.Reason = domain.Reason(network, cause)
	switch {
	case e.Name != "" && !kebab.MatchString(e.Name):
		r.fail(n, "the name is not in lower-case-with-hyphens")
	case (e.Condition == "") == (e.Func == ""):
		r.fail(n, "want either when or func")
	case valueOf(n, "match") != nil && len(e.Match) == 0:
		r.fail(n, "has no sample that it must match")
	}
	return e
}

// cause returns how to read a cause of the vocabulary.
func (r reader) cause(dst *domain.Cause) func(*node) {
	return func(n *node) {
		var s string
		r.text(&s)(n)
		*dst = domain.Cause(s)
		switch other, cause, dotted := strings.Cut(s, "."); {
		case s == "" || knownCause(*dst):
		case dotted && knownCause(domain.Cause(cause)):
			r.fail(n, "%q is a reason of network %q; write the cause alone", s, other)
		default:
			r.fail(n, "unknown cause %q", s)
		}
	}
}

func knownCause(c domain.Cause) bool {
	_, known := c.Info()
	return known
}

// link returns how to read a web address.
func (r reader) link(dst *string) func(*node) {
	return func(n *node) {
		r.text(dst)(n)
		u, err := url.Parse(*dst)
		if *dst != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
			r.fail(n, "%q is not a web address", *dst)
		}
	}
}

// oneOf returns how to read one of a few words.
func (r reader) oneOf(dst *string, words ...string) func(*node) {
	return func(n *node) {
		*dst = n.Value
		if !slices.Contains(words, n.Value) {
			r.fail(n, "%q is none of %s", n.Value, strings.Join(words, ", "))
		}
	}
}

// codes reads one entry of codes.
func (r reader) codes(n *node) CodesEntry {
	e := CodesEntry{Origin: r.origin(n)}
	r.mapping(n, fields{
		"code": r.texts(&e.Codes),
		"causes": r.list(func(n *node) {
			var cause domain.Cause
			r.cause(&cause)(n)
			e.Causes = append(e.Causes, cause)
		}),
	}, "code")
	return e
}

// flag returns how to read true or false.
func (r reader) flag(dst **bool) func(*node) {
	return func(n *node) {
		b, err := strconv.ParseBool(n.Value)
		if err != nil || n.ShortTag() != "!!bool" {
			r.fail(n, "want true or false, have %s", kindName(n))
			return
		}
		*dst = &b
	}
}

// nameOf names an entry in problems by one of its own fields.
func nameOf(n *node, key string) string {
	if v := valueOf(n, key); v != nil && v.Value != "" {
		return v.Value
	}
	return "without a " + key
}
