package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wherefore/web/service"
)

func TestSessionKeyIsKeptAndPrivate(t *testing.T) {
	c := config{dataDir: filepath.Join(t.TempDir(), "data")}
	first, err := sessionKeys(c)
	if err != nil {
		t.Fatal(err)
	}
	second, err := sessionKeys(c)
	if err != nil {
		t.Fatal(err)
	}
	if len(first) != 1 || len(first[0]) != 32 || len(second) != 1 || !bytes.Equal(first[0], second[0]) {
		t.Errorf("keys %x, then %x", first, second)
	}
	info, err := os.Stat(filepath.Join(c.dataDir, "session-key"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("others can read the key: %v", info.Mode())
	}
}

func TestConfiguredSessionKeysWin(t *testing.T) {
	c := config{dataDir: t.TempDir(), Config: service.Config{SessionKeys: [][]byte{{1}, {2}}}}
	keys, err := sessionKeys(c)
	if err != nil || len(keys) != 2 {
		t.Fatalf("keys %x, error %v", keys, err)
	}
	if files, _ := os.ReadDir(c.dataDir); len(files) != 0 {
		t.Errorf("a key was made beside the configured ones: %v", files)
	}
}

func TestDamagedSessionKeyIsNamed(t *testing.T) {
	c := config{dataDir: t.TempDir()}
	path := filepath.Join(c.dataDir, "session-key")
	if err := os.WriteFile(path, []byte("rubbish"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sessionKeys(c); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v does not name %s", err, path)
	}
}
