package elgamal

import (
	"errors"
	"fmt"

	"valik/crypto/group"
)

// Rows is n rows of w ciphertexts together with their encoding, so that a list
// of many ballots is encoded or decoded once. It does not change.
type Rows struct {
	width       int
	ciphertexts []Ciphertext
	encoding    []byte
}

// NewRows returns the rows of w ciphertexts each, row after row, and keeps cts.
// It panics unless w is positive and divides len(cts).
func NewRows(w int, cts []Ciphertext) *Rows {
	if w < 1 || len(cts)%w != 0 {
		panic(fmt.Sprintf("elgamal: %d ciphertexts are not rows of %d", len(cts), w))
	}
	points := make([]group.Element, 0, 2*len(cts))
	for i := range cts {
		points = append(points, cts[i].A, cts[i].B)
	}
	return &Rows{width: w, ciphertexts: cts, encoding: group.EncodeAll(points)}
}

// ParseRows decodes rows of w ciphertexts and keeps b. It panics unless w is
// positive: the width comes from the manifest, never from outside. The error
// names the first row that does not decode.
func ParseRows(b []byte, w int) (*Rows, error) {
	if w < 1 {
		panic(fmt.Sprintf("elgamal: rows of width %d", w))
	}
	if len(b)%(CiphertextSize*w) != 0 {
		return nil, fmt.Errorf("%w: %d bytes are not rows of %d ciphertexts", ErrLength, len(b), w)
	}
	points, err := group.DecodeAll(b)
	if err != nil {
		return nil, rowError(err, w)
	}
	cts := make([]Ciphertext, len(points)/2)
	for i := range cts {
		cts[i] = Ciphertext{A: points[2*i], B: points[2*i+1]}
	}
	return &Rows{width: w, ciphertexts: cts, encoding: b}, nil
}

// rowError adds the row to the index of the point that does not decode.
func rowError(err error, w int) error {
	var at *group.DecodeError
	if !errors.As(err, &at) {
		return fmt.Errorf("elgamal: rows: %w", err)
	}
	slot := at.Index / 2
	return fmt.Errorf("elgamal: row %d, slot %d: %w", slot/w, slot%w, err)
}

// Bytes returns the encoding, 64 bytes a ciphertext. The caller must not change it.
func (r *Rows) Bytes() []byte { return r.encoding }

// Len returns the number of rows.
func (r *Rows) Len() int { return len(r.ciphertexts) / r.width }

// Width returns the number of ciphertexts of a row.
func (r *Rows) Width() int { return r.width }

// At returns ciphertext k of row i. The caller must not change it.
func (r *Rows) At(i, k int) *Ciphertext {
	if k < 0 || k >= r.width {
		panic(fmt.Sprintf("elgamal: slot %d of rows of width %d", k, r.width))
	}
	return &r.ciphertexts[i*r.width+k]
}

// All returns all ciphertexts, row after row. The caller must not change them.
func (r *Rows) All() []Ciphertext { return r.ciphertexts }

// EncodedA returns the encodings of the first components alone, 32 bytes a
// ciphertext. It copies; nothing is encoded again.
func (r *Rows) EncodedA() []byte {
	out := make([]byte, 0, len(r.encoding)/2)
	for b := r.encoding; len(b) > 0; b = b[CiphertextSize:] {
		out = append(out, b[:32]...)
	}
	return out
}
