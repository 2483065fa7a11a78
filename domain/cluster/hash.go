package cluster

import "encoding/binary"

// These hashes are stored and compared between machines, so they must not depend on a
// seed, as the fast ones of the standard library do.

// hasher is 64-bit FNV-1a, written here because the standard library's allocates.
type hasher struct{ sum uint64 }

func newHash() hasher { return hasher{14695981039346656037} }

func (h *hasher) byte(c byte) { h.sum = (h.sum ^ uint64(c)) * 1099511628211 }

func (h *hasher) text(s string) {
	for i := range len(s) {
		h.byte(s[i])
	}
}

func hashText(s string) uint64 {
	h := newHash()
	h.text(s)
	return h.sum
}

// hashBytes hashes a template eight bytes at a time.
func hashBytes(text []byte) uint64 {
	sum := mix(uint64(len(text)) + 1)
	for ; len(text) >= 8; text = text[8:] {
		sum = (sum ^ binary.LittleEndian.Uint64(text)) * 0x9e3779b97f4a7c15
		sum ^= sum >> 29
	}
	var last [8]byte
	copy(last[:], text)
	return mix(sum ^ binary.LittleEndian.Uint64(last[:]))
}

// mix spreads a hash over all its bits, so that a sum of mixed hashes is a good hash.
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}
