package threshold

import (
	"crypto/ed25519"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/group"
	"valik/crypto/sigma"
)

// accusing makes the complaint of trustee 1 about trustee 2 that claims fault, with
// whatever evidence.
func (w *world) accusing(fault Fault, e evidence) *Complaint {
	return w.dealt[0].complain(&FaultError{Trustee: 2, Fault: fault, evidence: &e})
}

// openedBy is the true opening of trustee 1's share in a deal.
func (w *world) openedBy(d *Deal) *opening {
	s := &w.dealt[0].stage
	return s.reveal(d, group.NewElement().ScalarMult(&s.identity.encryption, &d.ephemeral))
}

// Trustee 1 complains about a deal of trustee 2 that is right.
func TestFalseAccusations(t *testing.T) {
	w := newWorld(t, 2, 3)
	w.commit()
	w.deal()
	c, d := w.c.Commitments[1], w.c.Deals[1]
	of3 := w.c.Deals[2]
	opening := w.openedBy(d)
	for name, e := range map[string]struct {
		fault Fault
		evidence
	}{
		"not opened":                  {FaultNotOpened, evidence{messages: []Message{c, d}}},
		"another's deal":              {FaultNotOpened, evidence{messages: []Message{c, of3}}},
		"another's commitment":        {FaultNotOpened, evidence{messages: []Message{w.c.Commitments[2], d}}},
		"degree":                      {FaultWrongDegree, evidence{messages: []Message{d}}},
		"number of shares":            {FaultWrongShares, evidence{messages: []Message{d}}},
		"proof":                       {FaultBadProof, evidence{messages: []Message{d}}},
		"bad share":                   {FaultBadShare, evidence{opening, []Message{d}}},
		"undecryptable":               {FaultUndecryptable, evidence{opening, []Message{d}}},
		"opening of another's deal":   {FaultUndecryptable, evidence{w.openedBy(of3), []Message{d}}},
		"the same message twice":      {FaultEquivocation, evidence{messages: []Message{d, d}}},
		"messages of two rounds":      {FaultEquivocation, evidence{messages: []Message{c, d}}},
		"messages of two trustees":    {FaultEquivocation, evidence{messages: []Message{d, of3}}},
		"two messages of a third one": {FaultEquivocation, evidence{messages: []Message{of3, of3}}},
	} {
		t.Run(name, func(t *testing.T) {
			requireConvicts(t, w.p, w.accusing(e.fault, e.evidence), 1)
		})
	}
}

// With another common point than the true one a right share looks wrong; the
// equality proof is what keeps the accuser from giving one.
func TestFalseOpening(t *testing.T) {
	w := newWorld(t, 2, 3)
	w.commit()
	w.deal()
	d := w.c.Deals[1]
	s := &w.dealt[0].stage
	k := group.NewElement().ScalarBaseMult(group.RandomScalar())
	bases, images := openingStatement(s.setting, d, 1, k)
	moved := openingTranscript(s.setting.hash, 3, 1)
	right := w.openedBy(d)
	for name, o := range map[string]*opening{
		"a proof of something false":   s.reveal(d, k),
		"the proof of the right point": {*k, right.proof},
		"a proof in another context": {right.k, sigma.ProveEquality(moved, &s.identity.encryption, bases,
			&[2]group.Element{images[0], right.k})},
		"the identity": {*group.NewElement(), right.proof},
	} {
		t.Run(name, func(t *testing.T) {
			requireConvicts(t, w.p, w.accusing(FaultUndecryptable, evidence{o, []Message{d}}), 1)
		})
	}
}

// A true complaint of one kind does not prove another kind.
func TestComplaintOfTheWrongKind(t *testing.T) {
	w := newWorld(t, 2, 3)
	w.commit()
	w.rig(2, func(s *Committed, f polynomial, e *group.Scalar) *dealBody {
		d := s.newDeal(f, e)
		d.shares[0] = s.sealFor(d, e, 1, group.RandomScalar())
		return d
	})
	w.deal()
	d := w.c.Deals[1]
	o := w.openedBy(d)
	requireConvicts(t, w.p, w.accusing(FaultBadShare, evidence{o, []Message{d}}), 2)
	requireConvicts(t, w.p, w.accusing(FaultUndecryptable, evidence{o, []Message{d}}), 1)
	requireConvicts(t, w.p, w.accusing(FaultBadProof, evidence{messages: []Message{d}}), 1)
}

// A complaint about a share that is not there is about the number of shares.
func TestComplaintAboutAbsentShare(t *testing.T) {
	w := newWorld(t, 2, 3)
	w.commit()
	w.rig(2, func(s *Committed, f polynomial, e *group.Scalar) *dealBody {
		d := s.newDeal(f, e)
		d.shares = d.shares[:2]
		return d
	})
	w.deal()
	s := &w.dealt[2].stage
	d := w.c.Deals[1]
	k := group.NewElement().ScalarMult(&s.identity.encryption, &d.ephemeral)
	c := s.complain(&FaultError{Trustee: 2, Fault: FaultUndecryptable, evidence: &evidence{s.reveal(d, k), []Message{d}}})
	requireConvicts(t, w.p, c, 3)
}

func TestComplaintsNobodyCanJudge(t *testing.T) {
	w := newWorld(t, 2, 3)
	w.commit()
	w.deal()
	c := w.accusing(FaultBadProof, evidence{messages: []Message{w.c.Deals[1]}})

	forged := c.Bytes()
	forged[2] = 3 // in the name of trustee 3
	parsed, err := ParseComplaint(forged)
	require.NoError(t, err)
	culprit, err := parsed.Judge(w.p)
	require.ErrorIs(t, err, FaultBadSignature)
	require.Zero(t, culprit)

	_, err = c.Judge(&Params{Context: []byte("another election"), T: 2, N: 3, Cards: w.p.Cards})
	require.ErrorIs(t, err, ErrOtherCeremony)
	_, err = c.Judge(&Params{})
	require.ErrorIs(t, err, ErrParams)

	stranger := c.Bytes()
	stranger[3] = 4
	parsed, err = ParseComplaint(stranger)
	require.NoError(t, err)
	_, err = parsed.Judge(w.p)
	require.ErrorIs(t, err, ErrFormat)
}

// Trustee 1 changes the deal of trustee 2 itself: without the signature, the
// evidence would convict.
func TestForgedEvidence(t *testing.T) {
	w := newWorld(t, 2, 3)
	w.commit()
	w.deal()
	c, d := w.c.Commitments[1], w.c.Deals[1]
	changed := d.Bytes()
	changed[len(changed)-ed25519.SignatureSize-1] ^= 1 // the last encrypted share
	resigned := d.Bytes()
	resigned[len(resigned)-1] ^= 1
	for _, b := range [][]byte{changed, resigned} {
		forged, err := ParseDeal(b)
		require.NoError(t, err)
		requireConvicts(t, w.p, w.accusing(FaultEquivocation, evidence{messages: []Message{d, forged}}), 1)
	}
	forged, err := ParseDeal(changed)
	require.NoError(t, err)
	require.False(t, forged.opens(c))
	requireConvicts(t, w.p, w.accusing(FaultNotOpened, evidence{messages: []Message{c, forged}}), 1)
}

func TestParseComplaintRefusesWrongEvidence(t *testing.T) {
	w := newWorld(t, 2, 3)
	w.commit()
	w.deal()
	c, d := w.c.Commitments[1], w.c.Deals[1]
	o := w.openedBy(d)
	for name, bad := range map[string]*Complaint{
		"a commitment as deal":    w.accusing(FaultBadProof, evidence{messages: []Message{c}}),
		"rounds in wrong order":   w.accusing(FaultNotOpened, evidence{messages: []Message{d, c}}),
		"one message too few":     w.accusing(FaultEquivocation, evidence{messages: []Message{d}}),
		"one message too many":    w.accusing(FaultBadProof, evidence{messages: []Message{d, d}}),
		"an opening without need": w.accusing(FaultBadProof, evidence{o, []Message{d}}),
		"no opening":              w.accusing(FaultBadShare, evidence{messages: []Message{d}}),
		"no such fault":           w.accusing(FaultMissing, evidence{messages: []Message{d}}),
		"oneself":                 w.dealt[1].complain(&FaultError{Trustee: 2, Fault: FaultBadProof, evidence: &evidence{messages: []Message{d}}}),
	} {
		_, err := ParseComplaint(bad.Bytes())
		require.ErrorIs(t, err, ErrFormat, name)
	}
	require.Equal(t, "trustee 1 says of trustee 2: a proof of knowledge does not verify",
		w.accusing(FaultBadProof, evidence{messages: []Message{d}}).String())
}
