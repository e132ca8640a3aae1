package threshold

import (
	"crypto/rand"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/group"
)

func TestHonestCeremonies(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {1, 2}, {2, 2}, {1, 3}, {2, 3}, {3, 3}, {3, 5}, {5, 5}, {4, 7}, {9, 9}} {
		t.Run(fmt.Sprintf("%d of %d", size[0], size[1]), func(t *testing.T) {
			e := newElection(t, size[0], size[1], 2, 2)
			require.Equal(t, size[0], e.keys.T())
			require.Equal(t, size[1], e.keys.N())
			e.requireSharesFit()
			for j, d := range e.shares {
				require.NoError(t, e.verify(j, d))
			}
			e.requireDecrypts(e.shares)
		})
	}
}

func TestLargestCeremony(t *testing.T) {
	if testing.Short() {
		t.Log("-short: 24 trustees instead of 64")
		finished(t, 3, 24)
		return
	}
	w, keys := finished(t, 3, MaxTrustees)
	require.NoError(t, w.shares[MaxTrustees-1].Check(keys))
}

// requireSharesFit checks that the shares are those of the keys: x_j·G = Y_j, and
// the secret of any t shares is that of Y.
func (e *election) requireSharesFit() {
	points := make([]group.Element, e.keys.T())
	indices := make([]int, e.keys.T())
	for i, share := range e.world.shares {
		require.NoError(e, share.Check(e.keys))
		require.True(e, share.public.Equal(e.keys.Trustee(i+1)))
	}
	for k := range indices {
		j := e.keys.N() - k // the last t trustees
		indices[k] = j
		points[k] = *e.keys.Trustee(j)
	}
	y := group.NewElement().VarTimeMultiScalarMult(lagrange(indices, 0), points)
	require.True(e, y.Equal(e.keys.Public().Element()))
}

func (e *election) requireDecrypts(shares map[int]*DecryptionShare) {
	points, err := Combine(e.keys, e.rows, shares)
	require.NoError(e, err)
	for i := range points {
		require.True(e, points[i].Equal(&e.plaintexts[i]))
	}
	require.NoError(e, VerifyCombination(e.keys, e.rows, shares, points, rand.Reader))
}

// Files on a stick have no order, and some are there twice.
func TestRoundsTakeFilesAsTheyCome(t *testing.T) {
	w := newWorld(t, 2, 3)
	w.commit()
	files := append(slices.Clone(w.c.Commitments), w.c.Commitments[1], nil)
	slices.Reverse(files)
	for _, s := range w.committed {
		state, m, err := s.Deal(files)
		require.NoError(t, err)
		w.dealt, w.c.Deals = append(w.dealt, state), append(w.c.Deals, m)
	}
	w.confirm()
	w.drill()
	_, err := Verify(w.p, &w.c)
	require.NoError(t, err)
}

func TestStateIsUsedOnce(t *testing.T) {
	w, _ := finished(t, 2, 2)

	_, _, err := w.committed[0].Deal(w.c.Commitments)
	require.ErrorIs(t, err, ErrUsed)
	_, _, err = w.dealt[0].Confirm(w.c.Deals)
	require.ErrorIs(t, err, ErrUsed)
	_, _, err = w.confirmed[0].Drill(w.c.Confirmations)
	require.ErrorIs(t, err, ErrUsed)

	require.Nil(t, w.committed[0].SecretBytes())
	require.Nil(t, w.dealt[0].SecretBytes())
	require.Nil(t, w.confirmed[0].SecretBytes())
}

// A round that was refused has sent nothing, so it can be tried again with the
// right files.
func TestRefusedRoundKeepsTheState(t *testing.T) {
	w := newWorld(t, 2, 3)
	w.commit()
	_, _, err := w.committed[0].Deal(w.c.Commitments[:2])
	fault := requireFault(t, err, 3, FaultMissing)
	require.Equal(t, RoundCommit, fault.Round)
	require.Nil(t, fault.Complaint)
	_, _, err = w.committed[0].Deal(w.c.Commitments)
	require.NoError(t, err)
}

// A deal is the same after a restart, so that a trustee whose machine stopped
// while writing it does not contradict itself.
func TestRestartedRoundSendsTheSameDeal(t *testing.T) {
	w := newWorld(t, 2, 3)
	w.commit()
	again := restart(w, 0, w.committed[0], ParseCommitted)
	_, first, err := w.committed[0].Deal(w.c.Commitments)
	require.NoError(t, err)
	_, second, err := again.Deal(w.c.Commitments)
	require.NoError(t, err)
	require.Equal(t, first.Bytes(), second.Bytes())
}

func TestStrangerCannotBegin(t *testing.T) {
	w := newWorld(t, 2, 2)
	stranger, err := NewIdentity("Trustee 1")
	require.NoError(t, err)
	_, _, err = Begin(w.p, stranger)
	require.ErrorIs(t, err, ErrParams)
}

func TestConfirmationsCarryOneTranscript(t *testing.T) {
	w, _ := finished(t, 2, 3)
	for _, c := range w.c.Confirmations {
		require.Equal(t, w.c.Confirmations[0].Transcript(), c.Transcript())
	}
}

func TestKeyShareOfAnotherCeremony(t *testing.T) {
	w, keys := finished(t, 2, 3)
	_, others := finished(t, 2, 2)
	require.ErrorIs(t, w.shares[0].Check(others), ErrOtherCeremony)

	for name, change := range map[string]func(*KeyShare){
		"ceremony":     func(s *KeyShare) { s.ceremony[0] ^= 1 },
		"trustee":      func(s *KeyShare) { s.index = 2 },
		"out of range": func(s *KeyShare) { s.index = 4 },
		"share":        func(s *KeyShare) { *s = *newKeyShare(1, s.ceremony, group.RandomScalar()) },
	} {
		changed := *w.shares[0]
		change(&changed)
		require.ErrorIs(t, changed.Check(keys), ErrOtherCeremony, name)
	}
}
