package shuffle_test

import (
	"crypto/rand"
	"crypto/sha3"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/shuffle"
	"valik/crypto/transcript"
)

// world is a key and rows of which the test knows everything: row i, ciphertext k
// encrypts message[i][k]·G with randomness r[i][k].
type world struct {
	key       *elgamal.PublicKey
	message   [][]group.Scalar
	r         [][]group.Scalar
	in, out   *elgamal.Rows
	witness   *shuffle.Witness
	n, w      int
	statement *shuffle.Statement
}

// newWorld shuffles n rows of w ciphertexts honestly.
func newWorld(n, w int, random io.Reader) *world {
	x := &world{n: n, w: w, key: newKey(random)}
	x.message, x.r = randomMatrix(n, w, random), randomMatrix(n, w, random)
	x.in = encrypt(x.key, w, x.message, x.r)
	x.out, x.witness = shuffle.Options{}.ShuffleFrom(x.key, x.in, random)
	x.statement = &shuffle.Statement{Key: x.key, Input: x.in, Output: x.out}
	return x
}

func newKey(random io.Reader) *elgamal.PublicKey {
	pk, err := elgamal.NewPublicKey(group.NewElement().ScalarBaseMult(readScalar(random)))
	if err != nil {
		panic(err)
	}
	return pk
}

func encrypt(pk *elgamal.PublicKey, w int, message, r [][]group.Scalar) *elgamal.Rows {
	var cts []elgamal.Ciphertext
	for i := range message {
		for k := range w {
			m := group.NewElement().ScalarBaseMult(&message[i][k])
			cts = append(cts, *pk.Encrypt(m, &r[i][k]))
		}
	}
	return elgamal.NewRows(w, cts)
}

func (x *world) prove(t *testing.T) *shuffle.Proof {
	t.Helper()
	p, err := shuffle.Prove(mixContext(1), x.statement, x.witness)
	require.NoError(t, err)
	return p
}

func verify(p *shuffle.Proof, s *shuffle.Statement) error {
	return p.Verify(mixContext(1), s, rand.Reader)
}

// mixContext is the transcript of a caller.
func mixContext(number uint64) *transcript.Transcript {
	t := transcript.New("valik/1 mix")
	t.String("election", "EP2029")
	t.Uint64("mix", number)
	return t
}

// stream is a reproducible source of randomness.
func stream(name string) io.Reader {
	h := sha3.NewSHAKE256()
	_, _ = h.Write([]byte(name))
	return h
}

func readScalar(random io.Reader) *group.Scalar {
	s, err := group.ReadScalar(random)
	if err != nil {
		panic(err)
	}
	return s
}

func randomVector(n int, random io.Reader) []group.Scalar {
	v := make([]group.Scalar, n)
	for i := range v {
		v[i] = *readScalar(random)
	}
	return v
}

func randomMatrix(n, w int, random io.Reader) [][]group.Scalar {
	m := make([][]group.Scalar, n)
	for i := range m {
		m[i] = randomVector(w, random)
	}
	return m
}

func inverse(s *group.Scalar) *group.Scalar { return new(group.Scalar).Invert(s) }

func times(x, y *group.Scalar) *group.Scalar { return new(group.Scalar).Multiply(x, y) }

func dot(x, y []group.Scalar) *group.Scalar {
	s := new(group.Scalar)
	for i := range x {
		s.MultiplyAdd(&x[i], &y[i], s)
	}
	return s
}

func productOf(x []group.Scalar) *group.Scalar {
	s := group.NewScalar(1)
	for i := range x {
		s.Multiply(s, &x[i])
	}
	return s
}

// rows rebuilds rows from a changed copy of ciphertexts.
func rows(r *elgamal.Rows, change func(c []elgamal.Ciphertext) []elgamal.Ciphertext) *elgamal.Rows {
	return elgamal.NewRows(r.Width(), change(append([]elgamal.Ciphertext(nil), r.All()...)))
}
