package testpg

import (
	"errors"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// owner is the user that runs the server. PostgreSQL refuses to run as root, and
// tests in a container often do: then the server belongs to an unprivileged user.
type owner struct{ uid, gid int }

// ordinaryUser gives nil if this process is an ordinary user already.
func ordinaryUser() (*owner, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.Atoi(u.Uid)
		if err != nil {
			return nil, err
		}
		gid, err := strconv.Atoi(u.Gid)
		if err != nil {
			return nil, err
		}
		return &owner{uid, gid}, nil
	}
	return nil, errors.New("the test runs as root and finds no user postgres or nobody to run PostgreSQL as")
}

func (o *owner) give(dir string) error {
	if o == nil {
		return nil
	}
	return os.Chown(dir, o.uid, o.gid)
}

func (o *owner) attributes() *syscall.SysProcAttr {
	if o == nil {
		return nil
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(o.uid), Gid: uint32(o.gid)}}
}
