package tally

import (
	"bytes"
	"errors"
	"fmt"
	"syscall"

	"valik/board"
	"valik/election"
	"valik/verifier"
)

// step says when a step of the count may be done: after one kind of entry, and
// until another stands on the board.
type step struct {
	after, until election.Kind
	stage        verifier.Stage // what is verified before
}

// work is a step being done. The folder is locked, what an interrupted step has
// left is gone, and everything that came before is verified.
type work struct {
	*verifier.State
	folder *Folder
	log    *board.Folder
	key    *board.Key
}

// follows is the entry after which the step may be done. Where evidence may come after
// its ballot, the polls are over only with the settlement.
func (s step) follows(m *election.Manifest) election.Kind {
	if s.after == election.KindClose && m.Settles() {
		return election.KindSettlement
	}
	return s.after
}

// begin prepares a step. The cheap refusals come before the verification, which
// may take an hour. The caller must close the work.
//
// It implements Step.Begin of docs/protocol/steps.md.
func (f *Folder) begin(key *board.Key, s step) (*work, error) {
	m, err := f.Manifest()
	if err != nil {
		return nil, err
	}
	log, err := f.openBoard(m, key)
	if err != nil {
		return nil, err
	}
	w := &work{folder: f, log: log, key: key}
	if err := w.prepare(m, s); err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

// openBoard opens the board to append to it, and locks the folder with it. If
// the board cannot be read, the verifier knows best which check fails.
func (f *Folder) openBoard(m *election.Manifest, key *board.Key) (*board.Folder, error) {
	if key.Public() != m.Board.Key {
		return nil, fmt.Errorf("%w: the board's key is %s", ErrKey, m.Board.Key)
	}
	log, err := board.OpenFolder(f.Record(), m.Policy())
	switch {
	case err == nil:
		return log, nil
	case errors.Is(err, syscall.EWOULDBLOCK):
		return nil, fmt.Errorf("%w: %w", ErrBusy, err)
	}
	if _, unverified := f.verify(verifier.Prepared); unverified != nil {
		return nil, unverified
	}
	return nil, err
}

func (w *work) prepare(m *election.Manifest, s step) error {
	entries, err := readEntries(w.log)
	if err != nil {
		return err
	}
	if len(election.Where(entries, s.until)) > 0 {
		return fmt.Errorf("%w: the board has the entry %q", ErrDone, s.until)
	}
	if after := s.follows(m); len(election.Where(entries, after)) == 0 {
		return fmt.Errorf("%w: the board has no entry %q yet", ErrTooEarly, after)
	}
	if err := w.folder.removeLeftovers(m, entries); err != nil {
		return err
	}
	stage := s.stage
	if len(election.Where(entries, election.KindMix)) > 0 {
		stage = max(stage, verifier.Mixed)
	}
	if w.State, err = w.folder.verify(stage); err != nil {
		return err
	}
	if !bytes.Equal(w.Checkpoint.Raw, w.log.Checkpoint().Raw) {
		return fmt.Errorf("%w: the board has changed during the verification", ErrBusy)
	}
	return nil
}

func readEntries(log *board.Folder) ([]election.Entry, error) {
	leaves, err := log.ReadEntries(0, int(log.Checkpoint().Size))
	if err != nil {
		return nil, err
	}
	return election.ParseEntries(leaves)
}

// enter puts the entry of a step's artefact on the board, as its last act.
func (w *work) enter(kind election.Kind, artefact election.Hash) error {
	e := election.NewEntry(kind, w.Manifest.Fingerprint(), artefact)
	if err := election.CheckOrder(append(w.Entries, *e), w.Manifest); err != nil {
		return err
	}
	_, err := w.log.Append(w.key, e.Bytes())
	return err
}

// close unlocks the folder.
func (w *work) close() error { return w.log.Close() }
