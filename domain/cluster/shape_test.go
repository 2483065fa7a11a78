package cluster

import (
	"testing"

	"wherefore/domain/facts"
)

func TestShapeKeepsTheFacts(t *testing.T) {
	base := facts.Facts{Format: facts.JSON, Status: 400, Code: "190", Subcode: "463", Type: "OAuthException", Message: "expired on 2020-01-02"}
	same := base
	same.Message, same.Format = "expired on 2021-03-04", facts.Text
	if ShapeOf("facebook", base) != ShapeOf("facebook", same) {
		t.Error("a date or a format makes another shape")
	}
	for name, change := range map[string]func(*facts.Facts){
		"status":  func(f *facts.Facts) { f.Status = 401 },
		"code":    func(f *facts.Facts) { f.Code = "191" },
		"subcode": func(f *facts.Facts) { f.Subcode = "460" },
		"type":    func(f *facts.Facts) { f.Type = "IGApiException" },
		"message": func(f *facts.Facts) { f.Message = "revoked on 2020-01-02" },
	} {
		other := base
		change(&other)
		if ShapeOf("facebook", base).Hash == ShapeOf("facebook", other).Hash {
			t.Errorf("another %s has the same shape", name)
		}
	}
}

func TestShapeHasKeyPathsWithoutAMessage(t *testing.T) {
	shape := func(raw string) string { return ShapeOf("x", facts.Read(nil, 0, []byte(raw))).Template }
	a, b := shape(`{"b":{"c":1},"a":[{"d":2},{"d":3}]}`), shape(`{"a":[{"d":9}],"b":{"c":"x"}}`)
	if want := "x json │ a[].d b.c"; a != want || b != want {
		t.Errorf("got %q and %q, want %q", a, b, want)
	}
	if shape(`{"z":1}`) == a {
		t.Error("another structure has the same shape")
	}
	if shape(``) == shape(`{}`) {
		t.Error("nothing and an empty object have the same shape")
	}
}
