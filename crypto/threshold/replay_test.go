package threshold

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// again returns the same trustees with a change of the parameters.
func (w *world) again(change func(*Params)) *world {
	p := &Params{Context: w.p.Context, T: w.p.T, N: w.p.N, Cards: slices.Clone(w.p.Cards)}
	change(p)
	return &world{TB: w.TB, p: p, ids: w.ids}
}

var otherCeremonies = []struct {
	name   string
	change func(*Params)
}{
	{"another election", func(p *Params) { p.Context = []byte("another election") }},
	{"another threshold", func(p *Params) { p.T = 3 }},
	{"cards in another order", func(p *Params) { p.Cards[0], p.Cards[1] = p.Cards[1], p.Cards[0] }},
}

func TestNoMessageBelongsToAnotherCeremony(t *testing.T) {
	old, _ := finished(t, 2, 3)
	for _, other := range otherCeremonies {
		t.Run(other.name, func(t *testing.T) {
			w := old.again(other.change)
			w.ids = slices.Clone(w.ids)
			if other.name == "cards in another order" {
				w.ids[0], w.ids[1] = w.ids[1], w.ids[0]
			}
			w.commit()
			_, _, err := w.committed[0].Deal(with(w.c.Commitments, 2, old.c.Commitments[2]))
			requireFault(t, err, 3, FaultOtherCeremony)
			w.deal()
			_, _, err = w.dealt[0].Confirm(with(w.c.Deals, 2, old.c.Deals[2]))
			requireFault(t, err, 3, FaultOtherCeremony)
			w.confirm()
			_, _, err = w.confirmed[0].Drill(with(w.c.Confirmations, 2, old.c.Confirmations[2]))
			requireFault(t, err, 3, FaultOtherCeremony)
			w.drill()
			w.c.Drills = with(w.c.Drills, 2, old.c.Drills[2])
			_, err = Verify(w.p, &w.c)
			requireFault(t, err, 3, FaultOtherCeremony)

			_, err = Verify(w.p, &old.c)
			requireFault(t, err, 1, FaultOtherCeremony)
		})
	}
}

// with returns a copy of the list with one item replaced.
func with[M any](list []M, i int, m M) []M {
	list = slices.Clone(list)
	list[i] = m
	return list
}

// Even under the same parameters, which two ceremonies should not have, a message
// fits only to the messages that its sender has seen.
func TestNoMessageBelongsToAnotherRun(t *testing.T) {
	old, _ := finished(t, 2, 3)
	w := old.again(func(*Params) {})
	w.commit()
	w.deal()
	_, _, err := w.dealt[0].Confirm(with(w.c.Deals, 2, old.c.Deals[2]))
	requireFault(t, err, 3, FaultOtherView)
	w.confirm()
	_, _, err = w.confirmed[0].Drill(with(w.c.Confirmations, 2, old.c.Confirmations[2]))
	requireFault(t, err, 3, FaultOtherView)
	w.drill()
	w.c.Drills = with(w.c.Drills, 2, old.c.Drills[2])
	_, err = Verify(w.p, &w.c)
	requireFault(t, err, 3, FaultOtherView)
}

func TestNoStateBelongsToAnotherCeremonyOrTrustee(t *testing.T) {
	w := newWorld(t, 2, 3)
	w.commit()
	committed := w.committed[0].SecretBytes()
	w.deal()
	dealt := w.dealt[0].SecretBytes()
	w.confirm()
	confirmed := w.confirmed[0].SecretBytes()

	parse := func(p *Params, id *Identity) [3]error {
		_, err1 := ParseCommitted(p, id, committed)
		_, err2 := ParseDealt(p, id, dealt)
		_, err3 := ParseConfirmed(p, id, confirmed)
		return [3]error{err1, err2, err3}
	}
	require.Equal(t, [3]error{}, parse(w.p, w.ids[0]))
	other := &Params{Context: []byte("another election"), T: 2, N: 3, Cards: w.p.Cards}
	for i := range 3 {
		require.ErrorIs(t, parse(other, w.ids[0])[i], ErrOtherCeremony)
		require.ErrorIs(t, parse(w.p, w.ids[1])[i], ErrOtherCeremony)
		require.ErrorIs(t, parse(&Params{}, w.ids[0])[i], ErrParams)
	}
}
