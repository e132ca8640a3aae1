package threshold

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/group"
)

// tampered returns a copy of the finished ceremony with a change.
func (w *world) tampered(change func(*Ceremony)) *Ceremony {
	c := &Ceremony{
		Commitments:   slices.Clone(w.c.Commitments),
		Deals:         slices.Clone(w.c.Deals),
		Confirmations: slices.Clone(w.c.Confirmations),
		Drills:        slices.Clone(w.c.Drills),
	}
	change(c)
	return c
}

func TestVerifyRefusesTamperedCeremonies(t *testing.T) {
	w, _ := finished(t, 2, 3)
	for _, test := range []struct {
		name    string
		trustee int
		round   Round
		fault   Fault
		change  func(*Ceremony)
	}{
		{"no commitments", 1, RoundCommit, FaultMissing, func(c *Ceremony) { c.Commitments = nil }},
		{"a commitment missing", 3, RoundCommit, FaultMissing, func(c *Ceremony) { c.Commitments = c.Commitments[:2] }},
		{"a deal missing", 2, RoundDeal, FaultMissing, func(c *Ceremony) { c.Deals[1] = nil }},
		{"a confirmation missing", 3, RoundConfirm, FaultMissing, func(c *Ceremony) { c.Confirmations = c.Confirmations[:2] }},
		{"a drill missing", 3, RoundDrill, FaultMissing, func(c *Ceremony) { c.Drills = c.Drills[:2] }},
		{"the first drill missing", 1, RoundDrill, FaultMissing, func(c *Ceremony) { c.Drills[0] = nil }},
		{"commitments swapped", 2, RoundCommit, FaultMisplaced, func(c *Ceremony) { swap(c.Commitments) }},
		{"deals swapped", 2, RoundDeal, FaultMisplaced, func(c *Ceremony) { swap(c.Deals) }},
		{"confirmations swapped", 2, RoundConfirm, FaultMisplaced, func(c *Ceremony) { swap(c.Confirmations) }},
		{"drills swapped", 2, RoundDrill, FaultMisplaced, func(c *Ceremony) { swap(c.Drills) }},
		{"a message twice", 1, RoundDeal, FaultMisplaced, func(c *Ceremony) { c.Deals = append(c.Deals, c.Deals[0]) }},
		{"one message for all", 1, RoundDrill, FaultMisplaced, func(c *Ceremony) { c.Drills[1] = c.Drills[0] }},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Verify(w.p, w.tampered(test.change))
			require.Equal(t, test.round, requireFault(t, err, test.trustee, test.fault).Round)
		})
	}
}

func swap[M any](list []M) { list[0], list[1] = list[1], list[0] }

// Every byte of every message is signed.
func TestVerifyRefusesEveryFlippedByte(t *testing.T) {
	w, _ := finished(t, 1, 2)
	change := map[Round]func(*Ceremony, Message){
		RoundCommit:  func(c *Ceremony, m Message) { c.Commitments[1] = m.(*Commitment) },
		RoundDeal:    func(c *Ceremony, m Message) { c.Deals[1] = m.(*Deal) },
		RoundConfirm: func(c *Ceremony, m Message) { c.Confirmations[1] = m.(*Confirmation) },
		RoundDrill:   func(c *Ceremony, m Message) { c.Drills[1] = m.(*Drill) },
	}
	parsed := 0
	for _, m := range []Message{w.c.Commitments[1], w.c.Deals[1], w.c.Confirmations[1], w.c.Drills[1]} {
		for i := range m.Bytes() {
			b := m.Bytes()
			b[i] ^= 1
			flipped, err := ParseMessage(b)
			if err != nil || flipped.Round() != m.Round() {
				continue
			}
			parsed++
			_, err = Verify(w.p, w.tampered(func(c *Ceremony) { change[m.Round()](c, flipped) }))
			require.Error(t, err, "%v, byte %d", m.Round(), i)
		}
	}
	require.Greater(t, parsed, 500)
}

// Trustee 2 has lost its share and drills with another one.
func TestDrillWithWrongShare(t *testing.T) {
	w := newWorld(t, 2, 3)
	w.commit()
	w.deal()
	w.confirm()
	w.confirmed[1].share.Set(group.RandomScalar())
	w.drill()
	_, err := Verify(w.p, &w.c)
	requireFault(t, err, 2, FaultBadDrill)
	var of *DecryptionError
	require.ErrorAs(t, err, &of)
	require.Equal(t, 2, of.Trustee)
}

// Trustee 2 copies the decryption of trustee 1 into its own drill.
func TestDrillCopied(t *testing.T) {
	w, _ := finished(t, 2, 3)
	d := w.c.Drills[1]
	copied := w.c.Drills[0].share
	w.c.Drills[1] = &Drill{w.confirmed[1].seal(RoundDrill, d.view, copied.Bytes()), copied}
	_, err := Verify(w.p, &w.c)
	requireFault(t, err, 2, FaultBadDrill)
}

// A share that lies on no common polynomial is found without its proof, too.
func TestDrillsAgree(t *testing.T) {
	w, keys := finished(t, 2, 4)
	require.NoError(t, checkAgreement(keys, w.c.Drills))
	w.c.Drills[3].share.points[0].Double(&w.c.Drills[3].share.points[0])
	requireFault(t, checkAgreement(keys, w.c.Drills), 4, FaultBadDrill)
	w.c.Drills[0].share.points[0].Double(&w.c.Drills[0].share.points[0])
	require.Error(t, checkAgreement(keys, w.c.Drills))
}

// All trustees together could deal parts that cancel; the key would then be public.
func TestDegenerateKeys(t *testing.T) {
	w := newWorld(t, 1, 2)
	w.commit()
	secret := group.RandomScalar()
	for i, a := range []*group.Scalar{secret, group.NewScalar(0).Negate(secret)} {
		w.rig(i+1, func(s *Committed, _ polynomial, e *group.Scalar) *dealBody {
			return s.newDeal(polynomial{*a}, e)
		})
	}
	w.deal()
	_, _, err := w.dealt[0].Confirm(w.c.Deals)
	require.ErrorIs(t, err, ErrDegenerateKey)
	_, err = Verify(w.p, &w.c)
	require.ErrorIs(t, err, ErrDegenerateKey)
}

// f(x) = x − 2 together, so that trustee 2 has the share 0.
func TestDegenerateTrusteeKey(t *testing.T) {
	w := newWorld(t, 2, 2)
	w.commit()
	for i, f := range []polynomial{
		{*group.NewScalar(1), *group.NewScalar(0)},
		{*group.NewScalar(0).Negate(group.NewScalar(3)), *group.NewScalar(1)},
	} {
		w.rig(i+1, func(s *Committed, _ polynomial, e *group.Scalar) *dealBody { return s.newDeal(f, e) })
	}
	w.deal()
	_, _, err := w.dealt[1].Confirm(w.c.Deals)
	require.ErrorIs(t, err, ErrDegenerateKey)
	_, err = Verify(w.p, &w.c)
	require.ErrorIs(t, err, ErrDegenerateKey)
}
