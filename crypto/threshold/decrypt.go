package threshold

import (
	"bytes"
	"fmt"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/sigma"
	"valik/crypto/transcript"
)

// DecryptionShare is a trustee's part of the decryption of a list: D_i = x_j·A_i
// for every ciphertext, and one proof for all of them.
type DecryptionShare struct {
	points  []group.Element
	encoded []byte
	proof   *sigma.BatchEquality
}

// DecryptionShareSize returns the number of bytes of a share of n ciphertexts,
// that is of all slots of all rows.
func DecryptionShareSize(n int) int { return 32*n + sigma.BatchEqualitySize }

// ParseDecryptionShare decodes a share of n ciphertexts. Other lengths and
// non-canonical encodings are refused with [ErrFormat].
func ParseDecryptionShare(b []byte, n int) (*DecryptionShare, error) {
	if n < 0 || len(b) != DecryptionShareSize(n) {
		return nil, fmt.Errorf("%w: a decryption share of %d bytes for %d ciphertexts", ErrFormat, len(b), n)
	}
	encoded := bytes.Clone(b[:32*n])
	points, err := group.DecodeAll(encoded)
	if err != nil {
		return nil, fmt.Errorf("%w: decryption share: %w", ErrFormat, err)
	}
	proof, err := sigma.ParseBatchEquality(b[32*n:])
	if err != nil {
		return nil, fmt.Errorf("%w: decryption share: %w", ErrFormat, err)
	}
	return &DecryptionShare{points, encoded, proof}, nil
}

// Bytes returns the points, row after row, 32 bytes each, then the proof.
func (d *DecryptionShare) Bytes() []byte {
	b := make([]byte, 0, DecryptionShareSize(len(d.points)))
	return append(append(b, d.encoded...), d.proof.Bytes()...)
}

// Decrypt computes the share of all ciphertexts of rows and proves it, on all
// cores, in constant time in the key share. t is a fresh transcript with the
// context: election, list, which mix. It fails only if the machine computes
// wrongly, which the proof notices.
//
// It implements Decryption.Share of docs/protocol/decryption.md.
func (s *KeyShare) Decrypt(t *transcript.Transcript, rows *elgamal.Rows) (*DecryptionShare, error) {
	cts := rows.All()
	points := make([]group.Element, len(cts))
	parallel(len(cts), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			// D_i = x_j·A_i
			points[i].ScalarMult(&s.x, &cts[i].A)
		}
	})
	d := &DecryptionShare{points: points, encoded: group.EncodeAll(points)}
	absorbRows(t, s.index, rows)
	var err error
	if d.proof, err = sigma.ProveBatchEquality(t, &s.x, &s.public, d.pairs(rows)); err != nil {
		return nil, &DecryptionError{Trustee: s.index, Err: err}
	}
	return d, nil
}

// Verify checks the share of trustee j against its verification key. t is a
// transcript with the same context as the prover's. The error is a
// [*DecryptionError].
//
// It implements Decryption.Verify of docs/protocol/decryption.md.
func (d *DecryptionShare) Verify(t *transcript.Transcript, keys *Keys, j int, rows *elgamal.Rows) error {
	if j < 1 || j > keys.n {
		return &DecryptionError{j, fmt.Errorf("there are %d trustees", keys.n)}
	}
	absorbRows(t, j, rows)
	if err := d.proof.Verify(t, &keys.trustees[j-1], d.pairs(rows)); err != nil {
		return &DecryptionError{j, err}
	}
	return nil
}

// absorbRows absorbs what the equality proof does not: who decrypts, the form of
// the list, and the components B.
func absorbRows(t *transcript.Transcript, trustee int, rows *elgamal.Rows) {
	t.String("decryption", "valik/1 decryption share")
	t.Uint64("trustee", uint64(trustee))
	t.Uint64("width", uint64(rows.Width()))
	t.Bytes("rows", rows.Bytes())
}

// pairs is the list of (A_i, D_i). sigma refuses lists of different lengths.
func (d *DecryptionShare) pairs(rows *elgamal.Rows) *sigma.Pairs {
	cts := rows.All()
	a := make([]group.Element, len(cts))
	for i := range cts {
		a[i].Set(&cts[i].A)
	}
	return &sigma.Pairs{A: a, D: d.points, EncodedA: rows.EncodedA(), EncodedD: d.encoded}
}

// DecryptionError says whose decryption share is wrong, and why.
type DecryptionError struct {
	Trustee int
	Err     error
}

// Error names the trustee and the reason.
func (e *DecryptionError) Error() string {
	return fmt.Sprintf("threshold: decryption share of trustee %d: %v", e.Trustee, e.Err)
}

// Unwrap returns the reason.
func (e *DecryptionError) Unwrap() error { return e.Err }
