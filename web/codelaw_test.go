package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"wherefore/domain"
	"wherefore/domain/catalog"
	"wherefore/domain/explain"
	"wherefore/domain/facts"
	"wherefore/domain/parse"
)

// A sentence never outweighs a code: beside a documented code of a network, any
// generic sentence of any of its parsers gives one of the code's causes, or nothing.
//
//   - A code is a value of the facts code and type, and of subcode where it is a
//     number. It is documented when some parser, as the catalogue writes it, decides
//     on it whatever the words are (without any, and beside a sentence that nobody
//     knows), or when it stands under codes.
//   - A sentence is generic when its parser, as the catalogue writes it, decides on
//     the message alone. All messages of the samples that match are tried, with the
//     HTTP status of the sample and without.
//   - The code's causes are those of the parsers that need the code: as the catalogue
//     writes them, they match with it and would not match with a code that nobody
//     knows. What stands under codes is added: these causes are told apart by words.
func TestNoSentenceOutweighsACode(t *testing.T) {
	t.Parallel()
	c, engine, err := explain.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range c.Networks() {
		t.Run(string(entry.Network), func(t *testing.T) {
			t.Parallel()
			l := newCodeLaw(t, entry, engine)
			pairs, sentences, told := 0, l.sentences(), map[string]bool{}
			for _, code := range l.documented() {
				causes := l.causes(code)
				for _, s := range sentences {
					pairs++
					v := l.ruleset.Decide(code.beside(s))
					key := code.fact + code.value + v.Parser
					if v.Parsed() && !slices.Contains(causes, v.Reason.Cause()) && !told[key] {
						told[key] = true
						t.Errorf("%s %q with status %d and %q: %s by %s, want one of %v",
							code.fact, code.value, s.Status, s.Message, v.Reason, v.Parser, causes)
					}
				}
			}
			if pairs < 200 {
				t.Errorf("only %d pairs of a code and a sentence", pairs)
			}
		})
	}
}

// codeLaw is one network's parsers as the catalogue writes them, beside the ruleset
// that is made of them.
type codeLaw struct {
	entry   *catalog.NetworkEntry
	written []*parse.Parser
	ruleset *parse.Ruleset
	samples [][]facts.Facts // those that match, by parser
}

func newCodeLaw(t *testing.T, entry *catalog.NetworkEntry, engine *explain.Engine) codeLaw {
	l := codeLaw{entry: entry, ruleset: engine.Ruleset(entry.Network)}
	for _, p := range entry.Parsers {
		compiled, err := parse.NewParser(p.ParserSpec)
		if err != nil {
			t.Fatal(err)
		}
		var samples []facts.Facts
		for _, s := range p.Match {
			samples = append(samples, engine.ReadFacts(entry.Network, s.Status, s.Error))
		}
		l.written, l.samples = append(l.written, compiled), append(l.samples, samples)
	}
	return l
}

// codeValue is a value of one of the facts that hold codes.
type codeValue struct{ fact, value string }

func (c codeValue) beside(f facts.Facts) facts.Facts {
	switch c.fact {
	case "code":
		f.Code = c.value
	case "subcode":
		f.Subcode = c.value
	default:
		f.Type = c.value
	}
	return f
}

// sentences are the generic ones.
func (l codeLaw) sentences() []facts.Facts {
	var all []facts.Facts
	for i, samples := range l.samples {
		for _, s := range samples {
			alone := facts.Facts{Format: s.Format, Message: s.Message}
			if l.matches(i, alone) && s.Message != "" {
				withStatus := alone
				withStatus.Status = s.Status
				all = append(all, alone, withStatus)
			}
		}
	}
	return all
}

func (l codeLaw) matches(i int, f facts.Facts) bool {
	matched, err := l.written[i].Matches(f)
	return matched && err == nil
}

var quoted = regexp.MustCompile(`"([^"\\]+)"`)

// documented lists the documented codes. Candidates are all texts in conditions, and
// what the samples have.
func (l codeLaw) documented() []codeValue {
	var values []string
	for i, p := range l.entry.Parsers {
		for _, m := range quoted.FindAllStringSubmatch(p.Condition, -1) {
			values = append(values, m[1])
		}
		for _, s := range l.samples[i] {
			values = append(values, s.Code, s.Subcode, s.Type)
		}
	}
	slices.Sort(values)
	var found []codeValue
	for _, v := range slices.Compact(values) {
		for _, fact := range []string{"code", "subcode", "type"} {
			code := codeValue{fact, v}
			if v != "" && l.decidesAlone(code) {
				found = append(found, code)
			}
		}
	}
	for _, e := range l.entry.Codes {
		for _, v := range e.Codes {
			found = append(found, codeValue{"code", v})
		}
	}
	return found
}

func (l codeLaw) decidesAlone(c codeValue) bool {
	if c.fact == "subcode" && slices.ContainsFunc([]rune(c.value), unicode.IsLetter) {
		return false
	}
	silent := facts.Facts{Format: facts.JSON}
	unheard := facts.Facts{Format: facts.JSON, Message: "Lorem ipsum dolor"}
	for i := range l.written {
		if l.needs(i, c, silent) && l.needs(i, c, unheard) {
			return true
		}
	}
	return false
}

// needs reports whether a parser matches with the code and not with an unknown one.
func (l codeLaw) needs(i int, c codeValue, f facts.Facts) bool {
	return l.matches(i, c.beside(f)) && !l.matches(i, codeValue{c.fact, "no-such-code"}.beside(f))
}

func (l codeLaw) causes(c codeValue) []domain.Cause {
	var causes []domain.Cause
	for i, p := range l.written {
		beside := append([]facts.Facts{{Format: facts.JSON}}, l.samples[i]...)
		if slices.ContainsFunc(beside, func(f facts.Facts) bool { return l.needs(i, c, f) }) {
			causes = append(causes, p.Reason().Cause())
		}
	}
	for _, e := range l.entry.Codes {
		if !slices.ContainsFunc(e.Codes, func(v string) bool { return strings.HasSuffix(c.value, v) }) {
			continue
		}
		causes = append(causes, e.Causes...)
		if len(e.Causes) == 0 {
			for _, r := range l.entry.Reasons {
				causes = append(causes, r.ID.Cause())
			}
		}
	}
	return causes
}

// What the networks say of our own faults is not blamed on the customer, and what
// they add to every refusal is no reason.
func TestCodesBesideForeignSentences(t *testing.T) {
	t.Parallel()
	_, engine, err := explain.Load()
	if err != nil {
		t.Fatal(err)
	}
	const guidelines = `{"error": {"code": %q, "message": "Please review our integration guidelines at https://developers.tiktok.com/doc/content-sharing-guidelines/", "log_id": "2024"}}`
	for _, tt := range []struct {
		network domain.Network
		body    string
		want    domain.Cause
	}{
		{domain.TikTok, fmt.Sprintf(guidelines, "rate_limit_exceeded"), "rate-limited"},
		{domain.TikTok, fmt.Sprintf(guidelines, "spam_risk_too_many_posts"), "quota-exceeded"},
		{domain.TikTok, fmt.Sprintf(guidelines, "access_token_invalid"), "token-invalid"},
		{domain.TikTok, fmt.Sprintf(guidelines, "unaudited_client_can_only_post_to_private_accounts"), "app-misconfigured"},
		{domain.TikTok, fmt.Sprintf(guidelines, "a_code_of_tomorrow"), ""},
		{domain.Bluesky, `{"error": "InvalidToken", "message": "OAuth tokens are meant for PDS access only"}`, "bad-request"},
		{domain.Facebook, `{"error": {"message": "User has changed the password", "type": "OAuthException", "code": 4}}`, "rate-limited"},
		{domain.Facebook, `{"error": {"message": "User has changed the password", "type": "OAuthException", "code": 190, "error_subcode": 463}}`, "token-expired"},
	} {
		v := engine.Explain(tt.network, 400, []byte(tt.body)).Verdict
		if v.Reason.Cause() != tt.want {
			t.Errorf("%s %s: %s by %s, want %s", tt.network, tt.body, v.Reason, v.Parser, tt.want)
		}
	}
}

// TikTok adds one sentence to the answer of any code: beside one it decides nothing.
func TestGuidelinesAreNoEvidence(t *testing.T) {
	t.Parallel()
	c, engine, err := explain.Load()
	if err != nil {
		t.Fatal(err)
	}
	const guidelines = "Please review our integration guidelines at https://developers.tiktok.com/doc/content-sharing-guidelines/"
	for _, entry := range c.Networks() {
		if entry.Network != domain.TikTok {
			continue
		}
		l := newCodeLaw(t, entry, engine)
		codes := append(l.documented(), codeValue{"code", "a_code_of_tomorrow"})
		if len(codes) < 40 {
			t.Errorf("only %d codes", len(codes))
		}
		for _, code := range codes {
			for _, status := range []int{0, 200, 400, 401, 403, 429, 500} {
				with := l.ruleset.Decide(code.beside(facts.Facts{Format: facts.JSON, Status: status, Message: guidelines}))
				without := l.ruleset.Decide(code.beside(facts.Facts{Format: facts.JSON, Status: status, Message: "Lorem ipsum dolor"}))
				if with.Reason != without.Reason || with.Parser != without.Parser {
					t.Errorf("%s %q with status %d: %s by %s, without the sentence %s by %s", code.fact, code.value, status,
						with.Reason, with.Parser, without.Reason, without.Parser)
				}
			}
		}
	}
}

// A number of the form of a network's codes is read at the start of a text, and
// nothing else there is: no HTTP status, time, count or id.
func TestCodesAtTheStartOfText(t *testing.T) {
	t.Parallel()
	_, engine, err := explain.Load()
	if err != nil {
		t.Fatal(err)
	}
	words := map[domain.Network][]string{
		domain.TikTok:    {"40102", "40105", "40100", "50002", "2190008"},
		domain.Facebook:  {"190", "102", "341", "613", "80004", "1404006"},
		domain.Instagram: {"190", "613", "36003", "2207042"},
		domain.Threads:   {"190", "613", "2207050"},
		domain.LinkedIn:  {"65600", "65601", "65602"},
		domain.X:         {"32", "64", "88", "89", "187", "226", "326"},
	}
	others := []string{"400", "401", "403", "404", "409", "429", "500", "502", "503", "504", "7", "12", "2026", "10:30",
		"12:40102", "40102:30", "190:15", "89:30", "5551234567", "17841400000000190", "7301234567890140102", "40102.5", "a40102"}
	for network, codes := range words {
		for _, code := range codes {
			for _, form := range []string{"%s: Lorem ipsum", "[%s] Lorem ipsum", "[%s]: Lorem ipsum", " %s: Lorem ipsum", "Error: %s: Lorem ipsum"} {
				text := fmt.Sprintf(form, code)
				if f := engine.Explain(network, 0, []byte(text)).Facts; f.Code != code {
					t.Errorf("%s %q has code %q", network, text, f.Code)
				}
			}
		}
		for _, other := range others {
			text := other + ": Lorem ipsum"
			if f := engine.Explain(network, 0, []byte(text)).Facts; f.Code != "" || f.Subcode != "" {
				t.Errorf("%s %q has code %q", network, text, f.Code)
			}
		}
	}
	v := engine.Explain(domain.TikTok, 0, []byte("40102: Please review our integration guidelines")).Verdict
	if v.Reason.Cause() != "token-expired" {
		t.Errorf("40102 before a colon: %s by %s", v.Reason, v.Parser)
	}
}
