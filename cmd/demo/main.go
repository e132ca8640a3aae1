// Command demo runs a whole verifiable election on this machine, on the data of
// a real one, and verifies it: key ceremony, a collector on loopback, voters who
// sign with test eIDs, some who vote again, some who vote on paper, some frauds;
// then the count, and the verifier over the record, which stays behind.
//
//	demo [-out DIR] [-voters N] [-profile open|guarded]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"valik/election"
	"valik/internal/progress"
	"valik/tally"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// demo is one run.
type demo struct {
	out     io.Writer
	dir     string // record/ and sealed/ are left here
	office  string // keys, trustees' files, the collector's database: gone at the end
	voters  int
	profile string
	began   time.Time
	bars    *progress.Bars

	clock      *clock
	people     *electorate
	keys       *keys
	manifest   *election.Manifest
	collector  *polls
	seen       []byte // the board's checkpoint on a voter's device
	count      *tally.Folder
	collecting stats
}

// errStopped says that the demo did not come to its end.
var errStopped = errors.New("stopped; all keys are deleted")

// grace is how long a step that was asked to stop may go on.
const grace = 2 * time.Second

func run(ctx context.Context, args []string, out io.Writer) error {
	d := &demo{out: out, began: time.Now(), bars: progress.New(os.Stderr)}
	if err := d.parse(args); err != nil {
		return err
	}
	if err := d.prepareFolders(); err != nil {
		return err
	}
	defer d.closeOffice()
	done := make(chan error, 1)
	go func() { done <- d.play(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	// Steps of the count cannot be interrupted; the keys do not wait for them.
	select {
	case <-done:
	case <-time.After(grace):
	}
	return errStopped
}

func (d *demo) play(ctx context.Context) error {
	for _, step := range []func(context.Context) error{d.setUp, d.ceremony, d.vote, d.close, d.tally, d.compare, d.verify} {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := step(ctx); err != nil {
			return errors.Join(err, d.shut())
		}
	}
	return nil
}

func (d *demo) parse(args []string) error {
	f := flag.NewFlagSet("demo", flag.ContinueOnError)
	f.StringVar(&d.dir, "out", "", "folder for record/ and sealed/, new or empty (default: a new one for temporary files)")
	f.IntVar(&d.voters, "voters", 0, "how many voters' ballots are to count (default: 1 in 300 of the real votes)")
	f.StringVar(&d.profile, "profile", election.ProfileOpen, "what is published: open or guarded")
	if err := f.Parse(args); err != nil {
		return err
	}
	switch {
	case f.NArg() > 0:
		return fmt.Errorf("%q: only flags are expected", f.Arg(0))
	case d.profile != election.ProfileOpen && d.profile != election.ProfileGuarded:
		return fmt.Errorf("-profile is open or guarded, not %q", d.profile)
	case d.voters != 0 && d.voters < fewest:
		return fmt.Errorf("-voters is at least %d, not %d", fewest, d.voters)
	}
	return nil
}

func (d *demo) prepareFolders() (err error) {
	old, err := os.ReadDir(d.dir)
	switch {
	case d.dir == "":
		if d.dir, err = os.MkdirTemp("", "valik-demo-"); err != nil {
			return err
		}
	case err == nil && len(old) > 0:
		return fmt.Errorf("-out %s is not empty", d.dir)
	case err != nil && !errors.Is(err, os.ErrNotExist):
		return err
	}
	d.office, err = os.MkdirTemp("", "valik-office-")
	return err
}

// closeOffice deletes all keys. What a step that was left behind still writes
// while the folder goes is gone at the next try.
func (d *demo) closeOffice() {
	for range 10 {
		if os.RemoveAll(d.office) == nil {
			return
		}
	}
	fmt.Fprintf(os.Stderr, "demo: keys are left behind in %s: delete it\n", d.office)
}

func (d *demo) file(name string) string { return filepath.Join(d.office, name) }
