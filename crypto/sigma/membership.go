package sigma

import (
	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/transcript"
)

const membership = "membership"

// radix is the base in which the index of the choice is written. Of the small
// ones, 4 gives the shortest proofs.
const radix = 4

// generatorLabel derives the generators H_{j,i} of the vector commitments.
const generatorLabel = "valik/1 membership"

// Membership proves that a ciphertext encrypts one of a list of points, and that
// the prover knows its randomness. It shows neither which point nor the
// randomness.
type Membership struct {
	a, b, c, d group.Element        // commitments to the digits of the index
	g          []elgamal.Ciphertext // G_k, k = 0 … m-1
	f          []group.Scalar       // f_{j,i} at 3j+i-1, i = 1 … 3
	zA, zC, z  group.Scalar

	commitments []byte // the encoding of a … g, which the challenge absorbs
}

// digits returns m, the number of digits of an index below n: the least m ≥ 1
// with radix^m ≥ n.
func digits(n int) int {
	m := 1
	for n > 1<<(2*m) {
		m++
	}
	return m
}

// MembershipSize returns the number of bytes of a proof about n choices.
func MembershipSize(n int) int {
	return fieldSize * membershipFields(digits(n))
}

func membershipFields(m int) int { return commitmentFields(m) + (radix-1)*m + 3 }

func commitmentFields(m int) int { return 4 + 2*m }

// generators returns the H_{j,i} at 4j+i.
func generators(m int) []group.Element {
	return group.Generators(generatorLabel, radix*m)
}

// Bytes returns A, B, C, D, G_0 … G_{m-1}, f_{0,1} … f_{m-1,3}, z_A, z_C, z.
func (p *Membership) Bytes() []byte {
	out := make([]byte, 0, fieldSize*membershipFields(len(p.g)))
	out = append(out, p.commitments...)
	for i := range p.f {
		out = p.f[i].AppendBytes(out)
	}
	return p.z.AppendBytes(p.zC.AppendBytes(p.zA.AppendBytes(out)))
}

// ParseMembership decodes a proof about n choices. It refuses any length but
// [MembershipSize] and any non-canonical field. It panics unless n is the length
// of a possible list: n comes from the manifest, never from outside.
func ParseMembership(b []byte, n int) (*Membership, error) {
	if n < 1 || n > MaxChoices {
		panic("sigma: no list of choices has this length")
	}
	m := digits(n)
	f := newFields(membership, b, membershipFields(m))
	p := &Membership{g: make([]elgamal.Ciphertext, m), f: make([]group.Scalar, (radix-1)*m)}
	p.readCommitments(f)
	for i := range p.f {
		f.scalar(&p.f[i], "f_%d,%d", i/(radix-1), i%(radix-1)+1)
	}
	f.scalar(&p.zA, "z_A")
	f.scalar(&p.zC, "z_C")
	f.scalar(&p.z, "z")
	if f.err != nil {
		return nil, f.err
	}
	p.commitments = append(p.commitments, b[:commitmentFields(m)*fieldSize]...)
	return p, nil
}

func (p *Membership) readCommitments(f *fields) {
	f.element(&p.a, "A")
	f.element(&p.b, "B")
	f.element(&p.c, "C")
	f.element(&p.d, "D")
	for k := range p.g {
		f.element(&p.g[k].A, "G_%d.A", k)
		f.element(&p.g[k].B, "G_%d.B", k)
	}
}

// encodeCommitments fills p.commitments after the elements were computed.
func (p *Membership) encodeCommitments() {
	points := []group.Element{p.a, p.b, p.c, p.d}
	for k := range p.g {
		points = append(points, p.g[k].A, p.g[k].B)
	}
	p.commitments = group.EncodeAll(points)
}

// challenge absorbs the statement and the commitments and returns x.
func (p *Membership) challenge(t *transcript.Transcript, pk *elgamal.PublicKey, choices *Choices, c *elgamal.Ciphertext) *group.Scalar {
	t.String("proof", "valik/1 membership")
	t.Bytes("Y", pk.Bytes())
	t.String("generators", generatorLabel)
	t.Uint64("4m", uint64(radix*len(p.g)))
	t.Uint64("N", uint64(choices.Len()))
	t.Bytes("choices", choices.digest)
	t.Bytes("ciphertext", c.Bytes())
	for i, label := range []string{"A", "B", "C", "D"} {
		t.Bytes(label, p.commitments[i*fieldSize:][:fieldSize])
	}
	t.Bytes("G", p.commitments[4*fieldSize:])
	return t.Challenge("x")
}
