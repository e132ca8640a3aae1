package monitor

import (
	"fmt"
	"time"

	"valik/election"
)

// checkTimes holds the board against the manifest's times by the monitor's clock.
//
// It implements Monitor.Times of docs/protocol/monitor.md.
func (r *round) checkTimes() {
	patience := seconds(r.rules.Patience)
	opened, closed := r.state.Counts[election.KindOpen] > 0, r.state.Counts[election.KindClose] > 0
	for _, turn := range []struct {
		what string
		at   election.Time
		done bool
	}{{"opened", r.manifest.Opens, opened}, {"closed", r.manifest.Closes, closed}} {
		switch {
		case turn.done && r.now < turn.at-patience:
			r.alarm(Alarm{Kind: Early, What: fmt.Sprintf("The polls are %s already; their time is %s.", turn.what, turn.at)})
		case !turn.done && r.now >= turn.at+patience:
			r.alarm(Alarm{Kind: Late, What: fmt.Sprintf("The polls are not %s yet; their time was %s.", turn.what, turn.at)})
		}
	}
	open := opened && !closed && r.now < r.manifest.Closes
	if quiet := seconds(r.rules.Quiet); open && quiet > 0 && r.now-r.state.Grown > quiet {
		r.alarm(Alarm{Kind: Quiet, What: fmt.Sprintf("The polls are open and nothing new came since %s: nobody votes, or this address is shown an old board.", r.state.Grown)})
	}
}

// checkSilence counts from the last whole answer: a board that shows checkpoints and
// withholds its entries is silent too.
//
// It implements Monitor.Silence of docs/protocol/monitor.md.
func (r *round) checkSilence() {
	if r.NoAnswer != nil && r.now-r.state.Answered > seconds(r.rules.Patience) {
		r.alarm(Alarm{Kind: Silent, What: fmt.Sprintf("No whole answer since %s; the last try: %v.", r.state.Answered, r.NoAnswer)})
	}
}

func seconds(d time.Duration) election.Time { return election.Time(d / time.Second) }
