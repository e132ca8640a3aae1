package shuffle

import (
	"io"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/transcript"
)

// ShuffleFrom and ProveFrom take their randomness from a reader, so that vectors
// can be made again.

func (o Options) ShuffleFrom(pk *elgamal.PublicKey, in *elgamal.Rows, random io.Reader) (*elgamal.Rows, *Witness) {
	return o.shuffle(pk, in, random)
}

func ProveFrom(t *transcript.Transcript, s *Statement, w *Witness, random io.Reader) *Proof {
	return prove(t, s, w, random)
}

// RandomPermutation draws π of n rows.
func RandomPermutation(n int, random io.Reader) []int { return randomPermutation(n, random) }

// Secrets returns π and the r'.
func (w *Witness) Secrets() ([]int, []group.Scalar) { return w.permutation, w.r }

// Challenges returns the u_j and c of a proof for n ≥ 1 rows.
func (p *Proof) Challenges(t *transcript.Transcript, s *Statement) ([]group.Scalar, *group.Scalar) {
	q := p.equations(t, s)
	return q.u, q.challenge
}

// Failing lists the parts of all equations that do not hold.
func (p *Proof) Failing(t *transcript.Transcript, s *Statement) (parts []string) {
	q := p.equations(t, s)
	for _, err := range q.failedSums() {
		parts = append(parts, err.(*Error).Part)
	}
	if q.firstBrokenLink() < p.layout.n {
		parts = append(parts, partTHat)
	}
	return parts
}

// BatchHolds is the answer of the batch alone.
func (p *Proof) BatchHolds(t *transcript.Transcript, s *Statement, weights io.Reader) bool {
	holds, err := p.equations(t, s).holdAllVarTime(weights)
	if err != nil {
		panic(err)
	}
	return holds
}

// Field names the field at a place of the encoding, counted in fields.
func (p *Proof) Field(at int) (part string, index int) {
	if elements := p.layout.end(); at >= elements {
		return p.layout.scalarField(at - elements)
	}
	return p.layout.elementField(at)
}

// SetBatchTerms changes how many terms are multiplied out together and returns
// the number before.
func SetBatchTerms(n int) (before int) {
	before, batchTerms = batchTerms, n
	return before
}
