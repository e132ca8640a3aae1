package tally

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"valik/crypto/threshold"
)

// state is what a trustee keeps after a round.
type state interface {
	Index() int
	SecretBytes() []byte
}

// Commit is round 1 of a trustee. Who has begun an attempt that was broken off
// may begin another, but never the same one twice; who holds a share of a
// finished ceremony makes new keys.
//
// It implements Step.Commit of docs/protocol/steps.md.
func (c *Ceremony) Commit(t *Trustee) error {
	if !t.in(c) {
		if err := t.mayBegin(c); err != nil {
			return err
		}
		t.file.Round, t.file.Begun = roundCard, append(t.file.Begun, c.id())
	}
	return c.round(t, roundCommit, func() (state, threshold.Message, error) {
		return threshold.Begin(c.params, t.identity)
	})
}

// Deal is round 2: it needs the commitments of all trustees.
//
// It implements Step.Deal of docs/protocol/steps.md.
func (c *Ceremony) Deal(t *Trustee) error {
	return c.round(t, roundDeal, func() (state, threshold.Message, error) {
		commitments, err := messages(c, roundCommit, threshold.ParseCommitment)
		if err != nil {
			return nil, nil, err
		}
		committed, err := threshold.ParseCommitted(c.params, t.identity, t.file.State)
		if err != nil {
			return nil, nil, err
		}
		return committed.Deal(commitments)
	})
}

// Confirm is round 3: it needs the deals of all trustees, checks them, and
// either confirms or complains.
//
// It implements Step.Confirm of docs/protocol/steps.md.
func (c *Ceremony) Confirm(t *Trustee) error {
	return c.round(t, roundConfirm, func() (state, threshold.Message, error) {
		deals, err := messages(c, roundDeal, threshold.ParseDeal)
		if err != nil {
			return nil, nil, err
		}
		dealt, err := threshold.ParseDealt(c.params, t.identity, t.file.State)
		if err != nil {
			return nil, nil, err
		}
		return dealt.Confirm(deals)
	})
}

// Drill is round 4: it needs the confirmations of all trustees, and shows that
// the trustee's share decrypts.
//
// It implements Step.Drill of docs/protocol/steps.md.
func (c *Ceremony) Drill(t *Trustee) error {
	return c.round(t, roundDrill, func() (state, threshold.Message, error) {
		confirmations, err := messages(c, roundConfirm, threshold.ParseConfirmation)
		if err != nil {
			return nil, nil, err
		}
		confirmed, err := threshold.ParseConfirmed(c.params, t.identity, t.file.State)
		if err != nil {
			return nil, nil, err
		}
		return confirmed.Drill(confirmations)
	})
}

// round does a round, or writes its message again if that got lost. The state
// before is gone from the trustee's file before the message is written: no round
// is ever made twice, whatever happens in between.
func (c *Ceremony) round(t *Trustee, r round, do func() (state, threshold.Message, error)) error {
	if !t.in(c) {
		return fmt.Errorf("%w: %s has not begun attempt %d of this ceremony", ErrTooEarly, t.Name(), c.attempt)
	}
	done, now := slices.Index(rounds, t.file.Round), slices.Index(rounds, r)
	switch {
	case done == now:
		return c.again(t)
	case done > now:
		return fmt.Errorf("%w: %s has made round %s", ErrDone, t.Name(), t.file.Round)
	case done < now-1:
		return fmt.Errorf("%w: the next round of %s is %s", ErrTooEarly, t.Name(), rounds[done+1])
	}
	next, message, err := do()
	if err != nil {
		return c.complain(err)
	}
	t.file.Round, t.file.State, t.file.Sent = r, next.SecretBytes(), message.Bytes()
	if err := t.save(); err != nil {
		return err
	}
	return write(c.path(), messageFile(r, next.Index()), t.file.Sent, public)
}

// again writes the message of the round that was made last, if it is lost: by a
// crash, or on the way from another machine.
func (c *Ceremony) again(t *Trustee) error {
	name := messageFile(t.file.Round, c.index(t))
	there, err := os.ReadFile(filepath.Join(c.path(), name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return write(c.path(), name, t.file.Sent, public)
	case err != nil:
		return err
	case !bytes.Equal(there, t.file.Sent):
		return fmt.Errorf("tally: %s is not what %s has sent: somebody has changed it", filepath.Join(c.path(), name), t.Name())
	}
	return fmt.Errorf("%w: %s has made round %s", ErrDone, t.Name(), t.file.Round)
}

// index is the number of a trustee in this ceremony, from 1; 0 if they have none.
func (c *Ceremony) index(t *Trustee) int {
	card := t.Card().Bytes()
	return 1 + slices.IndexFunc(c.params.Cards, func(o *threshold.Card) bool { return bytes.Equal(o.Bytes(), card) })
}

// in reports whether the trustee takes part in this ceremony at present.
func (t *Trustee) in(c *Ceremony) bool {
	n := len(t.file.Begun)
	return n > 0 && bytes.Equal(t.file.Begun[n-1], c.id())
}

func (t *Trustee) mayBegin(c *Ceremony) error {
	switch {
	case c.index(t) == 0:
		return fmt.Errorf("%w: the card of %s is not in the manifest", ErrKey, t.Name())
	case t.file.Round == roundDrill:
		return fmt.Errorf("%w: %s holds a share of a finished ceremony, which is never overwritten; make new keys", ErrDone, t.Name())
	case slices.ContainsFunc(t.file.Begun, func(id []byte) bool { return bytes.Equal(id, c.id()) }):
		return fmt.Errorf("%w: %s has begun attempt %d before and gone on to another", ErrDone, t.Name(), c.attempt)
	}
	return nil
}
