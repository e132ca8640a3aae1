package sigma_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/group"
	"valik/crypto/sigma"
)

// newPairs returns a true statement of a batched equality.
func newPairs(n int) (x *group.Scalar, image *group.Element, pairs *sigma.Pairs) {
	x = group.RandomScalar()
	pairs = &sigma.Pairs{A: points("A", n), D: make([]group.Element, n)}
	for i := range pairs.D {
		pairs.D[i].ScalarMult(x, &pairs.A[i])
	}
	return x, mult(x, group.NewGenerator()), pairs
}

// copyPairs returns the pairs as slices of their own, not encoded.
func copyPairs(l *sigma.Pairs) *sigma.Pairs {
	return &sigma.Pairs{A: append([]group.Element(nil), l.A...), D: append([]group.Element(nil), l.D...)}
}

func TestBatchEquality(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 200} {
		x, image, pairs := newPairs(n)
		p, err := sigma.ProveBatchEquality(context("here"), x, image, pairs)
		require.NoError(t, err)
		require.NoError(t, p.Verify(context("here"), image, pairs))
		require.Len(t, p.Bytes(), sigma.BatchEqualitySize)

		encoded := &sigma.Pairs{A: pairs.A, D: pairs.D, EncodedA: group.EncodeAll(pairs.A), EncodedD: group.EncodeAll(pairs.D)}
		require.NoError(t, p.Verify(context("here"), image, encoded), "with encodings at hand")
	}
	x, image, pairs := newPairs(1)
	p, err := sigma.ProveBatchEquality(context("here"), x, image, pairs)
	require.NoError(t, err)
	requireStrict(t, sigma.ParseBatchEquality, p.Bytes(), []string{"T1", "T2", "s"})
}

// TestBatchEqualityOfIdentities: a row with A = identity does not stop a
// decryption, and its share can be nothing but the identity.
func TestBatchEqualityOfIdentities(t *testing.T) {
	x, image, pairs := newPairs(3)
	pairs.A[1], pairs.D[1] = *group.NewElement(), *group.NewElement()
	p, err := sigma.ProveBatchEquality(context("here"), x, image, pairs)
	require.NoError(t, err)
	require.NoError(t, p.Verify(context("here"), image, pairs))

	pairs.D[1].Set(group.NewGenerator())
	_, err = sigma.ProveBatchEquality(context("here"), x, image, pairs)
	requirePart(t, err, "statement", sigma.ErrFalseStatement, "D of an identity")
}

func TestBatchEqualityProverChecksItself(t *testing.T) {
	x, image, pairs := newPairs(3)
	_, err := sigma.ProveBatchEquality(context("here"), group.RandomScalar(), image, pairs)
	requirePart(t, err, "statement", sigma.ErrFalseStatement, "other x")
	_, err = sigma.ProveBatchEquality(context("here"), x, point("X", 0), pairs)
	requirePart(t, err, "statement", sigma.ErrFalseStatement, "other X")
	pairs.D[2].Set(point("D", 0))
	_, err = sigma.ProveBatchEquality(context("here"), x, image, pairs)
	requirePart(t, err, "statement", sigma.ErrFalseStatement, "other D")
}

func TestBatchEqualityOfAnotherStatement(t *testing.T) {
	x, image, pairs := newPairs(4)
	p, err := sigma.ProveBatchEquality(context("here"), x, image, pairs)
	require.NoError(t, err)
	requirePart(t, p.Verify(context("there"), image, pairs), "equation of T1", sigma.ErrEquation, "context")
	requirePart(t, p.Verify(context("here"), point("X", 0), pairs), "equation of T1", sigma.ErrEquation, "X")
	requirePart(t, p.Verify(context("here"), group.NewElement(), pairs), "X", sigma.ErrIdentity, "X = identity")

	changes := map[string]func(l *sigma.Pairs){
		"other A":       func(l *sigma.Pairs) { l.A[1].Set(point("other", 0)) },
		"other D":       func(l *sigma.Pairs) { l.D[3].Set(point("other", 0)) },
		"pair scaled":   func(l *sigma.Pairs) { l.A[0].Double(&l.A[0]); l.D[0].Double(&l.D[0]) },
		"reordered":     func(l *sigma.Pairs) { l.A[0], l.A[1], l.D[0], l.D[1] = l.A[1], l.A[0], l.D[1], l.D[0] },
		"D exchanged":   func(l *sigma.Pairs) { l.D[0], l.D[1] = l.D[1], l.D[0] },
		"A and D":       func(l *sigma.Pairs) { l.A, l.D = l.D, l.A },
		"first left":    func(l *sigma.Pairs) { l.A, l.D = l.A[1:], l.D[1:] },
		"last left":     func(l *sigma.Pairs) { l.A, l.D = l.A[:3], l.D[:3] },
		"one more":      func(l *sigma.Pairs) { l.A, l.D = append(l.A, l.A[0]), append(l.D, l.D[0]) },
		"none":          func(l *sigma.Pairs) { l.A, l.D = nil, nil },
		"pair identity": func(l *sigma.Pairs) { l.A[2].Set(group.NewElement()); l.D[2].Set(group.NewElement()) },
	}
	for name, change := range changes {
		other := copyPairs(pairs)
		change(other)
		requirePart(t, p.Verify(context("here"), image, other), "equation of T1", sigma.ErrEquation, name)
	}
}

func TestBatchEqualityOfDifferentLengths(t *testing.T) {
	x, image, pairs := newPairs(2)
	p, err := sigma.ProveBatchEquality(context("here"), x, image, pairs)
	require.NoError(t, err)
	a, d := group.EncodeAll(pairs.A), group.EncodeAll(pairs.D)
	for name, l := range map[string]*sigma.Pairs{
		"fewer A":     {A: pairs.A[:1], D: pairs.D},
		"fewer D":     {A: pairs.A, D: pairs.D[:1]},
		"A encodings": {A: pairs.A, D: pairs.D, EncodedA: a[:63], EncodedD: d},
		"D encodings": {A: pairs.A, D: pairs.D, EncodedA: a, EncodedD: append(d, 0)},
		"empty":       {A: pairs.A, D: pairs.D, EncodedA: []byte{}},
	} {
		requirePart(t, p.Verify(context("here"), image, l), "pairs", sigma.ErrLength, name)
		_, err := sigma.ProveBatchEquality(context("here"), x, image, l)
		requirePart(t, err, "pairs", sigma.ErrLength, name)
	}
}

// forgeBatch proves as the honest prover does, but with weights of its own and
// without a look at D.
func forgeBatch(t *testing.T, x *group.Scalar, image *group.Element, l *sigma.Pairs, weights []group.Scalar) *sigma.BatchEquality {
	tr := context("here")
	tr.String("proof", "valik/1 batch equality")
	tr.Element("X", image)
	tr.Uint64("n", uint64(len(l.A)))
	tr.Elements("A", l.A)
	tr.Elements("D", l.D)
	rho := tr.Challenges("rho", len(l.A))
	if weights == nil {
		weights = rho
	}
	k := group.RandomScalar()
	t1 := mult(k, group.NewGenerator())
	t2 := mult(k, group.NewElement().VarTimeMultiScalarMult(weights, l.A))
	tr.Element("T1", t1)
	tr.Element("T2", t2)
	s := k.MultiplyAdd(tr.Challenge("c"), x, k)
	p, err := sigma.ParseBatchEquality(append(append(t1.Bytes(), t2.Bytes()...), s.Bytes()...))
	require.NoError(t, err)
	return p
}

// TestBatchEqualityCancellingErrors: two wrong pairs whose errors cancel under
// equal weights. A sum of all pairs would not see them; random weights do.
func TestBatchEqualityCancellingErrors(t *testing.T) {
	x, image, pairs := newPairs(3)
	require.NoError(t, forgeBatch(t, x, image, pairs, nil).Verify(context("here"), image, pairs), "the forger is right where nothing is wrong")

	e := point("error", 0)
	pairs.D[0].Add(&pairs.D[0], e)
	pairs.D[2].Subtract(&pairs.D[2], e)
	sumA, sumD := add(&pairs.A[0], &pairs.A[1], &pairs.A[2]), add(&pairs.D[0], &pairs.D[1], &pairs.D[2])
	require.True(t, mult(x, sumA).Equal(sumD), "the errors cancel")

	one := *group.NewScalar(1)
	for name, weights := range map[string][]group.Scalar{"honest weights": nil, "equal weights": {one, one, one}} {
		p := forgeBatch(t, x, image, pairs, weights)
		requirePart(t, p.Verify(context("here"), image, pairs), "equation of T2", sigma.ErrEquation, name)
	}
}

// TestBatchEqualityOneWrongPair: with any single wrong pair the second equation
// fails, and the first still holds.
func TestBatchEqualityOneWrongPair(t *testing.T) {
	for i := range 3 {
		x, image, pairs := newPairs(3)
		pairs.D[i].Add(&pairs.D[i], group.NewGenerator())
		p := forgeBatch(t, x, image, pairs, nil)
		requirePart(t, p.Verify(context("here"), image, pairs), "equation of T2", sigma.ErrEquation, "one wrong")
	}
}

func TestBatchEqualityAllZero(t *testing.T) {
	for _, n := range []int{0, 2} {
		_, image, pairs := newPairs(n)
		p, err := sigma.ParseBatchEquality(make([]byte, 96))
		require.NoError(t, err)
		requirePart(t, p.Verify(context("here"), image, pairs), "equation of T1", sigma.ErrEquation, "all zero")
	}
}

// TestBatchEqualityIsNotEquality: a proof of one type is not one of the other,
// though they have the same fields and the same equations for n = 1.
func TestBatchEqualityIsNotEquality(t *testing.T) {
	x, image, pairs := newPairs(1)
	bases, images := twoPoints(group.NewGenerator(), &pairs.A[0]), twoPoints(image, &pairs.D[0])
	p, err := sigma.ParseBatchEquality(sigma.ProveEquality(context("here"), x, bases, images).Bytes())
	require.NoError(t, err)
	require.ErrorIs(t, p.Verify(context("here"), image, pairs), sigma.ErrEquation)
	batch, err := sigma.ProveBatchEquality(context("here"), x, image, pairs)
	require.NoError(t, err)
	q, err := sigma.ParseEquality(batch.Bytes())
	require.NoError(t, err)
	require.ErrorIs(t, q.Verify(context("here"), bases, images), sigma.ErrEquation)
}

func FuzzParseBatchEquality(f *testing.F) {
	g := group.NewGenerator().Bytes()
	f.Add(make([]byte, 96))
	f.Add(append(append([]byte{}, g...), append(g, group.NewScalar(5).Bytes()...)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, err := sigma.ParseBatchEquality(b); err == nil {
			require.Equal(t, b, p.Bytes())
		}
	})
}
