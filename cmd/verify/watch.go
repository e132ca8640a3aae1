package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"valik/board"
	"valik/election"
	"valik/verifier/monitor"
)

const monitorUsage = `verify monitor URL -election FINGERPRINT [flags]

Watches the board of an election that is running: that it only grows, that enough
witnesses sign it, that its entries are in order, that polls open and close in time,
and that the ballots of the receipts that it is given are there. URL is the
collector's address or that of a mirror. It votes nothing, and needs no key.

What it finds it says in words; what proves it to others lies in the evidence
folder, see "verify evidence". With -once it looks once, for a timer.

Exit code: 0 no alarm, 1 there was an alarm, 2 it could not look.

`

type monitorOptions struct {
	address, election, state, evidence, receipts string
	interval                                     time.Duration
	once                                         bool
	rules                                        monitor.Rules
}

func parseMonitor(args []string, errOut io.Writer) (*monitorOptions, error) {
	o := new(monitorOptions)
	f := flag.NewFlagSet("verify monitor", flag.ContinueOnError)
	f.SetOutput(errOut)
	f.StringVar(&o.election, "election", "", "the fingerprint of the election, from a source of your own (required)")
	f.StringVar(&o.state, "state", "", "a file to remember what was seen; without it nothing is noticed that happens between two runs")
	f.StringVar(&o.evidence, "evidence-dir", "evidence", "the folder for evidence")
	f.StringVar(&o.receipts, "receipts", "", "a receipt, or a folder of receipts, whose ballots must be on the board; it is read anew every time")
	f.DurationVar(&o.interval, "interval", 10*time.Second, "how often to look")
	f.BoolVar(&o.once, "once", false, "look once and end")
	f.DurationVar(&o.rules.Patience, "patience", 5*time.Minute, "how late an answer, the opening and the close may be by this machine's clock")
	f.DurationVar(&o.rules.Quiet, "quiet", time.Hour, "alarm if nothing new comes for so long while the polls are open; 0 for never")
	f.Usage = func() {
		fmt.Fprint(errOut, monitorUsage)
		f.PrintDefaults()
	}
	var err error
	if o.address, err = parseMixed(f, args, "address"); err != nil {
		return nil, err
	}
	switch {
	case o.election == "":
		return nil, errors.New("-election is missing: the fingerprint of the election, from a source of your own")
	case o.interval < time.Second || o.rules.Patience < 0 || o.rules.Quiet < 0:
		return nil, errors.New("-interval is at least 1s, -patience and -quiet are not negative")
	}
	return o, nil
}

func runMonitor(args []string, out, errOut io.Writer) int {
	o, err := parseMonitor(args, errOut)
	if errors.Is(err, flag.ErrHelp) {
		return exitVerified
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	code := exitUnreadable
	if err == nil {
		code, err = o.run(ctx, out)
	}
	if err != nil {
		fmt.Fprintln(errOut, "verify monitor:", err)
		return exitUnreadable
	}
	return code
}

// run watches until ctx ends, or looks once.
func (o *monitorOptions) run(ctx context.Context, out io.Writer) (int, error) {
	w, err := o.open(ctx, out)
	if err != nil {
		return exitUnreadable, err
	}
	w.introduce()
	tick := time.NewTicker(o.interval)
	defer tick.Stop()
	for {
		if err := w.look(ctx, time.Now()); err != nil {
			return exitUnreadable, err
		}
		if o.once {
			return w.code(), nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return w.code(), nil
		}
	}
}

// watch is a monitor with its files and its reader.
type watch struct {
	*monitorOptions
	manifest *election.Manifest
	monitor  *monitor.Monitor
	fetch    board.Fetch
	teller
	looked bool // the board has given a whole answer at least once
}

func (o *monitorOptions) open(ctx context.Context, out io.Writer) (*watch, error) {
	fetch, err := fetcher(ctx, o.address)
	if err != nil {
		return nil, err
	}
	raw, err := fetch("v1/manifest")
	if err != nil {
		return nil, fmt.Errorf("the manifest cannot be had: %w", err)
	}
	m, err := pinnedManifest(raw, o.address, o.election)
	if err != nil {
		return nil, err
	}
	var state []byte
	if o.state != "" {
		if state, err = os.ReadFile(o.state); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("-state: %w", err)
		}
	}
	watcher, err := monitor.New(m, o.rules, state)
	if err != nil {
		return nil, fmt.Errorf("-state %s: %w; name another file to begin anew, and keep this one", o.state, err)
	}
	return &watch{monitorOptions: o, manifest: m, monitor: watcher, fetch: fetch, teller: newTeller(out)}, nil
}

// look makes one round, tells about it and keeps what must be kept.
func (w *watch) look(ctx context.Context, now time.Time) error {
	receipts, err := readReceipts(w.receipts)
	if err != nil {
		return fmt.Errorf("-receipts: %w", err)
	}
	r := w.monitor.Round(now, w.fetch, receipts)
	if ctx.Err() != nil {
		return nil // it was told to end, and so has no whole answer
	}
	w.looked = w.looked || r.NoAnswer == nil
	if w.state != "" && r.Checkpoint != nil {
		if err := replace(w.state, w.monitor.State()); err != nil {
			return fmt.Errorf("-state: %w", err)
		}
	}
	return w.tell(now, r, w.keep)
}

func (w *watch) code() int {
	switch {
	case w.alarmed:
		return exitFailed
	case !w.looked:
		return exitUnreadable
	}
	return exitVerified
}

// keep writes what others will want to see, and says where it is.
func (w *watch) keep(a monitor.Alarm) ([]string, error) {
	files := map[string][]byte{}
	if a.Proof != nil {
		b := a.Proof.Bytes()
		files[fmt.Sprintf("%s-%.16s.json", a.Kind, election.HashOf(b))] = b
	} else {
		for _, c := range a.Seen {
			files[fmt.Sprintf("%s-%.16s.checkpoint", a.Kind, election.HashOf(c.Raw))] = c.Raw
		}
	}
	if len(files) == 0 {
		return nil, nil
	}
	if err := os.MkdirAll(w.evidence, 0o755); err != nil {
		return nil, err
	}
	var written []string
	for name, b := range files {
		written = append(written, filepath.Join(w.evidence, name))
		if err := replace(written[len(written)-1], b); err != nil {
			return nil, err
		}
	}
	return written, replace(filepath.Join(w.evidence, manifestBeside), w.manifest.Bytes())
}
