package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// sessionKeys returns the keys that sign session cookies, newest first: the
// configured ones, or else the one kept in the data directory, which is made
// at the first start. Replicas need the same keys, so they need them configured.
func sessionKeys(c config) ([][]byte, error) {
	if len(c.sessionKeys) > 0 {
		return c.sessionKeys, nil
	}
	path := filepath.Join(c.dataDir, "session-key")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return makeSessionKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("session key: %w", err)
	}
	if err := setSessionKeys(&c, string(text)); err != nil {
		return nil, fmt.Errorf("session key in %s: %w; remove the file to get a new one", path, err)
	}
	return c.sessionKeys, nil
}

// makeSessionKey writes under another name first, so that a crash leaves
// either no key or a whole one.
func makeSessionKey(path string) ([][]byte, error) {
	key := make([]byte, 32)
	rand.Read(key) // never fails
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("session key: %w", err)
	}
	draft := path + ".new"
	if err := os.WriteFile(draft, []byte(hex.EncodeToString(key)+"\n"), 0o600); err != nil {
		return nil, fmt.Errorf("session key: %w", err)
	}
	if err := os.Rename(draft, path); err != nil {
		return nil, fmt.Errorf("session key: %w", err)
	}
	return [][]byte{key}, nil
}
