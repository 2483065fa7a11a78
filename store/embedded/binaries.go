package embedded

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// binaries returns a folder that holds initdb and postgres. version is the
// major version that existing data needs, "" for new data.
func binaries(version string) (string, error) {
	for _, dir := range candidates() {
		if !executable(dir, "initdb") || !executable(dir, "postgres") {
			continue
		}
		if version == "" || majorVersion(dir) == version {
			return dir, nil
		}
	}
	if version != "" {
		return "", fmt.Errorf("the data was made by PostgreSQL %s, which is not on this machine: apt-get install postgresql-%[1]s", version)
	}
	return "", fmt.Errorf("PostgreSQL is not on this machine: apt-get install postgresql, or set DATABASE_URL to a server elsewhere")
}

// candidates lists the folders of PATH, and then those in which Debian keeps
// its versions of PostgreSQL outside PATH, newest first.
func candidates() []string {
	debian, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // the pattern is well formed
	slices.SortFunc(debian, func(a, b string) int {
		return cmp.Compare(debianVersion(b), debianVersion(a))
	})
	return append(filepath.SplitList(os.Getenv("PATH")), debian...)
}

func debianVersion(dir string) float64 {
	v, _ := strconv.ParseFloat(filepath.Base(filepath.Dir(dir)), 64) // "9.6" and "15" alike
	return v
}

func executable(dir, name string) bool {
	info, err := os.Stat(filepath.Join(dir, name))
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// majorVersion asks for "postgres (PostgreSQL) 15.8 (Debian …)" and returns "15".
func majorVersion(dir string) string {
	out, err := exec.Command(filepath.Join(dir, "postgres"), "--version").Output()
	fields := strings.Fields(string(out))
	if err != nil || len(fields) < 3 {
		return ""
	}
	major, _, _ := strings.Cut(fields[2], ".")
	return major
}
