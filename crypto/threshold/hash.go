package threshold

import "valik/crypto/internal/tuplehash"

// digest is a hash of the ceremony, 32 bytes.
type digest [32]byte

// hash returns the TupleHash256 of use and parts. The use keeps hashes for
// different purposes apart, the tuple keeps the parts apart.
//
// It implements Ceremony.Hash of docs/protocol/ceremony.md.
func hash(use string, parts ...[]byte) digest {
	h := tuplehash.New("valik/1 ceremony")
	h.WriteString([]byte(use))
	for _, part := range parts {
		h.WriteString(part)
	}
	return digest(h.SumBits(256))
}
