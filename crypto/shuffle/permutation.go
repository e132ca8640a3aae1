package shuffle

import (
	"encoding/binary"
	"io"
	"math"
)

// permutation is π: row i of the output is row permutation[i] of the input. It
// is a secret.
type permutation []int

// randomPermutation returns a uniform permutation of n rows (Fisher and Yates).
//
// It implements Shuffle.Permutation of docs/protocol/shuffle.md.
func randomPermutation(n int, random io.Reader) permutation {
	p := make(permutation, n)
	for i := range p {
		p[i] = i
	}
	for i := n - 1; i > 0; i-- {
		j := randomBelow(uint64(i)+1, random)
		p[i], p[j] = p[j], p[i]
	}
	return p
}

// randomBelow returns a uniform number below n. It rejects the numbers above the
// last multiple of n: a remainder of all would prefer small results.
func randomBelow(n uint64, random io.Reader) uint64 {
	limit := math.MaxUint64 - math.MaxUint64%n
	var b [8]byte
	for {
		readFull(random, b[:])
		if v := binary.BigEndian.Uint64(b[:]); v < limit {
			return v % n
		}
	}
}
