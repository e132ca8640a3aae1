package tally

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"valik/board"
	"valik/crypto/threshold"
	"valik/election"
)

// Ceremony is one attempt at the key ceremony: the trustees' messages in a
// folder, which is carried from machine to machine or lies on a shared disk.
type Ceremony struct {
	folder  *Folder
	attempt int
	m       *election.Manifest
	params  *threshold.Params
}

// Ceremony opens an attempt at the ceremony, from 1. A new attempt begins where
// one was broken off by a complaint.
func (f *Folder) Ceremony(attempt int) (*Ceremony, error) {
	m, err := f.Manifest()
	if err != nil {
		return nil, err
	}
	params, err := election.CeremonyParams(m, attempt)
	if err != nil {
		return nil, err
	}
	return &Ceremony{f, attempt, m, params}, nil
}

// ComplaintError says that a trustee found another's message wrong. The
// complaint is in a file that anyone can judge; the ceremony must be begun again
// without the culprit.
type ComplaintError struct {
	Path string
	Err  *threshold.FaultError
}

func (e *ComplaintError) Error() string {
	return fmt.Sprintf("%v; the complaint with its evidence is in %s", e.Err, e.Path)
}

// Unwrap returns what was wrong.
func (e *ComplaintError) Unwrap() error { return e.Err }

// Commit is round 1 of a trustee.
//
// It implements Step.Commit of docs/protocol/steps.md.
func (c *Ceremony) Commit(t *Trustee) error {
	if t.file.Round != roundCard {
		return fmt.Errorf("%w: %s has made round %s", ErrDone, t.Name(), t.file.Round)
	}
	state, message, err := threshold.Begin(c.params, t.identity)
	if err != nil {
		return err
	}
	return c.publish(t, roundCommit, state.Index(), state.SecretBytes(), message)
}

// Deal is round 2: it needs the commitments of all trustees.
//
// It implements Step.Deal of docs/protocol/steps.md.
func (c *Ceremony) Deal(t *Trustee) error {
	if err := t.is(roundCommit); err != nil {
		return err
	}
	commitments, err := messages(c, roundCommit, threshold.ParseCommitment)
	if err != nil {
		return err
	}
	state, err := threshold.ParseCommitted(c.params, t.identity, t.file.State)
	if err != nil {
		return err
	}
	next, message, err := state.Deal(commitments)
	if err != nil {
		return c.complain(t, err)
	}
	return c.publish(t, roundDeal, next.Index(), next.SecretBytes(), message)
}

// Confirm is round 3: it needs the deals of all trustees, checks them, and
// either confirms or complains.
//
// It implements Step.Confirm of docs/protocol/steps.md.
func (c *Ceremony) Confirm(t *Trustee) error {
	if err := t.is(roundDeal); err != nil {
		return err
	}
	deals, err := messages(c, roundDeal, threshold.ParseDeal)
	if err != nil {
		return err
	}
	state, err := threshold.ParseDealt(c.params, t.identity, t.file.State)
	if err != nil {
		return err
	}
	next, message, err := state.Confirm(deals)
	if err != nil {
		return c.complain(t, err)
	}
	return c.publish(t, roundConfirm, next.Index(), next.SecretBytes(), message)
}

// Drill is round 4: it needs the confirmations of all trustees, and shows that
// the trustee's share decrypts.
//
// It implements Step.Drill of docs/protocol/steps.md.
func (c *Ceremony) Drill(t *Trustee) error {
	if err := t.is(roundConfirm); err != nil {
		return err
	}
	confirmations, err := messages(c, roundConfirm, threshold.ParseConfirmation)
	if err != nil {
		return err
	}
	state, err := threshold.ParseConfirmed(c.params, t.identity, t.file.State)
	if err != nil {
		return err
	}
	share, message, err := state.Drill(confirmations)
	if err != nil {
		return c.complain(t, err)
	}
	return c.publish(t, roundDrill, share.Index(), share.SecretBytes(), message)
}

// Finish verifies the whole ceremony and puts it and the roll on the board.
//
// It implements Step.Finish of docs/protocol/steps.md.
func (c *Ceremony) Finish(key *board.Key) error {
	all, err := c.transcript()
	if err != nil {
		return err
	}
	document := election.NewCeremony(c.m, c.attempt, all)
	if _, err := document.Verify(c.m); err != nil {
		return err
	}
	roll, err := os.ReadFile(filepath.Join(c.folder.Sealed(), election.RollFile(0)))
	if err != nil {
		return err
	}
	log, err := c.folder.log(c.m)
	if err != nil {
		return err
	}
	defer log.Close()
	if log.Checkpoint().Size != 1 {
		return fmt.Errorf("%w: the board has the ceremony", ErrDone)
	}
	if err := write(c.folder.Record(), election.CeremonyFile, document.Bytes(), public); err != nil {
		return err
	}
	fingerprint := c.m.Fingerprint()
	_, err = log.Append(key,
		election.NewEntry(election.KindCeremony, fingerprint, election.HashOf(document.Bytes())).Bytes(),
		election.NewEntry(election.KindRoll, fingerprint, election.HashOf(roll)).Bytes())
	return err
}

func (c *Ceremony) transcript() (*threshold.Ceremony, error) {
	all := new(threshold.Ceremony)
	var errs [4]error
	all.Commitments, errs[0] = messages(c, roundCommit, threshold.ParseCommitment)
	all.Deals, errs[1] = messages(c, roundDeal, threshold.ParseDeal)
	all.Confirmations, errs[2] = messages(c, roundConfirm, threshold.ParseConfirmation)
	all.Drills, errs[3] = messages(c, roundDrill, threshold.ParseDrill)
	return all, errors.Join(errs[:]...)
}

// publish saves the next state and then writes the round's message. A crash
// between the two loses the message, and the ceremony is begun again; the other
// order could send two messages in one round.
func (c *Ceremony) publish(t *Trustee, done round, index int, state []byte, m threshold.Message) error {
	if err := t.advance(done, state); err != nil {
		return err
	}
	return write(c.path(), messageFile(done, index), m.Bytes(), public)
}

// complain writes a trustee's complaint, if the error is one.
func (c *Ceremony) complain(t *Trustee, err error) error {
	var fault *threshold.FaultError
	if !errors.As(err, &fault) || fault.Complaint == nil {
		return err
	}
	name := fmt.Sprintf("complaint-%d-against-%d.bin", fault.Complaint.Accuser(), fault.Complaint.Accused())
	if err := write(c.path(), name, fault.Complaint.Bytes(), public); err != nil {
		return err
	}
	return &ComplaintError{filepath.Join(c.path(), name), fault}
}

func (c *Ceremony) path() string {
	return filepath.Join(c.folder.dir, ceremonyFolder, fmt.Sprintf("attempt-%d", c.attempt))
}

func messageFile(r round, index int) string { return fmt.Sprintf("%s-%d.bin", r, index) }

// messages reads the messages of all trustees in one round.
func messages[M threshold.Message](c *Ceremony, r round, parse func([]byte) (M, error)) ([]M, error) {
	all := make([]M, c.params.N)
	for j := range all {
		path := filepath.Join(c.path(), messageFile(r, j+1))
		raw, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("%w: trustee %d, %s, has not made round %s", ErrTooEarly, j+1, c.params.Cards[j].Name(), r)
		}
		if err != nil {
			return nil, err
		}
		if all[j], err = parse(raw); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return all, nil
}

// is checks that the trustee's next round is the one after r.
func (t *Trustee) is(r round) error {
	if t.file.Round != r {
		return fmt.Errorf("%w: %s has made round %s last, not %s", ErrTooEarly, t.Name(), t.file.Round, r)
	}
	return nil
}
