// Command demo runs a whole verifiable election on this machine, on the data of
// a real one, and verifies it: key ceremony, a collector on loopback, voters who
// sign with test eIDs, some who vote again, some who vote on paper, some frauds;
// then the count, and the verifier over the record, which stays behind.
//
//	demo [-out DIR] [-voters N] [-profile open|guarded]
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/schollz/progressbar/v3"

	"valik/election"
	"valik/tally"
)

func main() {
	err := run(os.Args[1:], os.Stdout)
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

	clock      *clock
	people     *electorate
	keys       *keys
	manifest   *election.Manifest
	collector  *polls
	count      *tally.Folder
	collecting stats
}

func run(args []string, out io.Writer) error {
	d := &demo{out: out, began: time.Now()}
	f := flag.NewFlagSet("demo", flag.ContinueOnError)
	f.StringVar(&d.dir, "out", "", "folder for record/ and sealed/, new or empty (default: a new one for temporary files)")
	f.IntVar(&d.voters, "voters", 0, "how many voters' ballots are to count (default: 1 in 300 of the real votes)")
	f.StringVar(&d.profile, "profile", election.ProfileOpen, "what is published: open or guarded")
	if err := f.Parse(args); err != nil {
		return err
	}
	if err := d.prepareFolders(); err != nil {
		return err
	}
	defer os.RemoveAll(d.office)
	for _, step := range []func() error{d.setUp, d.ceremony, d.vote, d.close, d.tally, d.compare, d.verify} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) prepareFolders() (err error) {
	if d.profile != election.ProfileOpen && d.profile != election.ProfileGuarded {
		return fmt.Errorf("-profile is open or guarded, not %q", d.profile)
	}
	if d.dir == "" {
		if d.dir, err = os.MkdirTemp("", "valik-demo-"); err != nil {
			return err
		}
	}
	if old, err := os.ReadDir(d.dir); err == nil && len(old) > 0 {
		return fmt.Errorf("-out %s is not empty", d.dir)
	}
	d.office, err = os.MkdirTemp("", "valik-office-")
	return err
}

// say tells what happened, in plain words, with the time since the start.
func (d *demo) say(format string, args ...any) {
	fmt.Fprintf(d.out, "%5.1f s  %s\n", time.Since(d.began).Seconds(), fmt.Sprintf(format, args...))
}

// chapter begins a part of the story.
func (d *demo) chapter(title string) { fmt.Fprintf(d.out, "\n%s\n", title) }

func (d *demo) file(name string) string { return filepath.Join(d.office, name) }

// bar draws the progress of what takes longer than a second.
func bar(total int, description string) *progressbar.ProgressBar {
	return progressbar.NewOptions(total, progressbar.OptionSetWriter(os.Stderr),
		progressbar.OptionSetDescription(description), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish())
}
