//go:build gui

package window

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/stretchr/testify/require"

	"valik/collector/collectortest"
)

// program is a running one with a window.
type program struct {
	*reader
	cmd   *exec.Cmd
	said  collectortest.Log
	ended <-chan error
}

// open starts a program, until the test ends.
func (r *reader) open(path string, env []string, args ...string) *program {
	r.t.Helper()
	p := &program{reader: r, cmd: exec.Command(path, args...)}
	p.cmd.Env, p.cmd.Dir = append(env, r.env...), r.home
	p.cmd.Stdout, p.cmd.Stderr = &p.said, &p.said
	p.ended = r.begin(p.cmd)
	return p
}

// closes closes the window, with which the program ends.
func (p *program) closes() {
	p.t.Helper()
	p.shuts()
	p.requireEnded()
}

// shuts closes the window as somebody does at the keyboard.
func (p *program) shuts() {
	p.t.Helper()
	has := func() bool {
		active, _ := p.command("xdotool", "getactivewindow", "getwindowname").Output() // an error says that none is
		return string(active) == "Valik\n"
	}
	p.until(has, "openbox does not know yet which window has the keyboard, and would close none")
	p.key("alt+F4")
}

// stops ends the program by a signal, as the end of the voter's session does.
func (p *program) stops() {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Signal(syscall.SIGTERM))
	p.requireEnded()
}

// requireEnded holds that the program ends well, and leaves nothing running.
func (p *program) requireEnded() {
	p.t.Helper()
	select {
	case err := <-p.ended:
		require.NoError(p.t, err, "%s", &p.said)
	case <-time.After(soon):
		require.FailNow(p.t, "the program does not end", "%s", &p.said)
	}
	require.Eventually(p.t, func() bool { return len(p.running()) == 0 }, soon, 50*time.Millisecond, "left running: %v", p.running())
}

// running lists what runs in the program's process group: itself, and the processes of the
// web view. Those that have ended and wait for their parent's word do not count.
func (p *program) running() (found []string) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	require.NoError(p.t, err)
	for _, path := range stats {
		stat, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		// proc(5): the name stands in brackets, then state, parent and group.
		end := bytes.LastIndexByte(stat, ')')
		var state string
		var parent, group int
		_, err = fmt.Sscan(string(stat[end+1:]), &state, &parent, &group)
		require.NoError(p.t, err)
		if group == p.cmd.Process.Pid && state != "Z" && state != "X" {
			found = append(found, string(stat[:end+1]))
		}
	}
	return found
}

// requireForgotten holds that neither what the program said nor any file that it or its web
// view left has a secret in it.
func (p *program) requireForgotten(secrets ...string) {
	p.t.Helper()
	for _, secret := range secrets {
		require.NotContains(p.t, p.said.String(), secret)
	}
	err := filepath.WalkDir(p.home, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		for _, secret := range secrets {
			require.False(p.t, strings.Contains(string(content), secret), "%s has a secret", path)
		}
		return err
	})
	require.NoError(p.t, err)
}
