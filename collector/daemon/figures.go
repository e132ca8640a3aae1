package daemon

import (
	"context"
	"errors"
	"fmt"
	"os"

	"valik/collector"
	"valik/collector/statistics"
)

// Figures is the section [statistics].
type Figures struct {
	// Smallest is the least number of voters, and of re-votes, that statistics and totals tell,
	// default 10, never below 5. It must be the same at every collector of the election and
	// stay so while the polls are open: two tables by two minimums say more than each.
	Smallest int `toml:"smallest"`
}

var errSmallest = errors.New("configuration: statistics.smallest is too low")

func (f Figures) check() error {
	if f.Smallest != 0 && f.Smallest < statistics.Floor {
		return fmt.Errorf("%w: %d, and the least is %d", errSmallest, f.Smallest, statistics.Floor)
	}
	return nil
}

// figures is what reading them needs: no keys.
func (s *Settings) figures() collector.Config {
	return collector.Config{Database: s.database(), Folder: os.DirFS(s.path(s.Folder)), Smallest: s.Statistics.Smallest}
}

// Statistics tells what may be told of casts, voters and re-votes, also beside collectors
// that are at work. See collector.Statistics.
func Statistics(ctx context.Context, s *Settings) (*statistics.Statistics, error) {
	return collector.ReadStatistics(ctx, s.figures())
}

// Total tells how many have voted, as a file for the election information system. See
// collector.Total.
func Total(ctx context.Context, s *Settings) ([]byte, error) {
	return collector.ReadTotal(ctx, s.figures())
}
