package collector

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"valik/board"
	"valik/collector/store"
	"valik/election"
)

var (
	// ErrOldDatabase says that somebody has a larger board, signed by this election's key,
	// than the database holds.
	ErrOldDatabase = errors.New("the database is older than the board")
	// ErrFork says that somebody has another board, signed by this election's key, than the database holds.
	ErrFork = errors.New("the database holds another history than the board")
)

// HistoryError says who knows a board that the database does not hold. It wraps
// ErrOldDatabase or ErrFork.
type HistoryError struct {
	Who     string    // what the database was compared with
	Witness bool      // whether that is a witness, whose word it is; else it is a signed checkpoint
	Seen    uint64    // entries that Who has seen
	SeenAt  time.Time // when, zero if that is not known
	Have    uint64    // entries of the database
	HaveAt  time.Time // time of its last ballot, zero without ballots
	Err     error
}

// Unwrap gives the reason.
func (e *HistoryError) Unwrap() error { return e.Err }

// Error says what was found, why that stops the collector, and what to do: it is read at
// night, by somebody who restores a server.
func (e *HistoryError) Error() string {
	text := fmt.Sprintf("collector: %v: %s has seen %d entries%s, the database has %d%s.",
		e.Err, e.Who, e.Seen, moment(", on ", e.SeenAt), e.Have, moment(", the last ballot at ", e.HaveAt))
	if errors.Is(e.Err, ErrFork) {
		text += " Up to there the two are not the same."
	}
	text += " Nothing was signed. To go on from here would fork the board: the collector would sign other entries in the place of those" +
		" that are on it, and the voters of those ballots have receipts that prove it." +
		" What to do: give the collector the database that has these entries, that is, the replica that is furthest ahead, or a newer backup (collectord restore)." +
		" If there is none, the ballots since then are lost, and how the election goes on is for those to decide who answer for it: no setting makes this collector go on."
	if e.Witness {
		text += " This is the word of one witness. If all others, and the monitors, have seen no more than the database has, it lies or is broken:" +
			" take it out of the collector's settings, as long as the quorum of the manifest remains, and tell its operator."
	}
	return text
}

// moment gives a time for a sentence, nothing for none.
func moment(before string, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return before + t.UTC().Format(time.RFC3339)
}

// compare holds a database against a checkpoint that somebody kept: the database must
// hold that board.
func compare(ctx context.Context, s *store.Store, known *board.Checkpoint, who string, at time.Time) error {
	size, _, err := s.Head(ctx)
	if err != nil {
		return err
	}
	if known.Size <= size {
		root, err := s.Root(ctx, known.Size)
		if err != nil || root == known.Root {
			return err
		}
		return historyError(ctx, s, ErrFork, who, known.Size, at)
	}
	return historyError(ctx, s, ErrOldDatabase, who, known.Size, at)
}

func historyError(ctx context.Context, s *store.Store, reason error, who string, seen uint64, at time.Time) error {
	have, latest, err := viewOf(ctx, s).head(ctx)
	if err != nil {
		return err
	}
	return &HistoryError{Who: who, Seen: seen, SeenAt: at, Have: have, HaveAt: latest, Err: reason}
}

// signed is the policy under which any checkpoint counts that the log has signed, whoever
// else has: the collector must never contradict one.
func signed(m *election.Manifest) *board.Policy {
	policy := *m.Policy()
	policy.Quorum = 0
	return &policy
}

// parseKnown reads a checkpoint that somebody kept: a signed note, or the state of a monitor.
func parseKnown(m *election.Manifest, raw []byte) (*board.Checkpoint, error) {
	var state struct {
		Checkpoint string `json:"checkpoint"`
	}
	if json.Unmarshal(raw, &state) == nil && state.Checkpoint != "" {
		raw = []byte(state.Checkpoint)
	}
	return signed(m).Open(raw)
}
