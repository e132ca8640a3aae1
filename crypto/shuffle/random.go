package shuffle

import (
	"io"

	"valik/crypto/group"
)

// readFull fills b. It panics if the source fails: a mixer without randomness
// must not go on.
func readFull(random io.Reader, b []byte) {
	if _, err := io.ReadFull(random, b); err != nil {
		panic("shuffle: no randomness: " + err.Error()) // crypto/rand does not fail
	}
}

// drawScalars sets every s_i to a uniform scalar, reduced from 64 bytes. Zero may
// occur, as the distribution that hides the secrets has it.
func drawScalars(s []group.Scalar, random io.Reader) {
	const size = 64
	b := make([]byte, size*len(s))
	defer clear(b)
	readFull(random, b)
	parallel(len(s), func(i int) {
		if _, err := s[i].SetUniformBytes(b[size*i : size*(i+1)]); err != nil {
			panic("shuffle: " + err.Error()) // the length is right
		}
	})
}
