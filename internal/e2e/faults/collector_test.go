package faults

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// node is a collector as it is built, with its configuration and its clock.
type node struct {
	address, config, clock string

	starting sync.Mutex // one start at a time, which may be killed meanwhile
	running  atomic.Pointer[process]
}

// addNode starts one more collector.
func (e *electorate) addNode(t testing.TB, database string) *node {
	t.Helper()
	dir := t.TempDir()
	n := &node{address: freeAddress(t), config: filepath.Join(dir, "collectord.toml"), clock: filepath.Join(dir, "clock")}
	n.setClock(t, 0)
	var text strings.Builder
	for _, line := range [][2]string{
		{"listen", n.address},
		{"database", database},
		{"folder", e.world.Dir},
		{"checkpoint_interval", "50ms"},
		{"board_key", filepath.Join(e.world.Dir, "board.key")},
		{"receipt_key", filepath.Join(e.world.Dir, "receipt.key")},
	} {
		fmt.Fprintf(&text, "%s = %q\n", line[0], line[1])
	}
	for _, w := range e.witnesses {
		fmt.Fprintf(&text, "[[witness]]\nkey = %q\nurl = %q\n", w.key, "http://"+w.way.address)
	}
	text.WriteString("[voter]\ncasts = 0\n") // these voters cast more than any honest one
	require.NoError(t, os.WriteFile(n.config, []byte(text.String()), 0o600))
	require.NoError(t, n.start())
	t.Cleanup(func() {
		n.kill()
		if t.Failed() {
			t.Logf("the collector at %s ended with:\n%s", n.address, n.said())
		}
	})
	e.nodes = append(e.nodes, n)
	return n
}

// tail is the end of a long text.
func tail(text string) string { return text[max(0, len(text)-4000):] }

// setClock makes the collector's clock wrong.
func (n *node) setClock(t testing.TB, off time.Duration) {
	t.Helper()
	setClock(t, n.clock, off)
}

func setClock(t testing.TB, file string, off time.Duration) {
	t.Helper()
	next := file + ".next"
	require.NoError(t, os.WriteFile(next, []byte(off.String()), 0o600))
	require.NoError(t, os.Rename(next, file))
}

// start starts the collector unless it runs, again if it ends because its database is not
// there yet or somebody kills it, as the service manager of a machine does.
func (n *node) start() error {
	n.starting.Lock()
	defer n.starting.Unlock()
	if p := n.running.Load(); p != nil && !p.hasEnded() {
		return nil
	}
	for began := time.Now(); time.Since(began) < soon; time.Sleep(50 * time.Millisecond) {
		p, err := start(filepath.Join(bin, "collectord"), []string{clockVariable + "=" + n.clock}, "serve", "--config", n.config)
		if err != nil {
			return err
		}
		n.running.Store(p)
		if p.waitSaid("listening on") {
			return nil
		}
	}
	return fmt.Errorf("the collector does not start: %s", n.said())
}

// said is the end of what the collector has told.
func (n *node) said() string { return tail(n.running.Load().said.String()) }

func (n *node) hasEnded() bool { return n.running.Load().hasEnded() }

// kill is kill -9.
func (n *node) kill() { n.running.Load().kill() }

// terminate is the orderly end, after which the collector has answered everybody.
func (n *node) terminate() error { return n.running.Load().terminate() }

// export writes what the collector hands over after the close, by its own command.
func (n *node) export(dir string) error {
	p, err := start(filepath.Join(bin, "collectord"), []string{clockVariable + "=" + n.clock}, "export", "--config", n.config, "--out", dir)
	if err != nil {
		return err
	}
	select {
	case <-p.ended:
	case <-time.After(soon):
		p.kill()
	}
	if p.err != nil {
		return errors.New(tail(p.said.String()))
	}
	return nil
}
