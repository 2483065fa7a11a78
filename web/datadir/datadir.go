// Package datadir keeps small files, such as secrets, in the data directory.
package datadir

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Kept returns what a file of the data directory holds; the error is
// fs.ErrNotExist when there is none.
func Kept(dataDir, name string) (string, error) {
	text, err := os.ReadFile(filepath.Join(dataDir, name))
	return strings.TrimSpace(string(text)), err
}

// Keep returns what a file of the data directory holds, or puts a fresh secret
// there, which only this user can read. The secret is written under another
// name first, so that a crash leaves either none or a whole one.
func Keep(dataDir, name string, fresh func() string) (string, error) {
	secret, err := Kept(dataDir, name)
	if !errors.Is(err, fs.ErrNotExist) {
		return secret, err
	}
	if err := os.MkdirAll(dataDir, 0o755); err != nil {
		return "", err
	}
	path := filepath.Join(dataDir, name)
	secret = fresh()
	if err := os.WriteFile(path+".new", []byte(secret+"\n"), 0o600); err != nil {
		return "", err
	}
	return secret, os.Rename(path+".new", path)
}
