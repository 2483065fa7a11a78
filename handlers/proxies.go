package handlers

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Proxies are the addresses whose header X-Forwarded-For is believed. Nobody
// else's is, and no other header: Forwarded and X-Real-IP can be made up by
// clients of proxies that do not set them.
type Proxies []netip.Prefix

// Client is the address that a request comes from. Behind a trusted proxy it is
// the last one in X-Forwarded-For that is not a trusted proxy itself: each proxy
// adds the address that it saw at the end, and what stands before an untrusted
// address was written by the client.
func (p Proxies) Client(r *http.Request) netip.Addr {
	client := addressOf(r.RemoteAddr)
	told := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, text := range slices.Backward(told) {
		address := addressOf(strings.TrimSpace(text))
		if !p.trusts(client) || !address.IsValid() {
			break
		}
		client = address
	}
	return client
}

func (p Proxies) trusts(address netip.Addr) bool {
	return slices.ContainsFunc(p, func(proxy netip.Prefix) bool { return proxy.Contains(address) })
}

// addressOf reads an address, with or without a port; the zero Addr if it is none.
func addressOf(text string) netip.Addr {
	if withPort, err := netip.ParseAddrPort(text); err == nil {
		return withPort.Addr().Unmap().WithZone("")
	}
	address, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return address.Unmap().WithZone("")
}

// place is what sign-ins are counted by: an IPv4 address, or the /64 network of
// an IPv6 one, which one customer of a provider has all of.
func place(address netip.Addr) string {
	if !address.Is6() {
		return address.String()
	}
	network, _ := address.Prefix(64) // an IPv6 address has one
	return network.String()
}
