package threshold

import (
	"fmt"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/sigma"
	"valik/crypto/transcript"
)

// Drill is the message of round 4: the sender's decryption share of one test
// ciphertext.
type Drill struct {
	envelope
	share *DecryptionShare
}

// ParseDrill decodes a drill.
func ParseDrill(b []byte) (*Drill, error) {
	e, err := parseEnvelope(RoundDrill, b)
	if err != nil {
		return nil, err
	}
	r := &reader{what: "drill", rest: e.body}
	d := &Drill{envelope: *e}
	d.share = parsed(r, "share", 32+sigma.BatchEqualitySize, func(b []byte) (*DecryptionShare, error) {
		return ParseDecryptionShare(b, 1)
	})
	if err := r.end(); err != nil {
		return nil, err
	}
	return d, nil
}

// drillRows is the test ciphertext. Both points come from a hash, so nobody knows
// its plaintext, and a share of it tells nothing about any ballot.
func drillRows(view digest) *elgamal.Rows {
	return elgamal.NewRows(1, []elgamal.Ciphertext{{
		A: *group.HashToElement("valik/1 drill", view[:], []byte("A")),
		B: *group.HashToElement("valik/1 drill", view[:], []byte("B")),
	}})
}

func drillTranscript(ceremony, view digest) *transcript.Transcript {
	t := transcript.New("valik/1 drill")
	t.Bytes("ceremony", ceremony[:])
	t.Bytes("view", view[:])
	return t
}

// Drill takes the confirmations of all trustees, in any order, and returns the
// trustee's share of the election key together with the proof that it works. It
// consumes the state. The ceremony is finished when [Verify] accepts the drills
// of all trustees, and not before.
//
// It implements Ceremony.Drill of docs/protocol/ceremony.md.
func (c *Confirmed) Drill(confirmations []*Confirmation) (*KeyShare, *Drill, error) {
	if err := c.unused(); err != nil {
		return nil, nil, err
	}
	all, err := collect(c.setting, RoundConfirm, c.view, confirmations)
	if err != nil {
		return nil, nil, c.accuse(err)
	}
	view := viewAfter(RoundConfirm, c.view, all)
	key := newKeyShare(c.index, c.setting.hash, &c.share)
	share, err := key.Decrypt(drillTranscript(c.setting.hash, view), drillRows(view))
	if err != nil {
		return nil, nil, err
	}
	if err := c.consume(); err != nil {
		return nil, nil, err
	}
	return key, &Drill{c.seal(RoundDrill, view, share.Bytes()), share}, nil
}

// checkDrills verifies the drill of every trustee.
//
// It implements Drill.Verify of docs/protocol/ceremony.md.
func checkDrills(s *setting, k *Keys, view digest, drills []*Drill) error {
	rows := drillRows(view)
	for i, d := range drills {
		if err := d.share.Verify(drillTranscript(s.hash, view), k, i+1, rows); err != nil {
			fault := d.fault(FaultBadDrill)
			fault.Err = err
			return fault
		}
	}
	return checkAgreement(k, drills)
}

// checkAgreement checks that every t shares of the drill give the same
// plaintext. They do if all lie on one polynomial of a degree below t, that is if
// the first t of them give each of the others:
//
//	D_j = Σ_{i ≤ t} λ_i(j)·D_i   for j > t
//
// It follows from the proofs, and costs little to see.
func checkAgreement(k *Keys, drills []*Drill) error {
	first := make([]int, k.t)
	points := make([]group.Element, k.t)
	for i := range first {
		first[i] = i + 1
		points[i].Set(&drills[i].share.points[0])
	}
	for j := k.t + 1; j <= k.n; j++ {
		expected := group.NewElement().VarTimeMultiScalarMult(lagrange(first, j), points)
		if !expected.Equal(&drills[j-1].share.points[0]) {
			fault := drills[j-1].fault(FaultBadDrill)
			fault.Err = fmt.Errorf("it does not agree with the shares of trustees 1 to %d", k.t)
			return fault
		}
	}
	return nil
}
