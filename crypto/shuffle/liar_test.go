package shuffle_test

import (
	"io"

	"valik/crypto/elgamal"
	"valik/crypto/group"
)

// liar is a prover who knows the plaintexts and the randomness of both sides, as
// a mixer who works with voters would.
type liar struct {
	*prover
	x                *world
	messageOut, rOut [][]group.Scalar // plaintexts and randomness of the output
}

// newLiar starts from an honest shuffle, with the same randomness for the output.
func newLiar(n, w int, random io.Reader) *liar {
	x := newWorld(n, w, random)
	l := &liar{prover: honest(x), x: x}
	pi, r := x.witness.Secrets()
	for i, j := range pi {
		l.messageOut = append(l.messageOut, append([]group.Scalar(nil), x.message[j]...))
		row := make([]group.Scalar, w)
		for k := range row {
			row[k].Add(&x.r[j][k], &r[i*w+k])
		}
		l.rOut = append(l.rOut, row)
	}
	l.rTilde = l.difference
	return l
}

// difference is the randomness of Σ ũ_i·e'_i,k − Σ u_j·e_j,k.
func (l *liar) difference(u, ut []group.Scalar, k int) *group.Scalar {
	d := new(group.Scalar)
	for i := range ut {
		d.MultiplyAdd(&ut[i], &l.rOut[i][k], d)
		d.Subtract(d, times(&u[i], &l.x.r[i][k]))
	}
	return d
}

// encryptOutput makes the output from messageOut and rOut.
func (l *liar) encryptOutput() { l.out = encrypt(l.key, l.x.w, l.messageOut, l.rOut) }

// lie commits to the matrix m and uses ũ = m·u; row i of the output is
// scales[i]·e_{sources[i]}.
func (l *liar) lie(m [][]group.Scalar, sources []int, scales []*group.Scalar) *prover {
	l.matrix = m
	l.uTilde = func(u []group.Scalar) []group.Scalar { return apply(m, u) }
	for i, j := range sources {
		for k := range l.x.w {
			l.messageOut[i][k].Multiply(scales[i], &l.x.message[j][k])
		}
	}
	l.encryptOutput()
	return l.prover
}

var (
	one      = group.NewScalar(1)
	minusOne = new(group.Scalar).Negate(one)
	two      = group.NewScalar(2)
	half     = inverse(two)
)

// matrix writes a matrix by its rows.
func matrix(n int, entries ...*group.Scalar) [][]group.Scalar {
	m := zeros(n)
	for at, s := range entries {
		if s != nil {
			m[at/n][at%n] = *s
		}
	}
	return m
}

// changeOutput is an honest prover whose output is changed afterwards.
func changeOutput(n, w int, random io.Reader, change func(c ciphertexts) ciphertexts) *prover {
	p := honest(newWorld(n, w, random))
	p.out = rows(p.out, change)
	return p
}

type ciphertexts = []elgamal.Ciphertext

func emptyCiphertext() elgamal.Ciphertext {
	return elgamal.Ciphertext{A: *group.NewElement(), B: *group.NewElement()}
}
