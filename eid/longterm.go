package eid

import (
	"strings"
)

// LongTermLimit is the greatest size of a container with evidence in bytes: as
// much again as a voter may send. An issuer's whole revocation list of some
// megabytes is no evidence to keep with every ballot.
const LongTermLimit = 2 * Limit

// LongTerm is a container with evidence, XAdES level B-LT (B-LT asks for a
// time-stamp too; without one the receiver's own record has the time). Its bytes
// are a function of the container and the evidence.
type LongTerm struct {
	Evidence
	container *Container
}

// SignatureValueElement is what a time-stamp of the signature covers: the element
// SignatureValue in exclusive C14N.
func (c *Container) SignatureValueElement() []byte { return signatureValueForm.fill(c.fields()) }

// Extend adds evidence to a container. It judges only the form of the evidence.
// The errors' codes are "evidence_missing", "evidence_form" and
// "container_too_large".
//
// It implements Envelope.Extend of docs/protocol/envelope.md.
func (c *Container) Extend(e Evidence) (*LongTerm, error) {
	if err := e.check(); err != nil {
		return nil, err
	}
	l := &LongTerm{e, c}
	if size := len(l.Bytes()); size > LongTermLimit {
		return nil, refuse(CodeContainerTooLarge, "%d bytes, the limit is %d", size, LongTermLimit)
	}
	return l, nil
}

// Container is the container that the signer made, with the bytes that it had.
func (l *LongTerm) Container() *Container { return l.container }

// Bytes builds the container with the evidence.
func (l *LongTerm) Bytes() []byte {
	entries := l.container.entries()
	base := string(entries[signaturesIndex].data)
	before, after, _ := strings.Cut(base, evidencePlace)
	entries[signaturesIndex].data = []byte(before + evidenceBefore + unsignedOutline.fill(l.fields()) + evidenceAfter + after)
	return writeZip(entries)
}

// ParseLongTerm reads a container with evidence, which must be byte for byte the
// one that Bytes builds. Without the evidence it must be a container that
// ParseContainer takes. Whether the evidence is good is not judged.
//
// It implements Envelope.ParseLongTerm of docs/protocol/envelope.md.
func ParseLongTerm(b []byte) (*LongTerm, error) {
	if len(b) > LongTermLimit {
		return nil, refuse(CodeContainerTooLarge, "%d bytes, the limit is %d", len(b), LongTermLimit)
	}
	entries, err := readZip(b)
	if err != nil {
		return nil, err
	}
	base, evidence, found := cutEvidence(string(entries[signaturesIndex].data))
	if !found {
		return nil, refuse(CodeEvidenceMissing, "the signature has no unsigned properties")
	}
	entries[signaturesIndex].data = []byte(base)
	l := &LongTerm{}
	if l.container, err = ParseContainer(writeZip(entries)); err != nil {
		return nil, err
	}
	if err := l.read(evidence); err != nil {
		return nil, err
	}
	if err := checkRebuilt(l.Bytes(), b); err != nil {
		return nil, err
	}
	return l, nil
}

// The evidence stands between the signed properties and the end of all properties.
const (
	evidenceBefore = "</xades:SignedProperties>\n"
	evidenceAfter  = "</xades:QualifyingProperties>\n"
	evidencePlace  = evidenceBefore + evidenceAfter
	evidenceStart  = "<xades:UnsignedProperties>\n"
)

// cutEvidence parts a signature file into the one that the signer made and the
// evidence. The values of a form have no '<', so that the first place is the only
// one in a file that is right; any other is refused when it is read.
func cutEvidence(signatures string) (base, evidence string, found bool) {
	before, rest, found := strings.Cut(signatures, evidenceBefore+evidenceStart)
	if !found {
		return signatures, "", false
	}
	inner, after, _ := strings.Cut(rest, evidenceAfter)
	return before + evidencePlace + after, evidenceStart + inner, true
}
