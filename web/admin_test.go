package main

import (
	"regexp"
	"strings"
	"testing"

	"wherefore/domain"
	"wherefore/store"
	"wherefore/store/storetest"
)

// say runs a command on a database and returns what it prints.
func say(t *testing.T, address, stdin string, args ...string) (string, error) {
	t.Helper()
	var said strings.Builder
	e := testEnv(args, "DATABASE_URL="+address)
	e.stdin, e.stdout = strings.NewReader(stdin), &said
	err := run(t.Context(), e)
	return said.String(), err
}

func mustSay(t *testing.T, address, stdin string, args ...string) string {
	t.Helper()
	said, err := say(t, address, stdin, args...)
	if err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	return said
}

func TestUserCommandManagesUsers(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s := storetest.Open(t, address)
	mustSay(t, address, "correct horse\n", "user", "add", "ann", "engineer")
	made := strings.TrimSpace(mustSay(t, address, "", "user", "add", "ben", "pm"))
	mustSay(t, address, "", "user", "role", "ben", "support")
	for name, want := range map[string]struct {
		role     domain.Role
		password string
	}{"ann": {domain.Engineer, "correct horse"}, "ben": {domain.Support, made}} {
		user, err := s.User(t.Context(), name)
		if err != nil || user.Role != want.role || !domain.PasswordMatches(user.PasswordHash, want.password) {
			t.Errorf("%s: %+v, %v", name, user, err)
		}
	}
	mustSay(t, address, "another horse", "user", "password", "ann")
	if user, _ := s.User(t.Context(), "ann"); !domain.PasswordMatches(user.PasswordHash, "another horse") {
		t.Error("the password has not changed")
	}
	mustSay(t, address, "", "user", "disable", "ben")
	if said := mustSay(t, address, "", "user", "list"); said != "ann  engineer  active\nben  support   disabled\n" {
		t.Errorf("list says\n%s", said)
	}
	mustSay(t, address, "", "user", "enable", "ben")
	if user, err := s.User(t.Context(), "ben"); err != nil || user.DisabledAt != nil {
		t.Errorf("ben is still disabled: %+v, %v", user, err)
	}
}

func TestUserCommandRefusesWeakPasswords(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	mustSay(t, address, "correct horse\n", "user", "add", "ottoline", "engineer")
	for password, want := range map[string]string{"password": "guessed first", "12345678": "guessed first", "ottoline7": "little more than the name", "short": "has 5 of the at least"} {
		for _, args := range [][]string{{"user", "password", "ottoline"}, {"user", "add", "ottoline", "pm"}} {
			if _, err := say(t, address, password, args...); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v takes %q: %v", args, password, err)
			}
		}
	}
}

func TestTokenCommandMakesAndRevokesTokens(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	s := storetest.Open(t, address)
	token := strings.TrimSpace(mustSay(t, address, "", "token", "create", "publisher"))
	source, err := s.SourceByToken(t.Context(), store.HashToken(token))
	if err != nil || source.Name != "publisher" {
		t.Fatalf("source %+v, %v", source, err)
	}
	listed := mustSay(t, address, "", "token", "list")
	parts := regexp.MustCompile(`^(\d+)  publisher  created \S+  valid\n$`).FindStringSubmatch(listed)
	if parts == nil {
		t.Fatalf("list says %q", listed)
	}
	mustSay(t, address, "", "token", "revoke", parts[1])
	if _, err := s.SourceByToken(t.Context(), store.HashToken(token)); domain.KindOf(err) != domain.NotFound {
		t.Errorf("a revoked token: %v", err)
	}
	if said := mustSay(t, address, "", "token", "list"); !strings.Contains(said, "revoked ") {
		t.Errorf("list says %q", said)
	}
}

func TestCommandsSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	address := storetest.URL(t)
	mustSay(t, address, "correct horse", "user", "add", "ann", "engineer")
	for _, c := range []struct {
		args string
		want string
	}{
		{"user", "wherefore user [FLAGS] add NAME ROLE"},
		{"user add ann", "wherefore user [FLAGS] add NAME ROLE"},
		{"user fire ann", "usage:"},
		{"user add ann engineer", "exists already"},
		{"user add cid boss", `no role "boss"`},
		{"user role nobody pm", "no user “nobody”"},
		{"user password nobody", "no such"},
		{"user enable nobody", "no such"},
		{"token revoke first", `"first" is not the number`},
		{"token revoke 77", "no such"},
		{"migrate now", `"now"`},
	} {
		_, err := say(t, address, "correct horse", strings.Fields(c.args)...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.args, err, c.want)
		}
	}
}

// On the data directory of a running service, commands use its Postgres.
func TestCommandsWorkBesideARunningService(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	startProcess(t, dir)
	var said strings.Builder
	e := testEnv([]string{"user", "add", "ann", "admin"}, "WHEREFORE_DATA_DIR="+dir)
	e.stdout = &said
	if err := run(t.Context(), e); err != nil || len(said.String()) < 8 {
		t.Errorf("said %q, %v", said.String(), err)
	}
}
