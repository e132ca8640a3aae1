package monitor

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"valik/board"
	"valik/election"
)

// Rules are what a monitor cannot know from the manifest.
type Rules struct {
	// Patience is how far the board may be from the manifest's times by the monitor's
	// clock, and how long it may give no proper answer.
	Patience time.Duration
	// Quiet is how long the board may stay the same while the polls are open; 0 is for ever.
	Quiet time.Duration
}

// Monitor follows the board of one election. It is not safe for concurrent use.
type Monitor struct {
	manifest *election.Manifest
	rules    Rules
	follower *board.Follower
	state    *State
	kept     map[election.Hash]bool // receipts whose ballot was found
}

// New begins, or goes on from a state that an earlier monitor has left, if it is
// not nil. The error is [ErrState].
func New(m *election.Manifest, rules Rules, state []byte) (*Monitor, error) {
	s, seen := newState(m), (*board.Checkpoint)(nil)
	if state != nil {
		var err error
		if s, seen, err = parseState(state, m); err != nil {
			return nil, err
		}
	}
	return &Monitor{m, rules, board.NewFollower(m.Policy(), seen), s, map[election.Hash]bool{}}, nil
}

// State is what to keep after every round.
func (m *Monitor) State() []byte { return m.state.Bytes() }

// Round is what one look at a board has found.
type Round struct {
	Checkpoint *board.Checkpoint     // the newest that is accepted, nil if there is none yet
	New        int                   // entries read in this round
	Counts     map[election.Kind]int // entries read so far
	NoAnswer   error                 // why the board gave no whole answer, if so: no alarm by itself
	Notes      []string              // what else is worth a line, such as a file that is no receipt
	Alarms     []Alarm
}

// round is a look that is going on.
type round struct {
	*Monitor
	*Round
	now   election.Time
	fetch board.Fetch
}

// Round looks at the board once. now is the monitor's own clock. receipts are
// files by name, read before the round: what they promise must be there already.
//
// It implements Monitor.Round of docs/protocol/monitor.md.
func (m *Monitor) Round(now time.Time, fetch board.Fetch, receipts map[string][]byte) *Round {
	r := &round{m, new(Round), election.At(now), cached(fetch)}
	if m.state.Answered == 0 {
		m.state.Answered = r.now
	}
	if r.follow() && r.readEntries() {
		m.state.Answered = r.now
		r.checkReceipts(receipts)
		r.checkTimes()
	}
	r.checkSilence()
	if m.state.Disorder != "" && !r.alarmed(Order) {
		r.alarm(Alarm{Kind: Order, What: m.state.Disorder + " It was found earlier."})
	}
	r.Checkpoint, r.Counts = m.follower.Seen(), m.state.Counts
	return r.Round
}

func (r *round) alarm(a Alarm) { r.Alarms = append(r.Alarms, a) }

func (r *round) alarmed(kind AlarmKind) bool {
	for _, a := range r.Alarms {
		if a.Kind == kind {
			return true
		}
	}
	return false
}

// follow fetches and accepts the newest checkpoint. It reports whether there is one.
func (r *round) follow() bool {
	seen := r.follower.Seen()
	next, err := r.follower.Next(r.fetch)
	if err != nil {
		r.blame(err)
		return false
	}
	r.state.Checkpoint = string(next.Raw)
	if seen == nil || next.Size > seen.Size {
		r.state.Grown = r.now
	}
	return true
}

// blame tells a board that did not answer from one that contradicts itself.
func (r *round) blame(err error) {
	var missing *unanswered
	var history *board.HistoryError
	switch {
	case errors.As(err, &missing):
		r.NoAnswer = err
	case errors.As(err, &history):
		r.contradiction(history.Seen, history.Shown)
	case errors.Is(err, board.ErrContent), errors.As(err, new(*board.FileError)), errors.As(err, new(*board.EntryError)):
		r.alarm(Alarm{Kind: Tiles, What: fmt.Sprintf("The board serves entries or hashes that are not those of its signed checkpoint: %v.", err)})
	default:
		r.alarm(Alarm{Kind: Signature, What: r.unsigned(err)})
	}
}

// contradiction is two checkpoints of which the one does not extend the other.
// A smaller one alone proves nothing to others: it was true once.
func (r *round) contradiction(seen, shown *board.Checkpoint) {
	a := Alarm{Kind: Fork, Seen: []*board.Checkpoint{seen, shown}}
	proof, err := election.AccuseOfFork(r.manifest, seen, shown, r.fetch)
	switch {
	case err == nil:
		a.Proof = proof
		a.What = fmt.Sprintf("The board shows two histories: %d entries that were seen, and %d entries that do not go with them.", seen.Size, shown.Size)
	case shown.Size < seen.Size:
		a.Kind = Rollback
		a.What = fmt.Sprintf("The board shows %d entries where %d were seen before: %d are not shown any more.", shown.Size, seen.Size, seen.Size-shown.Size)
	default:
		a.What = fmt.Sprintf("The board of %d entries does not extend the %d that were seen, and does not show how (%v).", shown.Size, seen.Size, err)
	}
	r.alarm(a)
}

// unsigned says what is wrong with the signatures of the checkpoint that is served.
func (r *round) unsigned(err error) string {
	what := fmt.Sprintf("What the board serves is no checkpoint that the manifest accepts: %v.", err)
	if !errors.Is(err, board.ErrQuorum) {
		return what
	}
	raw, fetchErr := r.fetch(board.CheckpointFile)
	if fetchErr != nil {
		return what
	}
	return what + " Its lines: " + strings.Join(r.manifest.Policy().ExplainQuorum(raw), "; ") + "."
}
