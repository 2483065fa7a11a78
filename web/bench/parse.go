package bench

import (
	"encoding/json"
	"fmt"

	"wherefore/domain"
	"wherefore/domain/explain"
	"wherefore/domain/facts"
	"wherefore/domain/parse"
)

// benchBody is a body of 300 bytes as the Graph API answers.
const benchBody = `{"error":{"message":"Error validating access token: Session has expired on Saturday, 14-Nov-26 06:00:00 PST. ` +
	`The current time is Saturday, 14-Nov-26 07:32:10 PST.","type":"OAuthException","code":190,"error_subcode":463,` +
	`"is_transient":false,"error_user_title":null,"fbtrace_id":"AbCdEfGhIjKlMnOpQr_1234"}}`

var benchLayout = facts.LayoutSpec{JSON: []facts.ShapeSpec{{
	Code: []string{"error.code"}, Subcode: []string{"error.error_subcode"}, Type: []string{"error.type"},
	Message: []string{"error.message", "error.error_user_msg"},
}}}

// benchSpec makes the i-th of many parsers. They take turns in the forms that
// parsers have: codes, codes with subcodes, types, phrases and patterns.
func benchSpec(i int) domain.ParserSpec {
	conditions := []string{
		fmt.Sprintf(`code == "%d"`, 1000+i),
		fmt.Sprintf(`code == "190" && subcode == "%d"`, 1000+i),
		fmt.Sprintf(`type == "OAuthException" && code in ["%d", "%d"] && status != 500`, 1000+i, 5000+i),
		fmt.Sprintf(`message.contains("has expired for account %d")`, i),
		fmt.Sprintf(`message.matches("(?i)session (?:is|was) invalidated .*number %d")`, i),
	}
	return domain.ParserSpec{
		Network: domain.Facebook, Name: fmt.Sprintf("parser-%d", i), Reason: "facebook.token-expired",
		Condition: conditions[i%len(conditions)],
	}
}

// benchRuleset has n parsers, the last of which matches benchBody.
func benchRuleset(n int) (*parse.Ruleset, error) {
	var parsers []*parse.Parser
	for i := range n {
		spec := benchSpec(i)
		if i == n-1 {
			spec.Condition = `code == "190" && subcode == "463" && message.contains("Session has expired")`
		}
		p, err := parse.NewParser(spec)
		if err != nil {
			return nil, err
		}
		parsers = append(parsers, p)
	}
	return parse.NewRuleset(domain.Facebook, 1, parsers)
}

// benchFacts are one error that the last parser matches and two that none does,
// of which one is only words.
func benchFacts() ([]facts.Facts, error) {
	layout, err := facts.NewLayout(benchLayout)
	if err != nil {
		return nil, err
	}
	return []facts.Facts{
		facts.Read(layout, 400, []byte(benchBody)),
		facts.Read(layout, 400, []byte(`{"error":{"message":"An unknown error occurred","code":1,"type":"OAuthException"}}`)),
		facts.Read(layout, 0, []byte("The session could not be found; the account it belonged to has left.")),
	}, nil
}

func benchRulesetSize() (comparison, error) {
	thousand, err := benchRuleset(1000)
	if err != nil {
		return comparison{}, err
	}
	ten, err := benchRuleset(10)
	if err != nil {
		return comparison{}, err
	}
	facts, err := benchFacts()
	if err != nil {
		return comparison{}, err
	}
	decideAll := func(r *parse.Ruleset) func() {
		return func() {
			for _, f := range facts {
				r.Decide(f)
			}
		}
	}
	return compareTime(decideAll(thousand), decideAll(ten)), nil
}

// decideAndDecode returns the two sides of the comparison with encoding/json:
// from bytes to verdict under 1,000 parsers, and from the same bytes to any.
func decideAndDecode() (ours, theirs func(), err error) {
	r, err := benchRuleset(1000)
	if err != nil {
		return nil, nil, err
	}
	layout, err := facts.NewLayout(benchLayout)
	if err != nil {
		return nil, nil, err
	}
	engine := explain.NewEngine(map[domain.Network]*facts.Layout{domain.Facebook: layout})
	engine.Swap(r)
	body := []byte(benchBody)
	if !engine.ExplainAgain(r, 400, body).Verdict.Parsed() {
		return nil, nil, fmt.Errorf("the error that is measured has no verdict")
	}
	ours = func() { engine.ExplainAgain(r, 400, body) }
	theirs = func() {
		var decoded any
		if err := json.Unmarshal(body, &decoded); err != nil {
			panic(err) // benchBody is no JSON: a defect of this file
		}
	}
	return ours, theirs, nil
}

func benchDecide() (comparison, error) {
	ours, theirs, err := decideAndDecode()
	if err != nil {
		return comparison{}, err
	}
	return compareTime(ours, theirs), nil
}

func benchDecideAllocs() (comparison, error) { return compareAllocated("", 0) }

func benchDecideBytes() (comparison, error) { return compareAllocated("B", 1) }

// compareAllocated compares allocations by their number (0) or their bytes (1).
func compareAllocated(unit string, by int) (comparison, error) {
	ours, theirs, err := decideAndDecode()
	if err != nil {
		return comparison{}, err
	}
	measure := func(f func()) float64 {
		count, bytes := allocated(f)
		return [2]float64{count, bytes}[by]
	}
	o, t := measure(ours), measure(theirs)
	return comparison{o / t, o, t, unit}, nil
}
