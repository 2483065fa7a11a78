package embedded

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	osuser "os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// account is who PostgreSQL runs as. PostgreSQL refuses to run as root.
type account struct {
	other    bool // not the user of this process
	uid, gid int
}

// accountFor chooses the account for data in dir: our own unless we are root,
// else the owner of the data, else postgres, else nobody.
func accountFor(dir string) (account, error) {
	if os.Geteuid() != 0 {
		return account{uid: os.Geteuid(), gid: os.Getegid()}, nil
	}
	if info, err := os.Stat(dir); err == nil {
		if st, ok := info.Sys().(*syscall.Stat_t); ok && st.Uid != 0 {
			return account{other: true, uid: int(st.Uid), gid: int(st.Gid)}, nil
		}
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := osuser.Lookup(name); err == nil {
			return accountOf(u)
		}
	}
	return account{}, fmt.Errorf("PostgreSQL can't run as root, and there is no user postgres or nobody to run it as")
}

func accountOf(u *osuser.User) (account, error) {
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return account{}, fmt.Errorf("user %s: %w", u.Username, err)
	}
	gid, err := strconv.Atoi(u.Gid)
	return account{other: true, uid: uid, gid: gid}, err
}

// own makes dir, if absent, a folder that only the account can enter.
func (a account) own(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if !a.other {
		return nil
	}
	return os.Chown(dir, a.uid, a.gid)
}

// command prepares bin with "-D data" and args, as the account, in a session
// of its own: a Ctrl-C at the terminal must not reach PostgreSQL before the
// service is done with it.
//
// Another user may be barred from a folder above data (/root, say). So it gets
// data as an open folder and reaches it through /proc, whatever stands above.
func (a account) command(ctx context.Context, bin, data string, args ...string) (*exec.Cmd, func(), error) {
	attr := &syscall.SysProcAttr{Setsid: true}
	cmd, done := exec.CommandContext(ctx, bin), func() {}
	if a.other {
		attr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
		folder, err := os.Open(data)
		if err != nil {
			return nil, nil, err
		}
		cmd.ExtraFiles, done = []*os.File{folder}, func() { folder.Close() }
		data = "/proc/self/fd/3"
	}
	cmd.Args = append([]string{bin, "-D", data}, args...)
	cmd.SysProcAttr = attr
	cmd.Dir = "/"
	// Nothing of PGDATA, PGOPTIONS and their like; English, since we read messages.
	cmd.Env = []string{"PATH=" + filepath.Dir(bin) + ":" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	return cmd, done, nil
}
