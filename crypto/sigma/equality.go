package sigma

import (
	"valik/crypto/group"
	"valik/crypto/transcript"
)

const equality = "equality"

// EqualitySize is the number of bytes of an encoded Equality.
const EqualitySize = 3 * fieldSize

// Equality proves that one x, known to the prover, gives X1 = x·P1 and X2 = x·P2.
type Equality struct {
	twin twin
}

// Bytes returns T1, T2, s: 96 bytes.
func (p *Equality) Bytes() []byte { return p.twin.bytes() }

// ParseEquality decodes 96 bytes; it refuses non-canonical fields.
func ParseEquality(b []byte) (*Equality, error) {
	twin, err := parseTwin(equality, b)
	if err != nil {
		return nil, err
	}
	return &Equality{*twin}, nil
}

// absorbEquality absorbs the statement.
func absorbEquality(t *transcript.Transcript, bases, images *[2]group.Element) {
	t.String("proof", "valik/1 equality")
	t.Element("P1", &bases[0])
	t.Element("P2", &bases[1])
	t.Element("X1", &images[0])
	t.Element("X2", &images[1])
}

// twin is two Schnorr proofs with one secret and one response. It is what an
// Equality and a BatchEquality consist of.
type twin struct {
	t1, t2 group.Element // T1 = k·P1, T2 = k·P2
	s      group.Scalar  // s = k + c·x
}

func (p *twin) bytes() []byte {
	b := p.t1.AppendBytes(make([]byte, 0, EqualitySize))
	return p.s.AppendBytes(p.t2.AppendBytes(b))
}

func parseTwin(proof string, b []byte) (*twin, error) {
	p := &twin{}
	f := newFields(proof, b, 3)
	f.element(&p.t1, "T1")
	f.element(&p.t2, "T2")
	f.scalar(&p.s, "s")
	if f.err != nil {
		return nil, f.err
	}
	return p, nil
}

// challenge absorbs the commitments, after the statement, and returns c.
func (p *twin) challenge(t *transcript.Transcript) *group.Scalar {
	t.Element("T1", &p.t1)
	t.Element("T2", &p.t2)
	return t.Challenge("c")
}
