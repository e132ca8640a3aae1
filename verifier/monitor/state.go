package monitor

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"valik/board"
	"valik/election"
)

// State is what a monitor keeps from one run to the next. Without it a board that
// goes back while nobody looks is not found out.
type State struct {
	Election   election.Hash            `json:"election"`
	Checkpoint string                   `json:"checkpoint"`         // the newest that was accepted
	Position   election.Position        `json:"position"`           // after the entries that were read
	Counts     map[election.Kind]int    `json:"counts"`             // of the entries that were read
	First      map[election.Kind]uint64 `json:"first"`              // where each kind stands first
	Disorder   string                   `json:"disorder,omitempty"` // what is wrong with the order, once something is
	Grown      election.Time            `json:"grown"`              // when the newest checkpoint was first seen
	Answered   election.Time            `json:"answered"`           // when the board last gave a whole answer
}

// unknown counts what is no entry.
const unknown election.Kind = "unknown"

// ErrState says that a file is not the state of a monitor of this election.
var ErrState = errors.New("monitor: this is not the state of a monitor of this election")

// parseState reads what Bytes has written, for this election.
func parseState(b []byte, m *election.Manifest) (*State, *board.Checkpoint, error) {
	s := new(State)
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(s); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrState, err)
	}
	if s.Election != m.Fingerprint() {
		return nil, nil, fmt.Errorf("%w: it is of election %s", ErrState, s.Election)
	}
	if s.Counts == nil || s.First == nil || s.Checkpoint == "" && s.read() > 0 {
		return nil, nil, fmt.Errorf("%w: it has read entries of no board", ErrState)
	}
	if s.Checkpoint == "" {
		return s, nil, nil
	}
	c, err := m.Policy().Open([]byte(s.Checkpoint))
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrState, err)
	}
	if s.read() > c.Size {
		return nil, nil, fmt.Errorf("%w: it has read %d of %d entries", ErrState, s.read(), c.Size)
	}
	return s, c, nil
}

func newState(m *election.Manifest) *State {
	return &State{Election: m.Fingerprint(), Counts: map[election.Kind]int{}, First: map[election.Kind]uint64{}}
}

// Bytes is what is to be kept.
func (s *State) Bytes() []byte {
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic("monitor: " + err.Error()) // it holds no value that JSON cannot
	}
	return append(b, '\n')
}

// read is the number of entries that were read.
func (s *State) read() uint64 {
	n := uint64(0)
	for _, k := range s.Counts {
		n += uint64(k)
	}
	return n
}
