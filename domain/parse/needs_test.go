package parse

import (
	"fmt"
	"slices"
	"testing"
)

func TestNeedsAreWhatEachMatchHas(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		condition string
		want      []string // "fact=value|…" for each need
	}{
		{`code == "1"`, []string{"code=1"}},
		{`code in ["1", "2"] && status == 400`, []string{"code=1|code=2", "status=400"}},
		{`code == "1" || type == "a" && message.contains("LONG enough")`, []string{"code=1|type=a"}},
		{`code == "1" || message.contains("Long")`, []string{"code=1|message=long"}},
		{`code == "1" || status > 400`, []string{"code=1|guard="}},
		{`code != "1"`, []string{"guard="}},
		{`!(message == "1")`, nil},
		{`code.lowerAscii() == "a"`, []string{"guard="}},
		{`type.endsWith("abcd") && message.matches("^.*$")`, []string{"guard="}},
		{`size(message) > 5`, nil},
		{`body.error.message.contains("abcd")`, nil},
		{`has(body.error) || body.code == 5`, []string{"guard=|guard="}},
		{`message.contains("abc")`, nil},
		{`message.lowerAscii().startsWith("\u212aſſk")`, []string{"message=kssk"}},
		{`message.matches("abcd")`, []string{"message=abcd"}},
		{`message.matches("^(?i)x+ABCDE.*fgh")`, []string{"message=abcde"}},
		{`message.matches("(?i)abcdéfghij")`, []string{"message=fghij"}},
		{`message.matches("abcdéf")`, []string{"message=abcdéf"}},
		{`message.matches("(abcd|efgh)i?")`, []string{"message=abcd|message=efgh"}},
		{`message.matches("(abcd|ef)")`, nil},
		{`message.matches("(abcd)?")`, nil},
		{`message.matches("(abcd)*efg")`, nil},
		{`message.matches("(abcd){0,3}")`, nil},
		{`message.matches("(abcd){1,3}")`, []string{"message=abcd"}},
		{`message.matches("(abcd)+")`, []string{"message=abcd"}},
		{`message.matches("(?i)[ab]cde")`, []string{"message=acde|message=bcde"}},
		{`message.matches("[^a]cde")`, nil},
		{`message.matches("(?i)post (is )?empty|poll .{0,60}(must|too)|[0-9]x")`, nil},
		{`message.matches("(?i)post (is )?empty|poll .{0,60}(must|too)")`,
			[]string{"message=post is empty|message=post empty|message=poll "}},
		{`message.matches("(?i)spam ?kit.*x|spamſ")`, []string{"message=spam kit|message=spamkit|message=spams"}},
		{`message.matches("\\babcd\\d+efghi$")`, []string{"message=efghi"}},
		{`message.matches("(ab|cd)(ef|gh)")`, []string{"message=abef|message=abgh|message=cdef|message=cdgh"}},
		{`message.matches("[a-z][a-z]abc")`, nil},
		{`message.matches("(abcd|)efg")`, nil},
	} {
		c, err := Compile(tt.condition)
		if err != nil {
			t.Errorf("%s: %v", tt.condition, err)
			continue
		}
		var got []string
		for _, n := range c.needs {
			s := ""
			for i, a := range n {
				if i > 0 {
					s += "|"
				}
				s += fmt.Sprintf("%s=%s", a.of.name(), a.value)
			}
			got = append(got, s)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s needs %q, want %q", tt.condition, got, tt.want)
		}
	}
}

// Of several needs the index takes the one that the fewest parsers share.
func TestIndexTakesTheRarestNeed(t *testing.T) {
	t.Parallel()
	var triples []string
	for i := range 200 {
		triples = append(triples, fmt.Sprintf("p%d", i), "token-expired",
			fmt.Sprintf(`status == 400 && code == "190" && message.contains("phrase number %d.")`, i))
	}
	r := rules(t, 1, triples...)
	found := newBitset(200)
	in := &input{}
	in.Status, in.Code, in.Message = 400, "190", "Here is PHRASE number 7."
	r.index.candidates(in, found)
	if first, second := found.next(0), found.next(8); first != 7 || second != -1 {
		t.Errorf("candidates %d, %d; want only 7", first, second)
	}
}
