package domain_test

import (
	"testing"

	"wherefore/domain"
)

func TestNetworksHaveNames(t *testing.T) {
	t.Parallel()
	for _, n := range domain.Networks() {
		if n.Name() == string(n) {
			t.Errorf("%s has no name of its own", n)
		}
	}
	for n, want := range map[domain.Network]string{
		domain.GoogleBusiness: "Google Business Profile", domain.X: "X", "myspace": "myspace", "": "",
	} {
		if got := n.Name(); got != want {
			t.Errorf("the name of %q is %q, want %q", n, got, want)
		}
	}
}
