package load

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"valik/internal/loopback"
	"valik/internal/progress"
)

// Config says what load.
type Config struct {
	Rate     float64       // ballots a second
	Duration time.Duration // of the casting
	Choices  int           // of the one contest
	Interval time.Duration // between checkpoints
	Overload bool          // first find out what the collector can do, then send twice that
	Probe    time.Duration // for how long to find that out; default 15 s
	Keep     string        // folder for the election and the collector's log; "" for a temporary one
	Out      io.Writer
	Bars     *progress.Bars
}

const defaultProbe = 15 * time.Second

// Run sets an election up, puts its collector under load, and compares the board with the
// receipts. Errors: what went wrong before, and whatever was lost.
func Run(ctx context.Context, c Config) (r *Report, err error) {
	dir, clean, err := c.folder()
	if err != nil {
		return nil, err
	}
	defer clean()
	defer c.Bars.Clear()
	voters := int(c.Rate * c.Duration.Seconds())
	probe := 0
	if c.Overload {
		probe = int(c.Rate * cmp.Or(c.Probe, defaultProbe).Seconds())
		voters += probe
	}
	address, err := loopback.Free() // the manifest names it before the collector listens there
	if err != nil {
		return nil, err
	}
	o, err := setUp(ctx, dir, voters, c.Choices, address, c.Bars.Draw)
	if err != nil {
		return nil, err
	}
	s, err := start(ctx, dir, address, c.Interval)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	ballots, err := prepareBallots(ctx, o, address, c.Bars.Draw)
	if err != nil {
		return nil, err
	}
	return c.drive(ctx, newCaster(o.Manifest, address), address, ballots, probe)
}

func (c Config) folder() (dir string, clean func(), err error) {
	if c.Keep != "" {
		return c.Keep, func() {}, os.Mkdir(c.Keep, 0o700)
	}
	dir, err = os.MkdirTemp("", "valik-load-")
	return dir, func() { os.RemoveAll(dir) }, err
}

func (c Config) drive(ctx context.Context, cast *caster, address string, ballots []ballot, probe int) (*Report, error) {
	defer cast.http.CloseIdleConnections()
	rate := c.Rate
	if c.Overload {
		found := c.measure(ctx, cast, ballots[:probe], rate)
		c.say("beyond its limit:")
		found.Print(c.Out)
		rate = 2 * found.Throughput()
		ballots = ballots[:probe+min(len(ballots)-probe, int(rate*c.Duration.Seconds()))]
		if err := c.settle(ctx, cast, ballots[:probe]); err != nil {
			return found, err
		}
		c.say("twice what it can do:")
	}
	r := c.measure(ctx, cast, ballots[probe:], rate)
	r.Print(c.Out)
	if err := c.settle(ctx, cast, ballots[probe:]); err != nil {
		return r, err
	}
	if err := audit(ctx, cast.manifest, address, ballots); err != nil {
		return r, err
	}
	c.say(fmt.Sprintf("the board has all %d ballots, each once and where its receipt says, and no other", len(ballots)))
	return r, ctx.Err()
}

func (c Config) measure(ctx context.Context, cast *caster, ballots []ballot, rate float64) *Report {
	began := time.Now()
	outcomes := cast.byTimetable(ctx, ballots, rate, func(done int) { c.Bars.Draw("casting", done, len(ballots)) })
	return newReport(rate, time.Since(began), outcomes)
}

// settle sends every ballot that has no receipt again, as voters' programs do, until it has
// one: a refusal must not have spoilt it, nor a lost answer have counted it twice.
func (c Config) settle(ctx context.Context, cast *caster, ballots []ballot) error {
	const most = 100
	for range most {
		var waiting []*ballot
		for i := range ballots {
			if ballots[i].receipt == nil {
				waiting = append(waiting, &ballots[i])
			}
		}
		if len(waiting) == 0 {
			return nil
		}
		c.Bars.Draw("casting again", len(ballots)-len(waiting), len(ballots))
		if err := castAgain(ctx, cast, waiting); err != nil {
			return err
		}
	}
	return errors.New("ballots are refused again and again")
}

// againAtOnce is how many ballots are sent again at the same time: each waits for its
// checkpoint.
const againAtOnce = 256

func castAgain(ctx context.Context, cast *caster, waiting []*ballot) error {
	outcomes := make([]outcome, len(waiting))
	var g errgroup.Group
	g.SetLimit(againAtOnce)
	for i, b := range waiting {
		g.Go(func() error {
			outcomes[i] = cast.cast(ctx, b, time.Now())
			return ctx.Err()
		})
	}
	err := g.Wait()
	for _, o := range outcomes {
		if o.err != nil {
			return errors.Join(err, o.err)
		}
	}
	return err
}

func (c Config) say(line string) {
	c.Bars.Clear()
	fmt.Fprintln(c.Out, line)
}
