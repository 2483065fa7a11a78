package main

import (
	"errors"
	"flag"
	"io"
	"slices"
	"strings"
	"testing"

	"wherefore/web/service"
)

// testEnv is an environment of the given variables, "NAME=value".
func testEnv(args []string, variables ...string) env {
	getenv := func(name string) string {
		for _, v := range variables {
			if value, ok := strings.CutPrefix(v, name+"="); ok {
				return value
			}
		}
		return ""
	}
	return env{args: args, getenv: getenv, stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard}
}

func allSettings() []string {
	var names []string
	for _, s := range settings() {
		names = append(names, s.env)
	}
	return names
}

func TestConfigTakesFlagsBeforeEnvironmentBeforeDefaults(t *testing.T) {
	read := func(args []string, variables ...string) config {
		t.Helper()
		c, _, err := readConfig(testEnv(args, variables...), "serve", allSettings()...)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if got := read(nil).listen; got != "127.0.0.1:8080" {
		t.Errorf("default: listens on %q", got)
	}
	if got := read(nil, "WHEREFORE_LISTEN=:1").listen; got != ":1" {
		t.Errorf("environment: listens on %q", got)
	}
	if got := read([]string{"--listen", ":2"}, "WHEREFORE_LISTEN=:1").listen; got != ":2" {
		t.Errorf("flag: listens on %q", got)
	}
	if got := read(nil); got.connections != 20 || got.Intervals != service.DefaultIntervals() {
		t.Errorf("default: %d connections, intervals %s", got.connections, got.Intervals)
	}
	if got := read([]string{"--database-connections", "7"}, "WHEREFORE_DATABASE_CONNECTIONS=9").connections; got != 7 {
		t.Errorf("flag: %d connections", got)
	}
	want := service.DefaultIntervals()
	if err := want.Set("jobs=50ms,cleanup=90m"); err != nil {
		t.Fatal(err)
	}
	if got := read([]string{"--intervals", "jobs=50ms"}, "WHEREFORE_INTERVALS=cleanup=1h30m, jobs=5s").Intervals; got != want {
		t.Errorf("intervals %s, want %s", got, want)
	}
	if !read([]string{"--demo"}).demo {
		t.Error("--demo needs no value")
	}
	if c := read([]string{"--demo=false"}, "WHEREFORE_DEMO=true"); c.demo {
		t.Error("--demo=false does not win over the variable")
	}
}

func TestConfigNamesTheBadValue(t *testing.T) {
	key := strings.Repeat("ab", 32)
	for _, c := range []struct{ variable, want string }{
		{"WHEREFORE_LISTEN=8080", "is not host:port"},
		{"WHEREFORE_LISTEN=localhost:http", `has port "http"`},
		{"WHEREFORE_LISTEN=localhost:65536", `has port "65536"`},
		{"DATABASE_URL=mysql://secret@host/name", "not of the form"},
		{"DATABASE_URL=postgres://u:secret@host", "names no database"},
		{"DATABASE_URL=postgres://u:secret@host/name", "says no sslmode"},
		{"WHEREFORE_DIRECT_DATABASE_URL=host", "not of the form"},
		{"WHEREFORE_BASE_URL=wherefore.example.com", "is not an address"},
		{"WHEREFORE_BASE_URL=https://example.com/wherefore", "more than scheme, host and port"},
		{"WHEREFORE_SESSION_KEYS=xyz", "key 1 is not hexadecimal"},
		{"WHEREFORE_SESSION_KEYS=" + key + ",abcd", "key 2 has 2 bytes"},
		{"WHEREFORE_TRUSTED_PROXIES=10.0.0.0/8,proxy", `"proxy" is neither`},
		{"WHEREFORE_TRUSTED_PROXIES=10.0.0.0/33", `"10.0.0.0/33" is neither`},
		{"WHEREFORE_ADMIN_PASSWORD=secret", "has 6 of the at least"},
		{"WHEREFORE_ADMIN_PASSWORD=password", "guessed first"},
		{"WHEREFORE_ADMIN_PASSWORD=12345678", "guessed first"},
		{"WHEREFORE_ADMIN_PASSWORD=admin-77", "guessed first"},
		{"WHEREFORE_ADMIN_PASSWORD=" + strings.Repeat("secret", 13), "has 78 bytes"},
		{"WHEREFORE_TOKEN=secret", "has 6 of the at least"},
		{"WHEREFORE_DATABASE_CONNECTIONS=4", "is not a number of connections from 5 to 1000"},
		{"WHEREFORE_DATABASE_CONNECTIONS=many", "is not a number of connections from 5 to 1000"},
		{"WHEREFORE_INTERVALS=jobs=1s,naps=1s", `no interval "naps"; those that there are: jobs=1s,rulesets=2s,`},
		{"WHEREFORE_INTERVALS=jobs", `jobs is "", which is not a time from 10ms to 24h`},
		{"WHEREFORE_INTERVALS=jobs=1ms", `jobs is "1ms", which is not a time from 10ms to 24h`},
		{"WHEREFORE_INTERVALS=jobs=25h", `jobs is "25h", which is not a time from 10ms to 24h`},
		{"WHEREFORE_QUARANTINE_DAYS=0", "is not a number of days from 1 to 3650"},
		{"WHEREFORE_QUARANTINE_DAYS=a week", "is not a number of days from 1 to 3650"},
		{"WHEREFORE_TOKEN=secret secret secret", "other than visible ASCII"},
		{"WHEREFORE_DIRECTORY_URL=postgres://u:secret@host/name", "says no sslmode"},
		{"WHEREFORE_DIRECTORY_QUERY=SELECT id FROM accounts", "not a SELECT with the one parameter $1"},
		{"WHEREFORE_DIRECTORY_QUERY=SELECT id FROM accounts WHERE id = ANY($2)", "not a SELECT with the one parameter $1"},
		{"WHEREFORE_DEMO=maybe", `"maybe" is neither true nor false`},
	} {
		name, value, _ := strings.Cut(c.variable, "=")
		_, _, err := readConfig(testEnv(nil, c.variable), "serve", allSettings()...)
		if err == nil || !strings.HasPrefix(err.Error(), name+": ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one that names it and says %q", c.variable, err, c.want)
		}
		if err != nil && strings.Contains(value, "secret") && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error gives the secret away: %v", c.variable, err)
		}
	}
}

// Of two settings that need each other, the one that is missing is named.
func TestConfigNamesWhatADirectoryLacks(t *testing.T) {
	const address, query = "WHEREFORE_DIRECTORY_URL=postgres://u:secret@host/name?sslmode=require", "WHEREFORE_DIRECTORY_QUERY=SELECT $1"
	for set, missing := range map[string]string{address: "set WHEREFORE_DIRECTORY_QUERY too", query: "set WHEREFORE_DIRECTORY_URL too"} {
		_, err := readServeConfig(testEnv(nil, set))
		if err == nil || !strings.Contains(err.Error(), missing) || strings.Contains(err.Error(), "secret") {
			t.Errorf("with one setting: error %v, want %q", err, missing)
		}
	}
	if _, err := readServeConfig(testEnv(nil, address, query)); err != nil {
		t.Errorf("with both: %v", err)
	}
}

func TestConfigOfABadFlagFailsAfterSayingSo(t *testing.T) {
	var said strings.Builder
	e := testEnv([]string{"--listen", "8080"})
	e.stderr = &said
	_, _, err := readConfig(e, "serve", allSettings()...)
	if !errors.Is(err, errFailed) || !strings.Contains(said.String(), "-listen") || !strings.Contains(said.String(), "is not host:port") {
		t.Errorf("error %v, said %q", err, said.String())
	}
}

func TestEverySettingIsInTheUsage(t *testing.T) {
	var said strings.Builder
	e := testEnv([]string{"--help"})
	e.stderr = &said
	if _, _, err := readConfig(e, "serve", allSettings()...); !errors.Is(err, flag.ErrHelp) {
		t.Fatalf("error %v", err)
	}
	for _, s := range settings() {
		if !strings.Contains(said.String(), s.env) {
			t.Errorf("the usage does not name %s", s.env)
		}
	}
}

func TestCommandsKnowOnlyTheirOwnFlags(t *testing.T) {
	_, _, err := readConfig(testEnv([]string{"--demo"}), "healthcheck", "WHEREFORE_LISTEN")
	if !errors.Is(err, errFailed) {
		t.Errorf("error %v", err)
	}
	_, rest, err := readConfig(testEnv([]string{"--listen", ":1", "add", "ann"}), "user", "WHEREFORE_LISTEN")
	if err != nil || !slices.Equal(rest, []string{"add", "ann"}) {
		t.Errorf("rest %q, error %v", rest, err)
	}
}
