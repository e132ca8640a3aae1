package sigma

import (
	"valik/crypto/group"
	"valik/crypto/transcript"
)

const knowledge = "knowledge"

// KnowledgeSize is the number of bytes of an encoded Knowledge.
const KnowledgeSize = 2 * fieldSize

// Knowledge proves that the prover knows x with X = x·P.
type Knowledge struct {
	t group.Element // T = k·P
	s group.Scalar  // s = k + c·x
}

// Bytes returns T, s: 64 bytes.
func (p *Knowledge) Bytes() []byte {
	return p.s.AppendBytes(p.t.AppendBytes(make([]byte, 0, KnowledgeSize)))
}

// ParseKnowledge decodes 64 bytes; it refuses non-canonical fields.
func ParseKnowledge(b []byte) (*Knowledge, error) {
	p := &Knowledge{}
	f := newFields(knowledge, b, 2)
	f.element(&p.t, "T")
	f.scalar(&p.s, "s")
	if f.err != nil {
		return nil, f.err
	}
	return p, nil
}

// challenge absorbs statement and commitment and returns c.
func (p *Knowledge) challenge(t *transcript.Transcript, base, image *group.Element) *group.Scalar {
	t.String("proof", "valik/1 knowledge")
	t.Element("P", base)
	t.Element("X", image)
	t.Element("T", &p.t)
	return t.Challenge("c")
}
