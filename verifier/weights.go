package verifier

import (
	"crypto/rand"
	"crypto/sha3"
	"io"
)

// weights is the source of the random weights with which equations are batched.
// It joins the record's checkpoint and fresh local randomness: the first alone
// would let a prover choose its equations to the weights, the second alone would
// make everything depend on this machine's generator.
func (s *State) weights(use string) io.Reader {
	fresh := make([]byte, 32)
	rand.Read(fresh)
	h := sha3.NewSHAKE256()
	for _, part := range [][]byte{fresh, []byte(use), s.checkpointRaw} {
		h.Write(part)
	}
	return h
}
