package threshold

import (
	"crypto/rand"
	"errors"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/sigma"
	"valik/crypto/transcript"
)

// forged returns a copy of a share with other points and the old proof.
func (d *DecryptionShare) forged(change func(points []group.Element) []group.Element) *DecryptionShare {
	points := change(slices.Clone(d.points))
	return &DecryptionShare{points, group.EncodeAll(points), d.proof}
}

func TestForgedDecryptionShares(t *testing.T) {
	e := newElection(t, 2, 3, 3, 2)
	d := e.shares[2]
	for name, forged := range map[string]*DecryptionShare{
		"a wrong point": d.forged(func(p []group.Element) []group.Element {
			p[4].Add(&p[4], group.NewGenerator())
			return p
		}),
		"errors that cancel": d.forged(func(p []group.Element) []group.Element {
			p[0].Add(&p[0], group.NewGenerator())
			p[1].Subtract(&p[1], group.NewGenerator())
			return p
		}),
		"the identity": d.forged(func(p []group.Element) []group.Element {
			p[0].Set(group.NewElement())
			return p
		}),
		"a point dropped":  d.forged(func(p []group.Element) []group.Element { return p[:5] }),
		"a point added":    d.forged(func(p []group.Element) []group.Element { return append(p, p[0]) }),
		"no points":        d.forged(func([]group.Element) []group.Element { return nil }),
		"points reordered": d.forged(func(p []group.Element) []group.Element { slices.Reverse(p); return p }),
		"another trustee":  e.shares[1],
		"another's proof":  {d.points, d.encoded, e.shares[1].proof},
		"another's points": {e.shares[1].points, e.shares[1].encoded, d.proof},
	} {
		t.Run(name, func(t *testing.T) {
			err := e.verify(2, forged)
			var of *DecryptionError
			require.ErrorAs(t, err, &of)
			require.Equal(t, 2, of.Trustee)
		})
	}
	require.NoError(t, e.verify(2, d))
}

// Every byte of the proof counts.
func TestForgedDecryptionProofs(t *testing.T) {
	e := newElection(t, 2, 3, 1, 1)
	b := e.shares[1].Bytes()
	parsed := 0
	for i := range b {
		forged := slices.Clone(b)
		forged[i] ^= 1
		d, err := ParseDecryptionShare(forged, 1)
		if err != nil {
			continue
		}
		parsed++
		require.Error(t, e.verify(1, d), "byte %d", i)
	}
	require.Greater(t, parsed, 20)

	zero := slices.Clone(b)
	clear(zero[32:]) // T1, T2 and s are zero
	d, err := ParseDecryptionShare(zero, 1)
	require.NoError(t, err)
	require.ErrorIs(t, e.verify(1, d), sigma.ErrEquation)
}

func TestDecryptionShareOfSomethingElse(t *testing.T) {
	e := newElection(t, 2, 3, 4, 2)
	_, others := finished(t, 2, 3)
	d := e.shares[1]
	cts := e.rows.All()
	otherB := slices.Clone(cts)
	otherB[3].B.Double(&otherB[3].B)
	reordered := slices.Clone(cts)
	slices.Reverse(reordered)

	context := transcript.New("valik/1 test decryption")
	context.String("list", "0000.2")
	require.Error(t, d.Verify(context, e.keys, 1, e.rows), "another context")
	require.Error(t, e.verify(2, d), "another trustee")
	for _, j := range []int{-1, 0, 4} {
		require.ErrorContains(t, e.verify(j, d), "there are 3 trustees")
	}
	for name, rows := range map[string]*elgamal.Rows{
		"a shorter list":   elgamal.NewRows(2, cts[:6]),
		"an empty list":    elgamal.NewRows(2, nil),
		"another width":    elgamal.NewRows(4, cts),
		"other B":          elgamal.NewRows(2, otherB),
		"reordered":        elgamal.NewRows(2, reordered),
		"a row of another": elgamal.NewRows(2, append(slices.Clone(cts[:6]), cts[0], cts[1])),
	} {
		require.Error(t, d.Verify(decryptionContext(), e.keys, 1, rows), name)
	}
	require.Error(t, d.Verify(decryptionContext(), others, 1, e.rows), "other keys")
}

// A mix may put out anything that decodes. The identity is decrypted as any other
// point, and so is a ciphertext that occurs twice.
func TestDecryptIdentityAndNothing(t *testing.T) {
	e := newElection(t, 2, 3, 1, 1)
	m := group.HashToElement("valik/1 test plaintext", []byte{7})
	cts := []elgamal.Ciphertext{
		{A: *group.NewElement(), B: *m},
		{A: *group.NewElement(), B: *group.NewElement()},
		e.rows.All()[0],
		e.rows.All()[0],
	}
	expected := []group.Element{*m, *group.NewElement(), e.plaintexts[0], e.plaintexts[0]}
	for n := range len(cts) + 1 {
		e.redo(cts[:n], expected[:n])
		e.requireDecrypts(e.shares)
	}
	require.True(t, e.shares[1].points[0].IsIdentity())
}

// redo decrypts another list with the same keys.
func (e *election) redo(cts []elgamal.Ciphertext, plaintexts []group.Element) {
	e.rows, e.plaintexts = elgamal.NewRows(1, cts), plaintexts
	for _, share := range e.world.shares {
		d, err := share.Decrypt(decryptionContext(), e.rows)
		require.NoError(e, err)
		require.NoError(e, e.verify(share.Index(), d))
		e.shares[share.Index()] = d
	}
}

// A machine that computes wrongly publishes nothing.
func TestDecryptNoticesABrokenShare(t *testing.T) {
	e := newElection(t, 1, 1, 1, 1)
	broken := e.world.shares[0]
	broken.x.Add(&broken.x, group.NewScalar(1))
	_, err := broken.Decrypt(decryptionContext(), e.rows)
	require.ErrorIs(t, err, sigma.ErrFalseStatement)
}

func TestAnyThresholdOfTrusteesDecrypts(t *testing.T) {
	e := newElection(t, 3, 5, 4, 1)
	for set := range 1 << 5 {
		chosen := map[int]*DecryptionShare{}
		for j := 1; j <= 5; j++ {
			if set>>(j-1)&1 == 1 {
				chosen[j] = e.shares[j]
			}
		}
		if len(chosen) >= 3 {
			e.requireDecrypts(chosen)
			continue
		}
		_, err := Combine(e.keys, e.rows, chosen)
		var few *TooFewError
		require.ErrorAs(t, err, &few)
		require.Equal(t, TooFewError{len(chosen), 3}, *few)
		require.ErrorAs(t, VerifyCombination(e.keys, e.rows, chosen, e.plaintexts, rand.Reader), &few)
	}
}

// Shares of numbers that are no trustees, and missing ones, do not count.
func TestCombineCountsTrusteesOnly(t *testing.T) {
	e := newElection(t, 2, 3, 1, 1)
	chosen := map[int]*DecryptionShare{0: e.shares[1], 1: e.shares[1], 2: nil, 4: e.shares[3]}
	_, err := Combine(e.keys, e.rows, chosen)
	require.EqualError(t, err, "threshold: 1 decryption shares, 2 are needed")
}

func TestCombineTakesTheLowest(t *testing.T) {
	e := newElection(t, 2, 4, 3, 1)
	wrong := e.shares[4].forged(func(p []group.Element) []group.Element { slices.Reverse(p); return p })
	e.requireDecrypts(map[int]*DecryptionShare{2: e.shares[2], 3: e.shares[3], 4: wrong})
	short := e.shares[2].forged(func(p []group.Element) []group.Element { return p[:2] })
	_, err := Combine(e.keys, e.rows, map[int]*DecryptionShare{2: short, 3: e.shares[3]})
	var of *DecryptionError
	require.ErrorAs(t, err, &of)
	require.Equal(t, 2, of.Trustee)
}

func TestVerifyCombinationNamesTheWrongPlaintext(t *testing.T) {
	e := newElection(t, 2, 3, 5, 2)
	for _, i := range []int{0, 4, 9} {
		points := slices.Clone(e.plaintexts)
		points[i].Add(&points[i], group.NewGenerator())
		var wrong *CombinationError
		require.ErrorAs(t, VerifyCombination(e.keys, e.rows, e.shares, points, rand.Reader), &wrong)
		require.Equal(t, i, wrong.Index)
	}
	swapped := slices.Clone(e.plaintexts)
	swap(swapped)
	require.EqualError(t, VerifyCombination(e.keys, e.rows, e.shares, swapped, rand.Reader),
		"threshold: plaintext 0 is not the combination of the shares")
	require.ErrorIs(t, VerifyCombination(e.keys, e.rows, e.shares, e.plaintexts[1:], rand.Reader), errLength)
	broken := errors.New("no randomness")
	require.ErrorIs(t, VerifyCombination(e.keys, e.rows, e.shares, e.plaintexts, iotest.ErrReader(broken)), broken)
}

// More items than one block of parallel work.
func TestLongLists(t *testing.T) {
	e := newElection(t, 2, 2, 5*parallelBlock+3, 1)
	e.requireDecrypts(e.shares)
}

func TestTrusteeOutOfRangePanics(t *testing.T) {
	_, keys := finished(t, 1, 1)
	for _, j := range []int{-1, 0, 2} {
		require.Panics(t, func() { keys.Trustee(j) })
	}
}
