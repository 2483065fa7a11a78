package embedded

import (
	"fmt"
	"os/exec"
	"strconv"
	"syscall"
)

// watchdog waits for the end of its input, which comes when the process that
// holds the other end is gone for whatever reason, and then clears up.
const watchdog = `read -r _
kill -QUIT "$1"
for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$1" && sleep 0.2; done
rm -rf "$2" "$3"`

// watch starts the watchdog of a throwaway server. Nothing in our own process
// could clear up after a kill -9, and tests have no last moment to do it in.
func (s *Server) watch(home string) error {
	cmd := exec.Command("/bin/sh", "-c", watchdog, "watchdog", strconv.Itoa(s.cmd.Process.Pid), s.socket, home)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Dir = "/"
	if _, err := cmd.StdinPipe(); err != nil { // held open by cmd until the dog is gone
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("watchdog: %w", err)
	}
	s.dog = cmd
	go func() { _ = cmd.Wait() }() // leaves no zombie
	return nil
}
