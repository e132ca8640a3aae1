package shuffle

import (
	"errors"
	"fmt"

	"valik/crypto/group"
)

// Proof shows that a Statement is true and nothing more.
type Proof struct {
	layout   layout
	elements []group.Element // in the order of the layout
	scalars  []group.Scalar
	encoding []byte
}

// ProofSize returns the number of bytes of a proof for n rows of w ciphertexts:
// 32·(5n + 6 + 3w), and 0 for no rows.
func ProofSize(n, w int) int { return layout{n, w}.size() }

// The fields, by their letters.

func (p *Proof) c() []group.Element     { return p.elements[:p.layout.chain()] }
func (p *Proof) chain() []group.Element { return p.elements[p.layout.chain():p.layout.t()] }
func (p *Proof) t1() *group.Element     { return &p.elements[p.layout.t()] }
func (p *Proof) t2() *group.Element     { return &p.elements[p.layout.t()+1] }
func (p *Proof) t3() *group.Element     { return &p.elements[p.layout.t()+2] }
func (p *Proof) t4A(k int) *group.Element {
	return &p.elements[p.layout.t4()+2*k]
}

func (p *Proof) t4B(k int) *group.Element {
	return &p.elements[p.layout.t4()+2*k+1]
}
func (p *Proof) tHat() []group.Element  { return p.elements[p.layout.tHat():] }
func (p *Proof) s1() *group.Scalar      { return &p.scalars[0] }
func (p *Proof) s2() *group.Scalar      { return &p.scalars[1] }
func (p *Proof) s3() *group.Scalar      { return &p.scalars[2] }
func (p *Proof) s4() []group.Scalar     { return p.scalars[p.layout.s4():p.layout.sHat()] }
func (p *Proof) sHat() []group.Scalar   { return p.scalars[p.layout.sHat():p.layout.sTilde()] }
func (p *Proof) sTilde() []group.Scalar { return p.scalars[p.layout.sTilde():] }

// Bytes returns the encoding of the proof. The caller must not change it.
//
// It implements Shuffle.Encode of docs/protocol/shuffle.md.
func (p *Proof) Bytes() []byte { return p.encoding }

// ParseProof decodes a proof for n rows of w ciphertexts and keeps b. Both
// numbers come from the input of the shuffle, never from the proof; it panics on
// negative n or w < 1. It refuses other lengths and non-canonical fields with
// an *[Error] that names the field.
//
// It implements Shuffle.Parse of docs/protocol/shuffle.md.
func ParseProof(b []byte, n, w int) (*Proof, error) {
	if n < 0 || w < 1 {
		panic(fmt.Sprintf("shuffle: a proof for %d rows of %d", n, w))
	}
	l := layout{n, w}
	if len(b) != l.size() {
		return nil, &Error{Part: partEncoding, Index: noIndex, Err: fmt.Errorf(
			"%w: %d bytes, expected %d", ErrLength, len(b), l.size())}
	}
	p := &Proof{layout: l, encoding: b}
	if n == 0 {
		return p, nil
	}
	if err := p.parseElements(); err != nil {
		return nil, err
	}
	if err := p.parseScalars(); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *Proof) parseElements() error {
	elements, err := group.DecodeAll(p.layout.elements(p.encoding, 0, p.layout.end()))
	var wrong *group.DecodeError
	if errors.As(err, &wrong) {
		part, index := p.layout.elementField(wrong.Index)
		return &Error{Part: part, Index: index, Err: wrong.Err}
	}
	p.elements = elements
	return err
}

func (p *Proof) parseScalars() error {
	p.scalars = make([]group.Scalar, p.layout.scalars())
	rest := p.encoding[group.ElementSize*p.layout.end():]
	for i := range p.scalars {
		if _, err := p.scalars[i].SetBytes(rest[:group.ScalarSize]); err != nil {
			part, index := p.layout.scalarField(i)
			return &Error{Part: part, Index: index, Err: err}
		}
		rest = rest[group.ScalarSize:]
	}
	return nil
}
