package ruleset

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"wherefore/domain"
)

// of makes a stored ruleset of facebook of parsers by their names.
func of(names ...string) Ruleset {
	r := Ruleset{Network: domain.Facebook, Version: 1}
	for i, name := range names {
		r.Parsers = append(r.Parsers, Parser{ParserSpec: specOf(name), RevisionID: int64(i + 1)})
	}
	return r
}

func specOf(name string) domain.ParserSpec {
	return domain.ParserSpec{Network: domain.Facebook, Name: name, Reason: "facebook.token-expired", Condition: `code == "` + name + `"`}
}

func (r Ruleset) names() []string {
	var names []string
	for _, p := range r.Parsers {
		names = append(names, p.Name)
	}
	return names
}

func second[T any](_ T, err error) error { return err }

func TestChangesThatCannotBe(t *testing.T) {
	r := of("a", "b")
	foreign := specOf("c")
	foreign.Reason = "x.token-expired"
	for name, err := range map[string]error{
		"move unknown":   second(r.Moved("x", "")),
		"behind none":    second(r.Moved("a", "x")),
		"behind itself":  second(r.Moved("a", "a")),
		"where it is":    second(r.Moved("b", "a")),
		"first already":  second(r.Moved("a", "")),
		"retire twice":   second(r.Without("x")),
		"bring back":     second(r.WithRetired("a")),
		"the same":       second(r.Like(r)),
		"foreign reason": second(r.With(foreign, 0)),
		"before first":   second(r.With(specOf("c"), -1)),
		"behind last":    second(r.With(specOf("a"), 2)),
	} {
		if domain.KindOf(err) != domain.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPromotedParserReplacesTheOneOfItsName(t *testing.T) {
	retired, err := of("a", "b", "c").Without("a")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]string{"a": {"b", "a", "c"}, "b": {"c", "b"}, "new": {"b", "new", "c"}} {
		next, err := retired.With(specOf(name), 1)
		if err != nil || !slices.Equal(next.names(), want) {
			t.Errorf("with %s it is %v, %v", name, next.names(), err)
		}
		if p, found := next.Find(name); !found || p.RevisionID != 0 {
			t.Errorf("%s is not new: %+v", name, p)
		}
		if kept := len(next.Retired) == 1; kept == (name == "a") {
			t.Errorf("with %s the retired ones are %v", name, next.Retired)
		}
	}
}

func TestCompileLeavesOutWhatIsOfANewerProgram(t *testing.T) {
	r := Ruleset{Network: domain.X, Version: 3, Parsers: []Parser{
		{ParserSpec: domain.ParserSpec{Network: domain.X, Name: "known", Reason: "x.token-expired", Condition: `code == "89"`}},
		{ParserSpec: domain.ParserSpec{Network: domain.X, Name: "newer", Reason: "x.token-expired", Func: "ofTheNextVersion"}},
	}}
	compiled, left := r.Compile()
	if compiled.Version() != 3 || len(compiled.Parsers()) != 1 || compiled.Parser("known") == nil || len(left) != 1 {
		t.Errorf("compiled %+v, left out %v", compiled.Parsers(), left)
	}
}

// someRuleset has up to five parsers, of which some are retired.
func someRuleset(t *rapid.T) Ruleset {
	r := of([]string{"a", "b", "c", "d", "e"}[:rapid.IntRange(1, 5).Draw(t, "parsers")]...)
	for _, name := range r.names() {
		if rapid.Bool().Draw(t, "retire "+name) {
			r, _ = r.Without(name)
		}
	}
	return r
}

// A change can be taken back: what retires comes back to its place, what moves
// moves back, and a roll-back restores the old version. No change touches the
// ruleset that it starts from.
func TestChangesCanBeTakenBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := someRuleset(t)
		if len(r.Parsers) == 0 {
			return
		}
		was := slices.Clone(r.names())
		name := rapid.SampledFrom(was).Draw(t, "parser")
		next, err := r.Without(name)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := next.WithRetired(name); err != nil || !back.SameAs(r) {
			t.Fatalf("retired and restored, it is %v (%v), was %v", back.names(), err, was)
		}
		if moved, err := r.Moved(name, rapid.SampledFrom(append(was, "")).Draw(t, "after")); err == nil {
			if back, err := moved.Moved(name, r.Behind(name)); err != nil || !back.SameAs(r) {
				t.Fatalf("moved back, it is %v (%v), was %v", back.names(), err, was)
			}
			next = moved
		}
		if back, err := next.Like(r); err != nil || !back.SameAs(r) {
			t.Fatalf("rolled back, it is %v (%v), was %v", back.names(), err, was)
		}
		if !slices.Equal(r.names(), was) {
			t.Fatalf("the changes made %v of %v", r.names(), was)
		}
	})
}

// A parser that is not affected stands where it stood, behind none but parsers
// that are unchanged, too.
func TestUnaffectedParsersDecideAsBefore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := someRuleset(t)
		next, err := r.With(specOf(rapid.SampledFrom([]string{"a", "c", "new"}).Draw(t, "promoted")), rapid.IntRange(0, 5).Draw(t, "position"))
		if err != nil {
			return
		}
		affected := r.Affected(next)
		for i, p := range r.Parsers {
			if !slices.Contains(affected, p.Name) && !slices.Equal(next.names()[:i+1], r.names()[:i+1]) {
				t.Fatalf("%s is not affected by the change from %v to %v", p.Name, r.names(), next.names())
			}
		}
	})
}
