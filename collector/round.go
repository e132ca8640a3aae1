package collector

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"valik/board"
	"valik/collector/store"
)

// witnessGrace is how long witnesses that are late are waited for, beyond the quorum, when
// their word is wanted and not only their signature.
const witnessGrace = 2 * time.Second

// logView is what witnesses are asked about.
type logView struct {
	tree tlog.HashReader
	head func(context.Context) (size uint64, latest time.Time, err error) // as it is now
}

func viewOf(ctx context.Context, s *store.Store) *logView {
	return &logView{tree: s.Tree(ctx), head: func(ctx context.Context) (uint64, time.Time, error) {
		size, _, err := s.Head(ctx)
		if err != nil {
			return 0, time.Time{}, err
		}
		latest, err := s.LatestTime(ctx)
		return size, latest, err
	}}
}

// said is the answer of a witness.
type said struct {
	who           Witness
	lines         []byte
	cosigned      time.Time // by the witness's clock
	before, after time.Time // by the collector's, around the question
	asked         time.Time // at before, by the monotonic clock
	err           error
}

// round is what the witnesses have answered about one checkpoint.
type round struct {
	checkpoint *store.Checkpoint
	note       []byte // with their cosignatures
	final      bool   // whether these are the quorum
	answers    []*said
}

// cosigners are those who have cosigned.
func (r *round) cosigners() (list []*said) {
	for _, s := range r.answers {
		if s.err == nil {
			list = append(list, s)
		}
	}
	return list
}

// claims are what contradicts the database.
func (r *round) claims() (list []*HistoryError) {
	for _, s := range r.answers {
		var claim *HistoryError
		if errors.As(s.err, &claim) {
			list = append(list, claim)
		}
	}
	return list
}

// heard is how many have said what they have seen.
func (r *round) heard() int {
	n := len(r.cosigners()) + len(r.claims())
	for _, s := range r.answers {
		if errors.Is(s.err, errLags) {
			n++
		}
	}
	return n
}

// err says why there is no quorum, nil if there is.
func (r *round) err() error {
	if r.final {
		return nil
	}
	all := []error{board.ErrQuorum}
	for _, s := range r.answers {
		if s.err != nil {
			all = append(all, s.err)
		}
	}
	return errors.Join(all...)
}

// manner is how witnesses are asked.
type manner int

const (
	hasty   manner = iota // until there is a quorum
	patient               // a while longer, for the others too
	probing               // patient, and nobody is made to follow
)

// cosign asks all witnesses at once.
//
// It implements Collector.Publish of docs/protocol/casting.md.
func (w *witnesses) cosign(ctx context.Context, c *store.Checkpoint, log *logView, how manner) *round {
	ctx, cancel := context.WithTimeout(ctx, witnessTimeout)
	defer cancel() // those who are late are not waited for
	answers := make(chan *said, len(w.list))
	for _, one := range w.list {
		go func() { answers <- w.question(ctx, one, c, log, how) }()
	}
	r := &round{checkpoint: c, note: c.Note}
	var late <-chan time.Time
	for range w.list {
		select {
		case s := <-answers:
			w.add(r, s)
		case <-late:
			return r
		}
		switch {
		case r.final && how == hasty:
			return r
		case late == nil && (r.final || how == probing && r.heard() >= w.policy.Quorum):
			late = time.After(witnessGrace)
		}
	}
	return r
}

// add takes an answer into the note.
func (w *witnesses) add(r *round, s *said) {
	r.answers = append(r.answers, s)
	if s.err != nil {
		return
	}
	if s.cosigned, s.err = w.timeOf(r.checkpoint.Note, s); s.err != nil {
		return
	}
	note, err := w.policy.AddCosignatures(r.note, s.lines)
	if err != nil {
		s.err = err
		return
	}
	r.note = note
	_, err = w.policy.Open(note)
	r.final = err == nil
}

// timeOf gives the time of a witness's own cosignature among the lines that it answers.
func (w *witnesses) timeOf(note []byte, s *said) (time.Time, error) {
	key, err := board.ParsePublicKey(s.who.Key)
	if err != nil {
		return time.Time{}, err
	}
	alone, err := w.policy.AddCosignatures(note, s.lines)
	if err != nil {
		return time.Time{}, err
	}
	policy := *w.policy
	policy.Quorum = 0
	c, err := policy.Open(alone)
	if err != nil {
		return time.Time{}, err
	}
	for _, one := range c.Cosignatures {
		if one.Witness == key.Name() {
			return time.Unix(one.Time, 0), nil
		}
	}
	return time.Time{}, fmt.Errorf("collector: witness %s answers without its cosignature", s.who.URL)
}

// question asks one witness.
func (w *witnesses) question(ctx context.Context, one Witness, c *store.Checkpoint, log *logView, how manner) *said {
	s := &said{who: one, asked: time.Now(), before: w.now().Round(0)}
	s.lines, s.err = w.ask(ctx, one, c, log, how == probing)
	s.after = w.now().Round(0)
	return s
}
