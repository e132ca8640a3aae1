package sigma

import (
	"fmt"

	"valik/crypto/group"
	"valik/crypto/transcript"
)

const batchEquality = "batch equality"

// BatchEqualitySize is the number of bytes of an encoded BatchEquality,
// however many pairs it speaks about.
const BatchEqualitySize = EqualitySize

// BatchEquality proves that one x, known to the prover, gives X = x·G and
// D_i = x·A_i for every pair of a list. It is an equality proof over two random
// linear combinations of the list.
type BatchEquality struct {
	twin twin
}

// Bytes returns T1, T2, s: 96 bytes.
func (p *BatchEquality) Bytes() []byte { return p.twin.bytes() }

// Pairs is the list of a BatchEquality: D[i] = x·A[i]. The encodings are 32
// bytes an element in the same order; where they are nil they are computed. A
// caller that gives encodings answers for their being those of the elements:
// either both come from one decoder, or the elements were encoded.
type Pairs struct {
	A, D               []group.Element
	EncodedA, EncodedD []byte
}

// ParseBatchEquality decodes 96 bytes; it refuses non-canonical fields.
func ParseBatchEquality(b []byte) (*BatchEquality, error) {
	twin, err := parseTwin(batchEquality, b)
	if err != nil {
		return nil, err
	}
	return &BatchEquality{*twin}, nil
}

// check refuses lists of different lengths.
func (l *Pairs) check() error {
	n := len(l.A)
	if len(l.D) != n || !encodes(l.EncodedA, n) || !encodes(l.EncodedD, n) {
		return &Error{Proof: batchEquality, Part: "pairs", Err: fmt.Errorf(
			"%w: %d elements A, %d elements D, %d and %d encoded bytes",
			ErrLength, n, len(l.D), len(l.EncodedA), len(l.EncodedD))}
	}
	return nil
}

func encodes(b []byte, n int) bool { return b == nil || len(b) == n*fieldSize }

// weights absorbs the statement and returns one coefficient for each pair. They
// come after all pairs are fixed, so that errors in two pairs cannot be chosen
// to cancel.
func (l *Pairs) weights(t *transcript.Transcript, image *group.Element) []group.Scalar {
	t.String("proof", "valik/1 batch equality")
	t.Element("X", image)
	t.Uint64("n", uint64(len(l.A)))
	absorbList(t, "A", l.A, l.EncodedA)
	absorbList(t, "D", l.D, l.EncodedD)
	return t.Challenges("rho", len(l.A))
}

func absorbList(t *transcript.Transcript, label string, e []group.Element, encoded []byte) {
	if encoded == nil {
		t.Elements(label, e)
		return
	}
	t.Bytes(label, encoded)
}
