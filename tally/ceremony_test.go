package tally

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/threshold"
	"valik/election"
	"valik/verifier"
)

// office is an election before its ceremony.
type office struct {
	*world
	trustees []*Trustee
	ceremony *Ceremony
}

// newOffice sets an election up with trustees who have only their cards.
func newOffice(t *testing.T) *office {
	t.Helper()
	o := new(office)
	dir := t.TempDir()
	var cards [][]byte
	for _, name := range []string{"Anna", "Berta", "Carl"} {
		trustee, err := NewTrustee(name, filepath.Join(dir, name+".age"), testVault())
		require.NoError(t, err)
		o.trustees = append(o.trustees, trustee)
		cards = append(cards, trustee.Card().Bytes())
	}
	o.world = newWorld(t, nil, nil)
	m := *o.Election.Manifest
	m.Trustees.Cards = cards
	changed, err := election.NewManifest(m)
	require.NoError(t, err)
	o.Election.Manifest = changed
	roll, err := election.NewRoll(changed.Fingerprint(), 0, o.Roll.Salt, changed.Opens, changed.Closes, o.Roll.List)
	require.NoError(t, err)
	o.Folder = NewFolder(filepath.Join(dir, "office"))
	require.NoError(t, o.Setup(changed, roll, o.authority, o.Board))
	o.ceremony = o.attempt(1)
	return o
}

func (o *office) attempt(n int) *Ceremony {
	o.t.Helper()
	c, err := o.Folder.Ceremony(n)
	require.NoError(o.t, err)
	return c
}

// all lets all trustees make a round.
func (o *office) all(round func(*Trustee) error) {
	o.t.Helper()
	for _, trustee := range o.trustees {
		require.NoError(o.t, round(trustee))
	}
}

func TestCeremony(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	c := o.ceremony
	for _, round := range []func(*Trustee) error{c.Commit, c.Deal, c.Confirm, c.Drill} {
		// Between two rounds every machine is switched off.
		for i, trustee := range o.trustees {
			again, err := OpenTrustee(trustee.path, testVault())
			require.NoError(t, err)
			o.trustees[i] = again
		}
		require.ErrorIs(t, c.Finish(o.Board), ErrTooEarly)
		o.all(round)
		for _, trustee := range o.trustees {
			require.ErrorIs(t, round(trustee), ErrDone)
		}
	}
	require.ErrorIs(t, c.Commit(o.trustees[0]), ErrDone)
	require.NoError(t, c.Finish(o.Board))
	require.ErrorIs(t, c.Finish(o.Board), ErrDone)
	_, err := o.verify(verifier.Prepared)
	require.NoError(t, err)
}

// A trustee's state is gone once it is used: rounds out of order, and a message
// that somebody has replaced, are refused.
func TestRoundsOutOfOrder(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	c, anna := o.ceremony, o.trustees[0]
	require.ErrorIs(t, c.Deal(anna), ErrTooEarly)
	require.NoError(t, c.Commit(anna))
	require.ErrorIs(t, c.Confirm(anna), ErrTooEarly)
	require.ErrorIs(t, c.Deal(anna), ErrTooEarly, "the others have not committed")
	require.Equal(t, roundCommit, anna.file.Round)

	path := filepath.Join(c.path(), messageFile(roundCommit, 1))
	sent, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.Remove(path))
	require.NoError(t, c.Commit(anna), "a lost message is written again")
	again, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, sent, again)
	require.NoError(t, os.WriteFile(path, sent[1:], 0o644))
	require.ErrorContains(t, c.Commit(anna), "somebody has changed it")
}

func TestNewAttempt(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.all(o.ceremony.Commit)
	o.all(o.ceremony.Deal)
	second := o.attempt(2)
	o.all(second.Commit)
	require.ErrorIs(t, o.ceremony.Commit(o.trustees[0]), ErrDone, "nobody goes back")
	require.ErrorIs(t, o.ceremony.Confirm(o.trustees[0]), ErrTooEarly)
	o.all(second.Deal)
	o.all(second.Confirm)
	o.all(second.Drill)
	share := bytes.Clone(o.trustees[0].file.State)
	require.ErrorIs(t, o.attempt(3).Commit(o.trustees[0]), ErrDone, "a share is never overwritten")
	require.Equal(t, share, o.trustees[0].file.State)
	require.NoError(t, second.Finish(o.Board))
}

// Berta deals what she has not committed to. The complaint proves it to everybody.
func TestComplaint(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	c, berta := o.ceremony, o.trustees[1]
	o.all(c.Commit)
	o.all(c.Deal)
	path := filepath.Join(c.path(), messageFile(roundDeal, 2))
	deal, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, deal, resign(berta, bytes.Clone(deal)), "Berta signs as the protocol says")
	deal[len(deal)-100] ^= 1 // in the last encrypted share
	require.NoError(t, os.WriteFile(path, resign(berta, deal), 0o644))

	var complaint *ComplaintError
	require.ErrorAs(t, c.Confirm(o.trustees[0]), &complaint)
	require.ErrorIs(t, complaint, threshold.FaultNotOpened)
	require.Equal(t, roundDeal, o.trustees[0].file.Round, "a trustee who complains does not confirm")
	judgement, err := c.Judge(complaint.Path)
	require.NoError(t, err)
	require.True(t, judgement.Proved)
	require.Equal(t, "Berta", judgement.Culprit)
	require.Equal(t, "Anna says of Berta: the deal does not open the commitment. The complaint proves it: the culprit is Berta.", judgement.String())

	_, err = o.attempt(2).Judge(complaint.Path)
	require.ErrorIs(t, err, threshold.ErrOtherCeremony)
	require.NoError(t, os.WriteFile(complaint.Path, []byte("x"), 0o644))
	_, err = c.Judge(complaint.Path)
	require.ErrorContains(t, err, complaint.Path)
}

func TestStrangerInTheCeremony(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	stranger, err := NewTrustee("Dora", filepath.Join(t.TempDir(), "dora.age"), testVault())
	require.NoError(t, err)
	require.ErrorIs(t, o.ceremony.Commit(stranger), ErrKey)
	require.Empty(t, stranger.file.Begun)
}

// The board never forgets what Finish enters: a changed roll is noticed before.
func TestFinishChecksTheRoll(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, round := range []func(*Trustee) error{o.ceremony.Commit, o.ceremony.Deal, o.ceremony.Confirm, o.ceremony.Drill} {
		o.all(round)
	}
	path := filepath.Join(o.Sealed(), election.RollFile(0))
	roll, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, bytes.Replace(roll, []byte("Voter 1"), []byte("Voter X"), 1), 0o600))
	require.ErrorContains(t, o.ceremony.Finish(o.Board), election.SignatureFile(election.RollFile(0), 0))
	require.EqualValues(t, 1, o.entries())
	require.NoError(t, os.WriteFile(path, roll, 0o600))
	require.NoError(t, o.ceremony.Finish(o.Board))
}
