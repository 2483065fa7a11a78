package parse

import "testing"

func TestFormulaIsOnlyOfWhatIsCounted(t *testing.T) {
	t.Parallel()
	for condition, can := range map[string]bool{
		`code == "1"`: true, `code in ["1", "2"] && !(message.contains("x") || true)`: true, `message.lowerAscii().startsWith("x")`: true,
		`status == 400`: false, `code == "1" && body.a == 1`: false, `message.matches("x")`: false, `int(code) > 1`: false,
	} {
		c, err := Compile(condition)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := c.Formula(); ok != can {
			t.Errorf("%s: %t", condition, ok)
		}
	}
	c, err := Compile(`type.lowerAscii() == "a" && !message.endsWith("b")`)
	if err != nil {
		t.Fatal(err)
	}
	f, _ := c.Formula()
	if want := (Formula{Is: "in", Fact: "type", Lower: true, Texts: []string{"a"}}); len(f.Parts) != 2 || f.Parts[0].Fact != want.Fact || !f.Parts[0].Lower ||
		f.Parts[1].Is != "not" || f.Parts[1].Parts[0].Is != "endsWith" {
		t.Errorf("%+v", f)
	}
}
