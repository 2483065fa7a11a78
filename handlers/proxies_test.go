package handlers

import (
	"net/http"
	"net/netip"
	"testing"
)

func TestClientAddressIsWhatATrustedProxyTells(t *testing.T) {
	t.Parallel()
	proxies := Proxies{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8:1::/48")}
	for _, c := range []struct {
		peer      string
		forwarded []string
		want      string
	}{
		{"203.0.113.7:4711", nil, "203.0.113.7"},
		{"203.0.113.7:4711", []string{"198.51.100.1"}, "203.0.113.7"}, // nobody trusts the peer
		{"10.0.0.1:4711", nil, "10.0.0.1"},
		{"10.0.0.1:4711", []string{"198.51.100.1"}, "198.51.100.1"},
		{"10.0.0.1:4711", []string{"1.1.1.1, 198.51.100.1"}, "198.51.100.1"}, // 1.1.1.1 was written by the client
		{"10.0.0.1:4711", []string{"1.1.1.1", "198.51.100.1"}, "198.51.100.1"},
		{"10.0.0.1:4711", []string{"1.1.1.1, 198.51.100.1, 10.2.3.4"}, "198.51.100.1"},
		{"10.0.0.1:4711", []string{"198.51.100.1", "10.2.3.4, 10.2.3.5"}, "198.51.100.1"},
		{"10.0.0.1:4711", []string{"10.9.9.9"}, "10.9.9.9"},
		{"10.0.0.1:4711", []string{"198.51.100.1, unknown"}, "10.0.0.1"},
		{"10.0.0.1:4711", []string{""}, "10.0.0.1"},
		{"10.0.0.1:4711", []string{"198.51.100.1:5555"}, "198.51.100.1"},
		{"10.0.0.1:4711", []string{"[2001:db8:2::1]:5555"}, "2001:db8:2::1"},
		{"[2001:db8:1::9]:4711", []string{"2001:db8:2::1"}, "2001:db8:2::1"},
		{"[::ffff:10.0.0.1]:4711", []string{"::ffff:198.51.100.1"}, "198.51.100.1"},
		{"[fe80::1%eth0]:4711", []string{"198.51.100.1"}, "fe80::1"},
	} {
		r := &http.Request{RemoteAddr: c.peer, Header: http.Header{
			"X-Forwarded-For": c.forwarded, "Forwarded": {"for=192.0.2.1"}, "X-Real-Ip": {"192.0.2.1"},
		}}
		if got := proxies.Client(r).String(); got != c.want {
			t.Errorf("%s, forwarded for %q: %s, want %s", c.peer, c.forwarded, got, c.want)
		}
		if got := (Proxies{}).Client(r); got != addressOf(c.peer) {
			t.Errorf("%s, forwarded for %q, without trusted proxies: %s", c.peer, c.forwarded, got)
		}
	}
}

func TestPlaceIsAnAddressOrItsNetwork(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"203.0.113.7:1": "203.0.113.7", "[2001:db8:1:2:3::9]:1": "2001:db8:1:2::/64", "nothing": "invalid IP",
	} {
		if got := place(addressOf(address)); got != want {
			t.Errorf("%s is counted as %s, want %s", address, got, want)
		}
	}
}
