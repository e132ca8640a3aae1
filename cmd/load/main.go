// Command load puts a collector under load and says what it can do. It sets an election up,
// starts a private PostgreSQL and collectord, prepares ballots with real proofs and real
// signatures, casts them by a timetable, and compares the board with the receipts.
//
//	load [-rate N] [-duration D] [-choices N] [-interval D] [-overload] [-keep DIR]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"valik/internal/load"
	"valik/internal/progress"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	c := load.Config{Out: os.Stdout, Bars: progress.New(os.Stderr)}
	f := flag.NewFlagSet("load", flag.ContinueOnError)
	f.Float64Var(&c.Rate, "rate", 150, "ballots a second; with -overload more than the collector can do")
	f.DurationVar(&c.Duration, "duration", 5*time.Minute, "how long ballots are cast")
	f.IntVar(&c.Choices, "choices", 138, "candidates of the one contest")
	f.DurationVar(&c.Interval, "interval", time.Second, "between two checkpoints")
	f.BoolVar(&c.Overload, "overload", false, "find out what the collector can do, then send twice that")
	f.StringVar(&c.Keep, "keep", "", "new folder that keeps the election and the collector's log")
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() > 0 || c.Rate <= 0 || c.Duration <= 0 || c.Choices < 1 || c.Choices > 800 {
		return errors.New("-rate, -duration and -choices are above 0, -choices at most 800, and nothing follows them")
	}
	r, err := load.Run(ctx, c)
	switch {
	case err != nil:
		return err
	case r.Failed > 0:
		return fmt.Errorf("%d ballots had neither a receipt nor a refusal", r.Failed)
	case !c.Overload && r.Receipts < r.Sent:
		return fmt.Errorf("%d of %d ballots were refused: this is more than the machine bears", r.Sent-r.Receipts, r.Sent)
	}
	return nil
}
