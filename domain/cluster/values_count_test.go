package cluster

import (
	"reflect"
	"slices"
	"testing"
)

func TestValuesBehindMasksAreCounted(t *testing.T) {
	got, fit := CountValues("x json 400 │ User <*> may not see page-<num>", []string{
		"User ann may not see page-1", "User bob may not see page-2", "User ann may not see page-3", "Another thing",
	})
	want := []MaskValues{
		{"User <*>", []ValueCount{{"ann", 2}, {"bob", 1}}},
		{"see page-<num>", []ValueCount{{"1", 1}, {"2", 1}, {"3", 1}}},
	}
	if fit != 3 || !reflect.DeepEqual(got, want) {
		t.Errorf("%d fit: %+v", fit, got)
	}
	if got, fit := CountValues("no mask", []string{"no mask"}); got != nil || fit != 1 {
		t.Errorf("without masks %+v, %d", got, fit)
	}
}

func TestSimilarTemplates(t *testing.T) {
	others := []string{
		"x json 400 code=1 │ user <id> may not post to page <num>",
		"x json 500 │ a wholly other matter",
		"x json 400 code=1 │ user <num> may not post to group <num>",
		"x json 403 code=2 │ user <num> may not post to page <num>",
	}
	if got := Similar("x json 400 code=1 │ user <num> may not post to page <num>", others, 2); !slices.Equal(got, []int{0, 2}) {
		t.Errorf("similar are %v", got)
	}
	if got := Similar("nothing", nil, 2); len(got) != 0 {
		t.Errorf("similar to none are %v", got)
	}
}

func TestMasksOfATemplate(t *testing.T) {
	if got := Masks("x <num> │ page <num> of <*> by ⟨ann⟩ and <num> <b"); !slices.Equal(got, []string{"<num>", "<*>", "⟨ann⟩"}) {
		t.Errorf("masks %q", got)
	}
}
