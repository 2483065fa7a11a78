package facts

import (
	"reflect"
	"slices"
	"testing"
)

func TestValueIsFoundByItsPath(t *testing.T) {
	t.Parallel()
	v, ok := decodeJSON(`{"a":[1,{"b":"x"},null,true,1.5,9223372036854775808],"c":{},"a2":"y","a2":"z"}`)
	if !ok {
		t.Fatal("not decoded")
	}
	for _, test := range []struct {
		got  Value
		kind ValueKind
		text string
		any  any
	}{
		{v.Get("a").Index(0), NumberValue, "1", int64(1)},
		{v.Get("a").Index(1).Get("b"), StringValue, "x", "x"},
		{v.Get("a").Index(2), NullValue, "", nil},
		{v.Get("a").Index(3), BoolValue, "true", true},
		{v.Get("a").Index(4), NumberValue, "1.5", 1.5},
		{v.Get("a").Index(5), NumberValue, "9223372036854775808", 9.223372036854775808e18},
		{v.Get("a").Index(6), NullValue, "", nil},
		{v.Get("a").Index(-1), NullValue, "", nil},
		{v.Get("a").Get("b"), NullValue, "", nil},
		{v.Get("none").Index(1).Get("x"), NullValue, "", nil},
		{v.Get("c"), ObjectValue, "", map[string]any{}},
		{v.Get("a2"), StringValue, "z", "z"},
		{v.Index(0), NullValue, "", nil},
	} {
		if test.got.Kind() != test.kind || test.got.Text() != test.text || !reflect.DeepEqual(test.got.Any(), test.any) {
			t.Errorf("got %v %q %v, want %v %q %v", test.got.Kind(), test.got.Text(), test.got.Any(), test.kind, test.text, test.any)
		}
	}
	if v.Len() != 4 || v.Get("a").Len() != 6 || v.Get("c").Len() != 0 || (Value{}).Len() != 0 {
		t.Errorf("lengths %d, %d", v.Len(), v.Get("a").Len())
	}
	var names []string
	for name := range v.Members() {
		names = append(names, name)
		if len(names) == 3 {
			break
		}
	}
	if !slices.Equal(names, []string{"a", "c", "a2"}) {
		t.Errorf("members %v", names)
	}
	for item := range v.Get("a").Items() {
		if item.Text() != "1" {
			t.Errorf("first item %q", item.Text())
		}
		break
	}
}

// TestStringsAreParts: a string without escapes is no copy but a part of the text.
func TestStringsAreParts(t *testing.T) {
	raw := `{"error":{"message":"Session has expired","type":"OAuthException","code":190}}`
	allocations := testing.AllocsPerRun(100, func() {
		if _, ok := decodeJSON(raw); !ok {
			t.Fatal("not decoded")
		}
	})
	if allocations > 2 {
		t.Errorf("%v allocations for a tree without escapes", allocations)
	}
}
