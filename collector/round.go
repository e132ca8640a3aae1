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
	size func(context.Context) (uint64, error) // as it is now
}

func viewOf(ctx context.Context, s *store.Store) *logView {
	return &logView{tree: s.Tree(ctx), size: func(ctx context.Context) (uint64, error) {
		size, _, err := s.Head(ctx)
		return size, err
	}}
}

// said is the answer of a witness.
type said struct {
	who           Witness
	lines         []byte
	cosigned      time.Time // by the witness's clock
	before, after time.Time // by the collector's, around the question
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

// cosign asks all witnesses at once. It ends as soon as the note has the quorum; a patient
// question waits a while for the others too.
//
// It implements Collector.Publish of docs/protocol/casting.md.
func (w *witnesses) cosign(ctx context.Context, c *store.Checkpoint, log *logView, patient bool) *round {
	ctx, cancel := context.WithTimeout(ctx, witnessTimeout)
	defer cancel() // those who are late are not waited for
	answers := make(chan *said, len(w.list))
	for _, one := range w.list {
		go func() { answers <- w.question(ctx, one, c, log) }()
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
		case r.final && !patient:
			return r
		case r.final && late == nil:
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
func (w *witnesses) question(ctx context.Context, one Witness, c *store.Checkpoint, log *logView) *said {
	s := &said{who: one, before: w.now().Round(0)}
	s.lines, s.err = w.ask(ctx, one, c, log)
	s.after = w.now().Round(0)
	return s
}
