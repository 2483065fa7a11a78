package parse

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"pgregory.net/rapid"

	"wherefore/domain/facts"
	"wherefore/domain/parse/parsetest"
)

func TestRowsAreWrittenInCEL(t *testing.T) {
	for _, c := range []struct {
		row  Row
		want string
	}{
		{Row{"code", Is, "190"}, `code == "190"`},
		{Row{" code ", Is, " 190 "}, `code == "190"`},
		{Row{"code", IsNot, `"190"`}, `code != "190"`},
		{Row{"subcode", Is, `""`}, `subcode == ""`},
		{Row{"code", IsOneOf, `4, 17 ,, "a, b"`}, `code in ["4", "17", "a, b"]`},
		{Row{"status", IsOneOf, "400,500"}, `status in [400, 500]`},
		{Row{"message", Contains, `say "no"`}, `message.contains("say \"no\"")`},
		{Row{"message", Matches, `(?i)^a\d+$`}, `message.matches("(?i)^a\\d+$")`},
		{Row{"body.error.is_transient", Is, "true"}, `body.error.is_transient == true`},
		{Row{"body.error.code", Is, "190"}, `body.error.code == 190`},
		{Row{"body.error.code", Is, `"190"`}, `body.error.code == "190"`},
		{Row{"body.error.code", Contains, "190"}, `body.error.code.contains("190")`},
		{Row{`body["a b"][0]["in"]`, IsOneOf, `null, 1.5, true, quota`}, `body["a b"][0]["in"] in [null, 1.5, true, "quota"]`},
	} {
		got, err := c.row.Condition()
		if err != nil || got != c.want {
			t.Errorf("%+v is %s, not %s (%v)", c.row, got, c.want, err)
		}
		if _, err := Compile(got); err != nil {
			t.Errorf("%s: %v", got, err)
		}
	}
}

func TestRowsThatCannotBeWritten(t *testing.T) {
	for _, c := range []struct {
		row   Row
		field string
	}{
		{Row{"cod", Is, "1"}, "fact"}, {Row{"body.", Is, "1"}, "fact"}, {Row{"code == code", Is, "1"}, "fact"},
		{Row{"body[code]", Is, "1"}, "fact"}, {Row{"body" + strings.Repeat(".a", 1000), Is, "1"}, "fact"},
		{Row{"status", Is, "many"}, "value"}, {Row{"status", Is, "4.5"}, "value"}, {Row{"status", Contains, "4"}, "test"},
		{Row{"code", "startsWith", "4"}, "test"}, {Row{"code", IsOneOf, ","}, "value"},
	} {
		unfinished := Row{Fact: "code"}
		_, err := Rows{List: []Row{unfinished, c.row}}.Condition()
		if found := RowErrors(err); len(found) != 1 || found[0].Row != 1 || found[0].Field != c.field {
			t.Errorf("%+v: %v", c.row, err)
		}
	}
}

func TestWhatOnlyAnExpressionSays(t *testing.T) {
	for source, want := range map[string]bool{
		`code == "190" && status != 400`:                   true,
		`"190" == code`:                                    true,
		`(code == "1" || type == "a") || subcode in ["2"]`: true,
		`code == "1" && (type == "a" || type == "b")`:      false,
		`!(code == "1")`:                                   false,
		`message.lowerAscii().contains("a")`:               false,
		`message.startsWith("a")`:                          false,
		`has(body.error)`:                                  false,
		`status >= 500`:                                    false,
		`code == subcode`:                                  false,
		`body.a == 190u`:                                   false,
		`body.a == [1]`:                                    false,
		`code in []`:                                       false,
		`size(message) == 4`:                               false,
		`true`:                                             false,
		strings.Repeat(`code == "1" && `, MaxRows) + "true": false,
	} {
		c, err := Compile(source)
		if err != nil {
			t.Fatalf("%s: %v", source, err)
		}
		if rows, ok := c.Rows(); ok != want {
			t.Errorf("%s: rows %+v, %t", source, rows, ok)
		}
	}
}

func TestAddAsksForMore(t *testing.T) {
	row := Row{"code", Is, "4"}
	for before, want := range map[string]string{
		"":                                    `code == "4"`,
		`type == "a"`:                         "type == \"a\" &&\ncode == \"4\"",
		`type == "a" && "4" == code`:          `type == "a" && "4" == code`,
		`type == "a" || type == "b"`:          "type == \"a\" || type == \"b\" ||\ncode == \"4\"",
		`type == "a" || size(message) > 1`:    "(type == \"a\" || size(message) > 1\n) &&\ncode == \"4\"",
		`status > 1 ? true : type == "a"`:     "(status > 1 ? true : type == \"a\"\n) &&\ncode == \"4\"",
		`type == "a" // for now`:              "type == \"a\" // for now\n &&\ncode == \"4\"",
		`type == "a" || status > 1 // a || b`: "(type == \"a\" || status > 1 // a || b\n) &&\ncode == \"4\"",
		`type == `:                            "type ==  &&\ncode == \"4\"",
	} {
		got, err := Add(before, row)
		if err != nil || got != want {
			t.Errorf("to %q: %q, not %q (%v)", before, got, want, err)
		}
		if _, err := Compile(got); err != nil && before != `type == ` {
			t.Errorf("%q does not compile: %v", got, err)
		}
	}
}

// constant draws what a fact can be compared with.
func (d dice) constant(f rowFact, asText bool) ref.Val {
	texts := []string{"", "4", "190", "quota", "session", "a, b", ` a`, `"a"`, "true", "null", "1.5", "a\nb", "a\u202eb", `\d`, "-1", "\"", "é", "1e400"}
	numbers := []ref.Val{types.Int(190), types.Int(-1), types.Double(1.5), types.Double(1e21), types.Double(4), types.Bool(true), types.NullValue}
	switch {
	case f.kind == statusFact:
		return types.Int(parsetest.Pick(d, parsetest.Statuses))
	case f.kind == bodyFact && !asText && d.IntN(2) == 0:
		return parsetest.Pick(d, numbers)
	}
	return types.String(parsetest.Pick(d, texts))
}

// rowTests lists the tests, those of any fact first.
var rowTests = []RowTest{Is, IsNot, IsOneOf, Contains, Matches}

// drawnRow is a row with what it means.
type drawnRow struct {
	Row
	fact      rowFact
	constants []ref.Val
}

func (d dice) row() drawnRow {
	written := parsetest.Pick(d, []string{"format", "code", "subcode", "type", "message", "status", "body.error", "body.error.kind", "body.error.code",
		"body.list[0]", `body["a b"]`, `body["in"].true_`, "body"})
	fact, ok := rowFactOf(written)
	if !ok {
		panic(written)
	}
	r := drawnRow{Row: Row{Fact: fact.name}, fact: fact}
	if r.Test = parsetest.Pick(d, rowTests); fact.kind == statusFact {
		r.Test = parsetest.Pick(d, rowTests[:3])
	}
	ofTexts := r.Test == Contains || r.Test == Matches
	var items []string
	for range map[bool]int{true: 1 + d.IntN(3), false: 1}[r.Test == IsOneOf] {
		v := d.constant(fact, ofTexts)
		if r.Test == Matches {
			v = types.String(parsetest.Pick(d, parsetest.Patterns))
		}
		item, ok := fact.write(v, ofTexts, r.Test == IsOneOf)
		if !ok {
			panic(v)
		}
		items, r.constants = append(items, item), append(r.constants, v)
	}
	r.Value = strings.Join(items, ", ")
	return r
}

// holds says what the row means, without the language of conditions.
func (r drawnRow) holds(f facts.Facts) bool {
	switch r.fact.kind {
	case statusFact:
		return r.compare(types.Int(f.Status))
	case textFact:
		of, _ := factNamed(r.Fact)
		return r.compare(types.String(of.of(&input{Facts: f})))
	}
	e, _ := syntaxOf(r.Fact)
	path, _ := pathOf(e)
	actual, there := path.value(&input{Facts: f})
	return there && r.compare(types.DefaultTypeAdapter.NativeToValue(actual.Any()))
}

func (r drawnRow) compare(actual ref.Val) bool {
	same := func(v ref.Val) bool { return actual.Equal(v) == types.True }
	text, isText := actual.(types.String)
	switch r.Test {
	case Is:
		return same(r.constants[0])
	case IsNot:
		return !same(r.constants[0])
	case IsOneOf:
		return slices.ContainsFunc(r.constants, same)
	case Contains:
		return isText && strings.Contains(string(text), string(r.constants[0].(types.String)))
	}
	return isText && regexp.MustCompile(string(r.constants[0].(types.String))).MatchString(string(text))
}

// Rows come back from the condition that they are written as, and it holds
// exactly where they do.
func TestRowsAndConditionsAreTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := throw(t)
		drawn := make([]drawnRow, 1+d.IntN(4))
		rows := Rows{Any: len(drawn) > 1 && d.IntN(2) == 0}
		for i := range drawn {
			drawn[i] = d.row()
			rows.List = append(rows.List, drawn[i].Row)
		}
		source, err := rows.Condition()
		if err != nil {
			t.Fatalf("%+v: %v", rows, err)
		}
		c, err := Compile(source)
		if err != nil {
			t.Fatalf("%s: %v", source, err)
		}
		if back, ok := c.Rows(); !ok || back.Any != rows.Any || !slices.Equal(back.List, rows.List) {
			t.Fatalf("%s\ncame from %+v\nand becomes %+v", source, rows, back)
		}
		for range 8 {
			f := d.Facts()
			any, all := false, true
			for _, r := range drawn {
				any, all = any || r.holds(f), all && r.holds(f)
			}
			if holds, _ := c.Holds(f); holds != (any && (all || rows.Any)) {
				t.Fatalf("%s\nholds: %t; of the rows any %t, all %t; on %+v", source, holds, any, all, f)
			}
		}
	})
}

// Whatever condition is written, its rows mean what it means.
func TestRowsOfConditionsMeanTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := throw(t)
		c, err := Compile(d.Condition(d.IntN(3)))
		if err != nil {
			t.Fatal(err)
		}
		rows, ok := c.Rows()
		if !ok {
			return
		}
		source, err := rows.Condition()
		if err != nil {
			t.Fatalf("%s: %v", c.source, err)
		}
		again, err := Compile(source)
		if err != nil {
			t.Fatalf("%s: %v", source, err)
		}
		for range 8 {
			f := d.Facts()
			before, _ := c.Holds(f)
			if now, _ := again.Holds(f); now != before {
				t.Fatalf("%s holds: %t, %s: %t, on %+v", c.source, before, source, now, f)
			}
		}
	})
}

// Whatever an error says, what is offered of it can be asked for and holds.
func TestOffersHoldOnTheirError(t *testing.T) {
	t.Parallel()
	first := func(text string) string { return strings.ToValidUTF8(text[:min(len(text), 50)], "") }
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.OneOf(rapid.SampledFrom(parsetest.Bodies), rapid.StringOf(rapid.RuneFrom([]rune(`{}[]",:1e9tnul\abé `))),
			rapid.Map(rapid.String(), func(s string) string { return `{"error":{"` + s + `":"` + s + `","in":[1,{"a b":null}],"in":2}}` }),
		).Draw(t, "raw")
		f := facts.Read(nil, rapid.SampledFrom(parsetest.Statuses).Draw(t, "status"), []byte(raw))
		condition := ""
		for _, offer := range Offers(f, first) {
			next, err := Add(condition, offer.Row)
			if err != nil {
				t.Fatalf("%+v: %v", offer, err)
			}
			if len(next) < MaxCondition/2 {
				condition = next
			}
		}
		c, err := Compile(condition)
		if err != nil {
			t.Fatalf("%s: %v", condition, err)
		}
		if holds, failure := c.Holds(f); !holds {
			t.Fatalf("%s does not hold on %q: %v", condition, raw, failure)
		}
	})
}

func FuzzRowsAreWrittenOrRefused(f *testing.F) {
	f.Add("body.a", "is", "1")
	f.Add(`body["a"]`, "is-one-of", `"a", b, "c`)
	f.Fuzz(func(t *testing.T, fact, test, value string) {
		if strings.ToValidUTF8(fact+value, "") != fact+value {
			return
		}
		condition, err := Row{fact, RowTest(test), value}.Condition()
		if err != nil {
			return
		}
		c, err := Compile(condition)
		if err != nil {
			if test != string(Matches) && len(condition) < 2000 {
				t.Fatalf("%s: %v", condition, err)
			}
			return
		}
		if _, ok := c.Rows(); !ok {
			t.Fatalf("%s is no row", condition)
		}
	})
}
