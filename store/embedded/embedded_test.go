package embedded

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// With homeEnv set, the test binary is a process that runs a server on that
// home, for the tests to kill.
const homeEnv = "EMBEDDED_TEST_HOME"

func TestMain(m *testing.M) {
	if home := os.Getenv(homeEnv); home != "" {
		fmt.Println("starting")
		s, err := Start(context.Background(), Config{DataDir: home, Throwaway: os.Getenv("THROWAWAY") != ""})
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(s.URL())
		_, _ = io.Copy(io.Discard, os.Stdin) // until the test is over
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child starts a process with a server on home.
func child(t *testing.T, home string, env ...string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), homeEnv+"="+home), env...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	lines := bufio.NewScanner(out)
	if lines.Scan(); lines.Text() != "starting" {
		t.Fatalf("the child said %q", lines.Text())
	}
	return cmd, lines
}

func start(t *testing.T, home string) *Server {
	t.Helper()
	s, err := Start(t.Context(), Config{DataDir: home})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func exec1(t *testing.T, url, query string) {
	t.Helper()
	db, err := sql.Open("postgres", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), query); err != nil {
		t.Fatal(err)
	}
}

func postmaster(t *testing.T, home string) leftover {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(home, "postgres", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	return readLeftover(string(text))
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 500 {
		if ok() {
			return
		}
		time.Sleep(poll)
	}
	t.Fatalf("not within 10 s: %s", what)
}

func TestStopKeepsTheData(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	s := start(t, home)
	exec1(t, s.URL(), "CREATE TABLE kept (n int)")
	socket := s.socket
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(socket); !os.IsNotExist(err) {
		t.Errorf("the socket's folder is still there: %v", err)
	}
	exec1(t, start(t, home).URL(), "INSERT INTO kept VALUES (1)")
}

func TestKilledServerIsReplaced(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	cmd, lines := child(t, home)
	lines.Scan()
	exec1(t, lines.Text(), "CREATE TABLE kept (n int)")
	old := postmaster(t, home)
	cmd.Process.Kill()
	cmd.Wait()
	if !old.runsOn(filepath.Join(home, "postgres")) {
		t.Fatal("postgres should have outlived its parent, or this test shows nothing")
	}
	s := start(t, home)
	exec1(t, s.URL(), "INSERT INTO kept VALUES (1)")
	if now := postmaster(t, home); now.pid == old.pid {
		t.Error("the old postgres still runs")
	}
	if _, err := os.Stat(old.socket); !os.IsNotExist(err) {
		t.Errorf("the old socket's folder is still there: %v", err)
	}
}

func TestBothKilled(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	cmd, lines := child(t, home)
	lines.Scan()
	exec1(t, lines.Text(), "CREATE TABLE kept (n int)")
	syscall.Kill(postmaster(t, home).pid, syscall.SIGKILL)
	cmd.Process.Kill()
	cmd.Wait()
	exec1(t, start(t, home).URL(), "INSERT INTO kept VALUES (1)")
}

func TestKilledWhileMakingTheData(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	cmd, _ := child(t, home)
	eventually(t, "initdb began", func() bool {
		begun, _ := filepath.Glob(filepath.Join(home, making+"*", "PG_VERSION"))
		return len(begun) > 0
	})
	cmd.Process.Kill()
	cmd.Wait()
	exec1(t, start(t, home).URL(), "CREATE TABLE works (n int)")
}

func TestOneProcessPerHome(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	start(t, home)
	_, lines := child(t, home)
	lines.Scan()
	want := fmt.Sprintf("%s is in use by another wherefore (process %d)", home, os.Getpid())
	if lines.Text() != want {
		t.Errorf("got  %s\nwant %s", lines.Text(), want)
	}
}

func TestStalePidOfAnotherProcess(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	if err := start(t, home).Stop(); err != nil {
		t.Fatal(err)
	}
	stale := fmt.Sprintf("%d\n/elsewhere\n1\n5432\n/tmp\n", os.Getpid())
	for _, text := range []string{stale, "", "\x00\x00"} {
		if err := os.WriteFile(filepath.Join(home, "postgres", "postmaster.pid"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		s := start(t, home)
		exec1(t, s.URL(), "SELECT 1")
		if err := s.Stop(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCtrlCDoesNotReachPostgres(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir())
	group, err := syscall.Getpgid(s.cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	if group == syscall.Getpgrp() {
		t.Error("postgres is in our process group")
	}
}

func TestUnreachableParentFolder(t *testing.T) {
	t.Parallel()
	home := filepath.Join(t.TempDir(), "private", strings.Repeat("long", 40))
	if err := os.MkdirAll(home, 0o700); err != nil {
		t.Fatal(err)
	}
	exec1(t, start(t, home).URL(), "SELECT 1")
}

func TestThrowawayGoesWithItsProcess(t *testing.T) {
	t.Parallel()
	home := filepath.Join(t.TempDir(), "home")
	cmd, lines := child(t, home, "THROWAWAY=1")
	lines.Scan()
	exec1(t, lines.Text(), "SELECT 1")
	old := postmaster(t, home)
	cmd.Process.Kill()
	cmd.Wait()
	eventually(t, "home and socket are gone", func() bool {
		_, err1 := os.Stat(home)
		_, err2 := os.Stat(old.socket)
		return os.IsNotExist(err1) && os.IsNotExist(err2)
	})
}

func TestMissingBinariesNameThePackage(t *testing.T) {
	t.Parallel()
	_, err := binaries("7")
	if err == nil || !strings.Contains(err.Error(), "apt-get install postgresql-7") {
		t.Errorf("got %v", err)
	}
}

func TestCancelledStartLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Start(ctx, Config{DataDir: home}); err == nil {
		t.Fatal("started")
	}
	exec1(t, start(t, home).URL(), "SELECT 1")
}
