package sigma_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/group"
	"valik/crypto/sigma"
)

// twoPoints is [2]group.Element from pointers.
func twoPoints(a, b *group.Element) *[2]group.Element {
	return &[2]group.Element{*a, *b}
}

func newEquality() (x *group.Scalar, bases, images *[2]group.Element) {
	x = group.RandomScalar()
	bases = twoPoints(group.NewGenerator(), point("P", 0))
	return x, bases, twoPoints(mult(x, &bases[0]), mult(x, &bases[1]))
}

func TestEquality(t *testing.T) {
	x, bases, images := newEquality()
	p := sigma.ProveEquality(context("here"), x, bases, images)
	require.NoError(t, p.Verify(context("here"), bases, images))
	requireStrict(t, sigma.ParseEquality, p.Bytes(), []string{"T1", "T2", "s"})
}

func TestEqualityOfAnotherStatement(t *testing.T) {
	x, bases, images := newEquality()
	p := sigma.ProveEquality(context("here"), x, bases, images)
	p1, p2, x1, x2 := &bases[0], &bases[1], &images[0], &images[1]
	other := point("other", 0)
	tests := map[string]struct {
		where         string
		bases, images *[2]group.Element
	}{
		"other context":    {"there", bases, images},
		"other P1":         {"here", twoPoints(other, p2), images},
		"other P2":         {"here", twoPoints(p1, other), images},
		"other X1":         {"here", bases, twoPoints(other, x2)},
		"other X2":         {"here", bases, twoPoints(x1, other)},
		"bases swapped":    {"here", twoPoints(p2, p1), images},
		"images swapped":   {"here", bases, twoPoints(x2, x1)},
		"order":            {"here", twoPoints(p2, p1), twoPoints(x2, x1)},
		"bases and images": {"here", images, bases},
	}
	for name, test := range tests {
		err := p.Verify(context(test.where), test.bases, test.images)
		requirePart(t, err, "equation of T1", sigma.ErrEquation, name)
	}
	identity := group.NewElement()
	for part, statement := range map[string][2]*[2]group.Element{
		"P1": {twoPoints(identity, p2), images},
		"P2": {twoPoints(p1, identity), images},
		"X1": {bases, twoPoints(identity, x2)},
		"X2": {bases, twoPoints(x1, identity)},
	} {
		requirePart(t, p.Verify(context("here"), statement[0], statement[1]), part, sigma.ErrIdentity, part)
	}
}

// TestEqualityOfUnequal: a prover who knows both logarithms, but they differ,
// satisfies one equation and not the other.
func TestEqualityOfUnequal(t *testing.T) {
	x, bases, images := newEquality()
	images[1].Set(mult(group.RandomScalar(), &bases[1]))
	p := sigma.ProveEquality(context("here"), x, bases, images)
	requirePart(t, p.Verify(context("here"), bases, images), "equation of T2", sigma.ErrEquation, "x1 ≠ x2")
	images[0], bases[0], images[1], bases[1] = images[1], bases[1], images[0], bases[0]
	p = sigma.ProveEquality(context("here"), x, bases, images)
	requirePart(t, p.Verify(context("here"), bases, images), "equation of T1", sigma.ErrEquation, "x1 ≠ x2")
}

// TestEqualityForged picks the response and the challenge before the commitments.
func TestEqualityForged(t *testing.T) {
	bases := twoPoints(group.NewGenerator(), point("P", 0))
	images := twoPoints(point("X", 1), point("X", 2))
	s := group.RandomScalar()
	forgeries := map[string][]byte{"all zero": make([]byte, 96)}
	for name, c := range map[string]*group.Scalar{
		"c = 0": group.NewScalar(0), "c = 1": group.NewScalar(1), "c random": group.RandomScalar(),
	} {
		t1 := group.NewElement().Subtract(mult(s, &bases[0]), mult(c, &images[0]))
		t2 := group.NewElement().Subtract(mult(s, &bases[1]), mult(c, &images[1]))
		forgeries[name] = append(append(t1.Bytes(), t2.Bytes()...), s.Bytes()...)
	}
	for name, forgery := range forgeries {
		p, err := sigma.ParseEquality(forgery)
		require.NoError(t, err, name)
		requirePart(t, p.Verify(context("here"), bases, images), "equation of T1", sigma.ErrEquation, name)
	}
}

// TestEqualityMauled changes one field of a good proof, or exchanges two.
func TestEqualityMauled(t *testing.T) {
	x, bases, images := newEquality()
	good := sigma.ProveEquality(context("here"), x, bases, images).Bytes()
	bad := [][]byte{
		edited(good, 0, point("T", 0).Bytes()),
		edited(good, 1, point("T", 0).Bytes()),
		edited(good, 2, group.RandomScalar().Bytes()),
		edited(edited(good, 0, good[32:64]), 1, good[:32]),
	}
	for _, b := range bad {
		p, err := sigma.ParseEquality(b)
		require.NoError(t, err)
		require.ErrorIs(t, p.Verify(context("here"), bases, images), sigma.ErrEquation)
	}
}

func FuzzParseEquality(f *testing.F) {
	g := group.NewGenerator().Bytes()
	f.Add(make([]byte, 96))
	f.Add(append(append([]byte{}, g...), append(g, group.NewScalar(5).Bytes()...)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, err := sigma.ParseEquality(b); err == nil {
			require.Equal(t, b, p.Bytes())
		}
	})
}
