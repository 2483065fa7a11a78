package scrub

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

// Hasher puts a keyed hash in place of an id that is or holds a secret. The same id
// has the same hash, so that events still join; without the key nobody can try
// which id it was.
type Hasher struct{ key []byte }

// NewHasher takes a key of 32 random bytes.
func NewHasher(key []byte) Hasher { return Hasher{key} }

// hashStart marks an id that stands for one that held a secret.
const hashStart = "hashed-"

// ID returns the id as it may be stored and shown: itself, or the hash of one that
// is or holds a secret. That of a hash is the hash.
func (h Hasher) ID(id string) string {
	if _, kinds := Bytes([]byte(id)); kinds == nil {
		return id
	}
	mac := hmac.New(sha256.New, h.key)
	mac.Write([]byte(id))
	return hashStart + hex.EncodeToString(mac.Sum(nil)[:16])
}
