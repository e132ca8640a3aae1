package faults

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	test "valik/collector/collectortest"
	"valik/internal/loopback"
)

// soon is how long something that must happen may take on a machine that has much to do.
const soon = 60 * time.Second

// process is a running program.
type process struct {
	cmd   *exec.Cmd
	said  test.Log
	ended chan struct{}
	err   error // after ended
}

// start runs a program of the folder bin.
func start(name string, environment []string, args ...string) (*process, error) {
	p := &process{cmd: exec.Command(name, args...), ended: make(chan struct{})}
	p.cmd.Env = append(append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH")), environment...)
	p.cmd.Stdout, p.cmd.Stderr = &p.said, &p.said
	p.cmd.WaitDelay = time.Second // a child that is left must not hold the pipes open
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// kill ends the process as a power cut would.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // an error says that it has ended
	<-p.ended
}

// errHangs says that a process does not end when it is asked to.
var errHangs = errors.New("the process does not end")

// terminate asks the process to end and gives what it ended with.
func (p *process) terminate() error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
		return p.err
	case <-time.After(soon):
		p.kill()
		return errHangs
	}
}

func (p *process) hasEnded() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// waitSaid waits until the process has printed something; if it has not, it has ended.
func (p *process) waitSaid(text string) bool {
	for began := time.Now(); time.Since(began) < soon; time.Sleep(5 * time.Millisecond) {
		if strings.Contains(p.said.String(), text) {
			return true
		}
		if p.hasEnded() {
			return false
		}
	}
	p.kill()
	return false
}

// freeAddress is one that nobody listens on, and that no connection takes meanwhile.
func freeAddress(t testing.TB) string {
	t.Helper()
	address, err := loopback.Free()
	require.NoError(t, err)
	return address
}
