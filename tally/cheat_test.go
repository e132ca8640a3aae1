package tally

import (
	"crypto/ed25519"
	"crypto/sha3"
	"encoding/binary"
)

// resign signs a changed message of a ceremony again, as a trustee would whose
// program was changed to cheat. It is written from docs/protocol/ceremony.md,
// since package threshold signs nothing that it has not made.
func resign(t *Trustee, message []byte) []byte {
	key := ed25519.NewKeyFromSeed(t.identity.SecretBytes()[2:34])
	unsigned := message[:len(message)-ed25519.SignatureSize]
	signed := append([]byte("valik/1 ceremony\x00"), tupleHash("valik/1 ceremony", []byte("message"), unsigned)...)
	return append(unsigned, ed25519.Sign(key, signed)...)
}

// tupleHash is TupleHash256 of NIST SP 800-185 with 256 bits.
func tupleHash(custom string, tuple ...[]byte) []byte {
	h := sha3.NewCSHAKE256([]byte("TupleHash"), []byte(custom))
	for _, b := range tuple {
		n := binary.BigEndian.AppendUint32(nil, uint32(len(b))*8)
		for len(n) > 1 && n[0] == 0 {
			n = n[1:]
		}
		h.Write(append([]byte{byte(len(n))}, n...))
		h.Write(b)
	}
	h.Write([]byte{1, 0, 2}) // right_encode(256)
	out := make([]byte, 32)
	h.Read(out)
	return out
}
