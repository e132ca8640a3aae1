package shuffle

import (
	"crypto/rand"
	"io"

	"valik/crypto/elgamal"
	"valik/crypto/group"
)

// Options says how a mixer computes. The zero value is the default.
type Options struct {
	// ConstantTime multiplies by secret scalars without tables or branches that
	// depend on them. Without it a mixer is several times faster, and a program
	// that shares its processor could learn the permutation from the cache. A
	// mixer's randomness is used once, on a machine that is off the network and
	// runs nothing else: there the default is right.
	ConstantTime bool
}

// Shuffle returns the rows of in under pk in a new random order and re-encrypted,
// with the default options, and the secrets that prove it. They prove nothing
// but this and show who voted what: erase them after the proof.
func Shuffle(pk *elgamal.PublicKey, in *elgamal.Rows) (*elgamal.Rows, *Witness) {
	return Options{}.Shuffle(pk, in)
}

// Shuffle is the function [Shuffle] with options, which hold for the proof too.
//
// It implements Shuffle.Shuffle of docs/protocol/shuffle.md.
func (o Options) Shuffle(pk *elgamal.PublicKey, in *elgamal.Rows) (*elgamal.Rows, *Witness) {
	return o.shuffle(pk, in, rand.Reader)
}

func (o Options) shuffle(pk *elgamal.PublicKey, in *elgamal.Rows, random io.Reader) (*elgamal.Rows, *Witness) {
	w := &Witness{
		options:     o,
		permutation: randomPermutation(in.Len(), random),
		r:           make([]group.Scalar, in.Len()*in.Width()),
	}
	drawScalars(w.r, random)
	out := w.apply(pk, in)
	w.statement = Statement{Key: pk, Input: in, Output: out}
	return out, w
}

// apply returns the rows of in, in the order of the witness and re-encrypted:
//
//	e'_{i,k} = e_{π(i),k} + r'_{i,k}·(G, Y)
func (w *Witness) apply(pk *elgamal.PublicKey, in *elgamal.Rows) *elgamal.Rows {
	a := w.options.arithmetic()
	g, y := group.GeneratorTable(), pk.Table()
	width := in.Width()
	cts := make([]elgamal.Ciphertext, len(w.r))
	parallel(len(w.r), func(i int) {
		e := in.At(w.permutation[i/width], i%width)
		cts[i].A.Set(a.add(&e.A, g, &w.r[i]))
		cts[i].B.Set(a.add(&e.B, y, &w.r[i]))
	})
	return elgamal.NewRows(width, cts)
}
