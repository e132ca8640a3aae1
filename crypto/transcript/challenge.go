package transcript

import (
	"io"

	"valik/crypto/group"
)

// Challenge returns a scalar that depends on everything absorbed before and on
// label. It is uniform and never zero: under a zero challenge any response
// would pass.
//
// It implements Transcript.Challenge of docs/protocol/transcript.md.
func (t *Transcript) Challenge(label string) *group.Scalar {
	return &t.Challenges(label, 1)[0]
}

// Challenges returns n scalars as Challenge does, all from one output. They are
// full scalars: a prover can try many statements, which would wear short
// coefficients down.
//
// It implements Transcript.Challenges of docs/protocol/transcript.md.
func (t *Transcript) Challenges(label string, n int) []group.Scalar {
	t.absorb(challengeLabel, []byte(label))
	return readScalars(t.hash.Reader(), n)
}

// readScalars takes the first n blocks of 64 bytes that do not reduce to zero.
func readScalars(output io.Reader, n int) []group.Scalar {
	scalars := make([]group.Scalar, n)
	for i := range scalars {
		s, err := group.ReadScalar(output)
		if err != nil {
			panic("transcript: " + err.Error()) // the output is endless
		}
		scalars[i].Set(s)
	}
	return scalars
}
