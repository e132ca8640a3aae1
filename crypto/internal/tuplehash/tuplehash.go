// Package tuplehash implements TupleHash256 and TupleHashXOF256 of NIST SP
// 800-185 over the standard library's cSHAKE256.
//
// A TupleHash takes a list of byte strings and keeps them apart: the lists
// ("ab", "c"), ("a", "bc") and ("abc") have unrelated hashes. Everything in the
// project that hashes more than one thing for a proof or a generator does it
// here, so that no two different statements are ever hashed as the same bytes.
package tuplehash

import (
	"crypto/sha3"
	"encoding/binary"
	"io"
	"math/bits"
)

// Hash absorbs the strings of one tuple. It is not safe for concurrent use.
type Hash struct {
	shake *sha3.SHAKE
}

// New returns the hash of the empty tuple under the customisation string S.
// Hashes under different customisation strings are unrelated.
//
// It implements TupleHash.XOF of docs/protocol/group.md.
func New(custom string) *Hash {
	return &Hash{shake: newShake(custom)}
}

func newShake(custom string) *sha3.SHAKE {
	return sha3.NewCSHAKE256([]byte("TupleHash"), []byte(custom))
}

// WriteString appends one string to the tuple; the empty string counts.
//
// It implements TupleHash.XOF of docs/protocol/group.md.
func (h *Hash) WriteString(b []byte) {
	// encode_string(b) = left_encode(bit length of b) || b
	h.write(leftEncode(8 * uint64(len(b))))
	h.write(b)
}

// write absorbs raw bytes; a SHAKE that was not read from cannot fail.
func (h *Hash) write(b []byte) {
	if _, err := h.shake.Write(b); err != nil {
		panic("tuplehash: " + err.Error())
	}
}

// Clone returns an independent copy of h, which goes on from the same tuple.
func (h *Hash) Clone() *Hash {
	state, err := h.shake.MarshalBinary()
	if err != nil {
		panic("tuplehash: " + err.Error())
	}
	// The customisation string is part of the state and is overwritten.
	c := &Hash{shake: newShake("")}
	if err := c.shake.UnmarshalBinary(state); err != nil {
		panic("tuplehash: " + err.Error())
	}
	return c
}

// Reader returns the endless output of TupleHashXOF256 over the tuple so far.
// h does not change: more strings can be absorbed afterwards.
//
// It implements TupleHash.XOF of docs/protocol/group.md.
func (h *Hash) Reader() io.Reader {
	return h.finish(0)
}

// XOF returns the first n bytes of Reader.
//
// It implements TupleHash.XOF of docs/protocol/group.md.
func (h *Hash) XOF(n int) []byte {
	return read(h.finish(0), n)
}

// XOF returns the first n bytes of TupleHashXOF256 over the tuple of items under
// the customisation string. It is New, WriteString for each item, and XOF at the
// price of the hash alone.
//
// It implements TupleHash.XOF of docs/protocol/group.md.
func XOF(custom string, n int, items ...[]byte) []byte {
	h := New(custom)
	for _, item := range items {
		h.WriteString(item)
	}
	h.write(rightEncode(0))
	return read(h.shake, n)
}

// SumBits returns TupleHash256 over the tuple so far with a fixed output of n
// bits, a positive multiple of 8. The length is hashed too, so that outputs of
// different lengths are unrelated. h does not change.
func (h *Hash) SumBits(n int) []byte {
	if n <= 0 || n%8 != 0 {
		panic("tuplehash: output length is not a positive multiple of 8 bits")
	}
	return read(h.finish(uint64(n)), n/8)
}

// finish closes a copy of the state with the output length in bits, where 0
// asks for the extendable output.
func (h *Hash) finish(n uint64) *sha3.SHAKE {
	c := h.Clone()
	c.write(rightEncode(n))
	return c.shake
}

func read(s *sha3.SHAKE, n int) []byte {
	out := make([]byte, n)
	if _, err := io.ReadFull(s, out); err != nil {
		panic("tuplehash: " + err.Error())
	}
	return out
}

// leftEncode is left_encode of SP 800-185: the number of bytes, then x without
// leading zero bytes, big endian.
func leftEncode(x uint64) []byte {
	n := byteLen(x)
	b := binary.BigEndian.AppendUint64([]byte{0}, x)
	b[8-n] = byte(n)
	return b[8-n:]
}

// rightEncode is right_encode of SP 800-185: x as in left_encode, then the
// number of bytes.
func rightEncode(x uint64) []byte {
	n := byteLen(x)
	b := binary.BigEndian.AppendUint64(nil, x)
	return append(b[8-n:], byte(n))
}

// byteLen counts the bytes of x; zero takes one.
func byteLen(x uint64) int {
	return max(1, (bits.Len64(x)+7)/8)
}
