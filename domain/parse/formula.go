package parse

// Formula is a condition that a database can be asked: it tests nothing but facts
// as they are stored, and never fails.
type Formula struct {
	// Is is how it holds: all, any or not of Parts, true or false; or how a fact
	// compares with Texts: in, contains, startsWith or endsWith.
	Is    string
	Parts []Formula
	Fact  string // format, code, subcode, type or message
	Lower bool   // the fact is taken with its ASCII letters in lower case
	Texts []string
}

// Formula returns the condition as a formula; false when it tests more than texts
// with constants: the body, the status, or a pattern.
func (c *Condition) Formula() (Formula, bool) { return formulaOf(c.root) }

func formulaOf(n node) (Formula, bool) {
	switch n := n.(type) {
	case all:
		return formulaOfAll("all", n)
	case anyOf:
		return formulaOfAll("any", n)
	case not:
		return formulaOfAll("not", []node{n.node})
	case constant:
		if n {
			return Formula{Is: "true"}, true
		}
		return Formula{Is: "false"}, true
	case textIs:
		texts := make([]string, len(n.values))
		for i, v := range n.values {
			texts[i] = string(v)
		}
		return comparisonOf(n.of, "in", texts)
	case textHas:
		return comparisonOf(n.of, n.test, []string{n.part})
	}
	return Formula{}, false
}

func formulaOfAll(is string, parts []node) (Formula, bool) {
	f := Formula{Is: is}
	for _, part := range parts {
		p, ok := formulaOf(part)
		if !ok {
			return f, false
		}
		f.Parts = append(f.Parts, p)
	}
	return f, true
}

func comparisonOf(of source, is string, texts []string) (Formula, bool) {
	f, isFact := plain(of).(fact)
	return Formula{Is: is, Fact: f.name(), Lower: of != source(f), Texts: texts}, isFact
}
