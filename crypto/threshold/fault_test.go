package threshold

import (
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/group"
)

// Each story has three trustees, two of whom can decrypt. Trustee 2 misbehaves,
// trustee 1 finds it, and everybody else believes the complaint.

// dealer is a way to make a wrong deal.
type dealer func(s *Committed, f polynomial, e *group.Scalar) *dealBody

var wrongDeals = []struct {
	name  string
	fault Fault
	make  dealer
}{
	{"one coefficient more", FaultWrongDegree, func(s *Committed, f polynomial, e *group.Scalar) *dealBody {
		return s.newDeal(append(f, *group.RandomScalar()), e)
	}},
	{"one coefficient less", FaultWrongDegree, func(s *Committed, f polynomial, e *group.Scalar) *dealBody {
		return s.newDeal(f[:1], e)
	}},
	{"a share missing", FaultWrongShares, func(s *Committed, f polynomial, e *group.Scalar) *dealBody {
		d := s.newDeal(f, e)
		d.shares = d.shares[:2]
		return d
	}},
	{"a share too many", FaultWrongShares, func(s *Committed, f polynomial, e *group.Scalar) *dealBody {
		d := s.newDeal(f, e)
		d.shares = append(d.shares, d.shares[0])
		return d
	}},
	{"a key that is minus the key of another", FaultBadProof, func(s *Committed, f polynomial, e *group.Scalar) *dealBody {
		d := s.newDeal(f, e)
		d.coefficients[0].Negate(&d.coefficients[0])
		return d
	}},
	{"the identity as key", FaultBadProof, func(s *Committed, f polynomial, e *group.Scalar) *dealBody {
		f[0].Set(group.NewScalar(0))
		return s.newDeal(f, e)
	}},
	{"the identity as ephemeral key", FaultBadProof, func(s *Committed, f polynomial, _ *group.Scalar) *dealBody {
		return s.newDeal(f, group.NewScalar(0))
	}},
	{"proofs in each other's place", FaultBadProof, func(s *Committed, f polynomial, e *group.Scalar) *dealBody {
		d := s.newDeal(f, e)
		d.secretProof, d.ephemeralProof = d.ephemeralProof, d.secretProof
		return d
	}},
	{"a wrong share for trustee 1", FaultBadShare, func(s *Committed, f polynomial, e *group.Scalar) *dealBody {
		d := s.newDeal(f, e)
		d.shares[0] = s.sealFor(d, e, 1, group.RandomScalar())
		return d
	}},
	{"the share of trustee 3 for trustee 1", FaultBadShare, func(s *Committed, f polynomial, e *group.Scalar) *dealBody {
		d := s.newDeal(f, e)
		d.shares[0] = s.sealFor(d, e, 1, f.at(3))
		return d
	}},
	{"shares swapped", FaultUndecryptable, func(s *Committed, f polynomial, e *group.Scalar) *dealBody {
		d := s.newDeal(f, e)
		d.shares[0], d.shares[2] = d.shares[2], d.shares[0]
		return d
	}},
	{"a flipped bit", FaultUndecryptable, func(s *Committed, f polynomial, e *group.Scalar) *dealBody {
		d := s.newDeal(f, e)
		d.shares[0][5] ^= 1
		return d
	}},
	{"a flipped bit of the tag", FaultUndecryptable, func(s *Committed, f polynomial, e *group.Scalar) *dealBody {
		d := s.newDeal(f, e)
		d.shares[0][63] ^= 0x80
		return d
	}},
	{"a share that is not a scalar", FaultUndecryptable, func(s *Committed, f polynomial, e *group.Scalar) *dealBody {
		d := s.newDeal(f, e)
		path := d.path(s.setting, s.index, 1)
		mask, mac := path.keys(group.NewElement().ScalarMult(e, path.key))
		for i := range mask {
			mask[i] ^= 0xff // the scalar 2^256 − 1
		}
		d.shares[0] = append(mask, tag(mac, mask)...)
		return d
	}},
}

// sealFor encrypts any scalar for trustee j.
func (s *stage) sealFor(d *dealBody, e *group.Scalar, j int, share *group.Scalar) []byte {
	path := d.path(s.setting, s.index, j)
	return path.seal(group.NewElement().ScalarMult(e, path.key), share)
}

func TestWrongDeals(t *testing.T) {
	for _, story := range wrongDeals {
		t.Run(story.name, func(t *testing.T) {
			w := newWorld(t, 2, 3)
			w.commit()
			w.rig(2, story.make)
			w.deal()
			_, _, err := w.dealt[0].Confirm(w.c.Deals)
			fault := requireFault(t, err, 2, story.fault)
			require.Equal(t, RoundDeal, fault.Round)
			requireConvicts(t, w.p, fault.Complaint, 2)
			require.Equal(t, 1, fault.Complaint.Accuser())
			require.Equal(t, 2, fault.Complaint.Accused())
			require.Equal(t, story.fault, fault.Complaint.Fault())
		})
	}
}

// What is wrong for trustee 1 alone, trustee 3 does not see; what is wrong for all
// does not get past Verify either.
func TestWrongDealsInTheRecord(t *testing.T) {
	for _, story := range wrongDeals {
		t.Run(story.name, func(t *testing.T) {
			w := newWorld(t, 2, 3)
			w.commit()
			w.rig(2, story.make)
			w.deal()
			_, err := Verify(w.p, &w.c)
			if story.fault == FaultUndecryptable || story.fault == FaultBadShare {
				requireFault(t, err, 1, FaultMissing) // trustee 1 has not confirmed
				return
			}
			require.Nil(t, requireFault(t, err, 2, story.fault).Complaint)
		})
	}
}

// Trustee 2 waits for the commitments and deals of the others and then deals
// something else than it had committed to.
func TestRushingTrustee(t *testing.T) {
	w := newWorld(t, 2, 3)
	w.commit()
	second, _, err := Begin(w.p, w.ids[1])
	require.NoError(t, err)
	w.committed[1].body = second.body // the state now opens another deal
	view := viewAfter(RoundCommit, w.committed[1].setting.hash, w.c.Commitments)
	forged, err := ParseDeal(envelopeBytes(w.committed[1].seal(RoundDeal, view, second.body)))
	require.NoError(t, err)
	w.dealAllBut(2)
	w.c.Deals[1] = forged

	_, _, err = w.dealt[0].Confirm(w.c.Deals)
	requireConvicts(t, w.p, requireFault(t, err, 2, FaultNotOpened).Complaint, 2)
	_, err = Verify(w.p, &w.c)
	requireFault(t, err, 2, FaultNotOpened)
}

// dealAllBut runs the round deal for all trustees but one.
func (w *world) dealAllBut(absent int) {
	w.dealt, w.c.Deals = make([]*Dealt, w.p.N), make([]*Deal, w.p.N)
	for i, s := range w.committed {
		if i+1 == absent {
			continue
		}
		var err error
		w.dealt[i], w.c.Deals[i], err = s.Deal(w.c.Commitments)
		require.NoError(w, err)
	}
}

func envelopeBytes(e envelope) []byte { return e.raw }

// Trustee 2 copies the commitment of trustee 1, to copy its deal later and cancel
// its part of the key.
func TestCopiedCommitmentCannotBeOpened(t *testing.T) {
	w := newWorld(t, 2, 3)
	w.commit()
	w.committed[1].body = w.committed[0].body
	copied := w.c.Commitments[0].deal
	w.c.Commitments[1] = &Commitment{w.committed[1].seal(RoundCommit, w.committed[1].setting.hash, copied[:]), copied}
	view := viewAfter(RoundCommit, w.committed[0].setting.hash, w.c.Commitments)
	forged, err := ParseDeal(envelopeBytes(w.committed[1].seal(RoundDeal, view, w.committed[0].body)))
	require.NoError(t, err)
	w.dealAllBut(2)
	w.c.Deals[1] = forged
	_, _, err = w.dealt[2].Confirm(w.c.Deals)
	requireConvicts(t, w.p, requireFault(t, err, 2, FaultNotOpened).Complaint, 2)
}

// Trustee 2 uses the ephemeral key of a deal of trustee 3 from an earlier attempt,
// with nonsense as share, so that the complaint of trustee 1 would open the old
// share. The missing proof of knowledge is found before anything is opened.
func TestCopiedEphemeralKeyOpensNothing(t *testing.T) {
	w := newWorld(t, 2, 3)
	w.commit()
	old := w.committed[2]
	w.p = &Params{Context: []byte("second attempt"), T: 2, N: 3, Cards: w.p.Cards}
	w.committed, w.c.Commitments = nil, nil
	w.commit()
	w.rig(2, func(s *Committed, f polynomial, e *group.Scalar) *dealBody {
		r := &reader{rest: old.body}
		var victim dealBody
		victim.read(r)
		d := s.newDeal(f, e)
		d.ephemeral, d.ephemeralProof = victim.ephemeral, victim.ephemeralProof
		// Its own proof is of the other ephemeral key; the secret is proven again.
		d.secretProof = s.prove(d, secretUse, &f[0], &d.coefficients[0])
		return d
	})
	w.deal()
	_, _, err := w.dealt[0].Confirm(w.c.Deals)
	fault := requireFault(t, err, 2, FaultBadProof)
	require.Nil(t, fault.Complaint.evidence.opening)
	requireConvicts(t, w.p, fault.Complaint, 2)
}

// A trustee that shows different trustees different messages is found as soon as
// two of them put their files together.
func TestEquivocation(t *testing.T) {
	w := newWorld(t, 2, 3)
	w.commit()
	_, second, err := Begin(w.p, w.ids[1])
	require.NoError(t, err)
	files := append([]*Commitment{second}, w.c.Commitments...)
	_, _, err = w.committed[0].Deal(files)
	fault := requireFault(t, err, 2, FaultEquivocation)
	require.Equal(t, RoundCommit, fault.Round)
	requireConvicts(t, w.p, fault.Complaint, 2)
}

// If the files are not put together, the views differ: that names nobody's guilt,
// and Accuse proves it from the two files.
func TestEquivocationFoundLater(t *testing.T) {
	w := newWorld(t, 2, 3)
	w.commit()
	_, second, err := Begin(w.p, w.ids[1])
	require.NoError(t, err)
	first := w.c.Commitments[1]
	shown := []*Commitment{w.c.Commitments[0], second, w.c.Commitments[2]} // to trustee 3
	view := viewAfter(RoundCommit, w.committed[2].setting.hash, shown)
	_, deal3, err := w.committed[2].Deal(shown)
	require.NoError(t, err)
	require.Equal(t, view, deal3.view)
	w.dealAllBut3(deal3)

	_, _, err = w.dealt[0].Confirm(w.c.Deals)
	require.Nil(t, requireFault(t, err, 3, FaultOtherView).Complaint)

	c, err := Accuse(w.p, w.ids[0], first, second)
	require.NoError(t, err)
	requireConvicts(t, w.p, c, 2)
}

func (w *world) dealAllBut3(deal3 *Deal) {
	w.dealt, w.c.Deals = make([]*Dealt, 3), []*Deal{nil, nil, deal3}
	for i := range 2 {
		var err error
		w.dealt[i], w.c.Deals[i], err = w.committed[i].Deal(w.c.Commitments)
		require.NoError(w, err)
	}
}

func TestAccuseWantsEvidence(t *testing.T) {
	w, _ := finished(t, 2, 3)
	_, other, err := Begin(w.p, w.ids[2])
	require.NoError(t, err)
	for name, pair := range map[string][2]Message{
		"the same message":   {w.c.Deals[1], w.c.Deals[1]},
		"two rounds":         {w.c.Deals[1], w.c.Commitments[1]},
		"two trustees":       {w.c.Deals[1], w.c.Deals[2]},
		"the accuser's own":  {w.c.Commitments[0], w.c.Deals[0]},
		"a stranger's other": {w.c.Commitments[1], other},
	} {
		_, err := Accuse(w.p, w.ids[0], pair[0], pair[1])
		require.ErrorIs(t, err, ErrNoFault, name)
	}
}

// Somebody exchanges a trustee's commitment for another one of the same trustee, on
// the way or in the trustee's own folder.
func TestReplacedCommitment(t *testing.T) {
	w := newWorld(t, 2, 3)
	w.commit()
	_, second, err := Begin(w.p, w.ids[0])
	require.NoError(t, err)
	own := w.c.Commitments[0]
	w.c.Commitments[0] = second
	_, _, err = w.committed[0].Deal(w.c.Commitments)
	requireFault(t, err, 1, FaultReplaced)
	w.c.Commitments = append(w.c.Commitments, own)
	_, _, err = w.committed[0].Deal(w.c.Commitments)
	require.Nil(t, requireFault(t, err, 1, FaultEquivocation).Complaint, "nobody accuses itself")
}

func TestMissingMessages(t *testing.T) {
	w := newWorld(t, 2, 3)
	w.commit()
	_, _, err := w.committed[0].Deal([]*Commitment{w.c.Commitments[0], nil, w.c.Commitments[2]})
	requireFault(t, err, 2, FaultMissing)
	w.deal()
	_, _, err = w.dealt[0].Confirm(w.c.Deals[1:])
	requireFault(t, err, 1, FaultMissing)
	w.confirm()
	_, _, err = w.confirmed[0].Drill(nil)
	requireFault(t, err, 1, FaultMissing)
}
