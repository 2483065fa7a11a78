package main

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"path/filepath"

	"wherefore/web/datadir"
)

const sessionKeyFile = "session-key"

// sessionKeys returns the keys that sign session cookies, newest first: the
// configured ones, or else the one kept in the data directory, which is made
// at the first start. Replicas need the same keys, so they need them configured.
func sessionKeys(c config) ([][]byte, error) {
	if len(c.SessionKeys) > 0 {
		return c.SessionKeys, nil
	}
	text, err := datadir.Keep(c.dataDir, sessionKeyFile, newSessionKey)
	if err != nil {
		return nil, fmt.Errorf("session key: %w", err)
	}
	if err := setSessionKeys(&c, text); err != nil {
		path := filepath.Join(c.dataDir, sessionKeyFile)
		return nil, fmt.Errorf("session key in %s: %w; remove the file to get a new one", path, err)
	}
	return c.SessionKeys, nil
}

func newSessionKey() string {
	key := make([]byte, 32)
	rand.Read(key) // never fails
	return hex.EncodeToString(key)
}
