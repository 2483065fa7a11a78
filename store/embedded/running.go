package embedded

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ErrInUse is in the error of Start when another process has the data.
var ErrInUse = errors.New("in use by another wherefore")

// Running returns the address of the database that another process runs on
// dataDir, so that commands can work beside a running service.
func Running(dataDir string) (string, error) {
	dir, err := filepath.Abs(dataDir)
	if err != nil {
		return "", err
	}
	c := cluster{home: dir}
	text, err := os.ReadFile(filepath.Join(c.data(), "postmaster.pid"))
	if err != nil {
		return "", err
	}
	l := readLeftover(string(text))
	if l.socket == "" || !l.runsOn(c.data()) {
		return "", fmt.Errorf("the postgres of %s is starting or stopping; try again in a moment", dir)
	}
	return (&Server{socket: l.socket}).URL(), nil
}
