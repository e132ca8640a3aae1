package shuffle

import (
	"bytes"
	"fmt"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/transcript"
)

// proofType is what a transcript knows this proof by.
const proofType = "valik/1 shuffle proof"

// Statement is what a proof speaks about: the rows of Output are those of Input,
// in another order and re-encrypted under Key.
type Statement struct {
	Key           *elgamal.PublicKey
	Input, Output *elgamal.Rows
}

// check refuses rows that cannot be a shuffle of each other.
func (s *Statement) check() error {
	in, out := s.Input, s.Output
	if in.Len() != out.Len() || in.Width() != out.Width() {
		return &Error{Part: partStatement, Index: noIndex, Err: fmt.Errorf(
			"%w: %d rows of %d ciphertexts became %d rows of %d",
			ErrLength, in.Len(), in.Width(), out.Len(), out.Width())}
	}
	return nil
}

// equal reports whether s and o are byte for byte the same statement.
func (s *Statement) equal(o *Statement) bool {
	return s.Input.Width() == o.Input.Width() &&
		bytes.Equal(s.Key.Bytes(), o.Key.Bytes()) &&
		bytes.Equal(s.Input.Bytes(), o.Input.Bytes()) &&
		bytes.Equal(s.Output.Bytes(), o.Output.Bytes())
}

// absorb puts the whole statement into the transcript. The generators are there
// by their labels: both sides derive them.
func (s *Statement) absorb(t *transcript.Transcript) {
	t.String("proof", proofType)
	t.Bytes("key", s.Key.Bytes())
	t.Uint64("rows", uint64(s.Input.Len()))
	t.Uint64("width", uint64(s.Input.Width()))
	t.String("generators", generatorsLabel)
	t.String("chain base", chainBaseLabel)
	t.Bytes("input", s.Input.Bytes())
	t.Bytes("output", s.Output.Bytes())
}

// challengeRows absorbs the statement and the encoded commitments c_i, and
// returns u_1 … u_N. The permutation is fixed by then: the proof is sound because
// the prover cannot choose it after it has seen the u_i.
func challengeRows(t *transcript.Transcript, s *Statement, c []byte) []group.Scalar {
	s.absorb(t)
	t.Bytes("permutation", c)
	return t.Challenges("u", s.Input.Len())
}

// challenge absorbs the encodings of the chain and of all t, and returns c.
func challenge(t *transcript.Transcript, l layout, encoding []byte) *group.Scalar {
	t.Bytes("chain", l.elements(encoding, l.chain(), l.t()))
	t.Bytes("t", l.elements(encoding, l.t(), l.end()))
	return t.Challenge("c")
}
