package handlers

import "testing"

func TestOnlyOwnPathsAreGoneBackTo(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/": "/", "/clusters?network=x": "/clusters?network=x", "/profiles/a%2Fb": "/profiles/a%2Fb",
		"": "/", "clusters": "/", "//example.com": "/", "/\\example.com": "/", "https://example.com/": "/",
		"/\t/example.com": "/", "javascript:alert(1)": "/", "/%zz": "/",
	} {
		if got := ownPath(path); got != want {
			t.Errorf("ownPath(%q) = %q, want %q", path, got, want)
		}
	}
}
