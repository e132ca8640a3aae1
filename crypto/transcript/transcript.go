// Package transcript makes the challenges of all non-interactive proofs, and is
// the only package that does.
//
// A transcript is a list of labelled byte strings. A challenge hashes the whole
// list, earlier challenges included, under an encoding in which no two lists
// look alike. See docs/protocol/transcript.md.
package transcript

import (
	"encoding/binary"

	"valik/crypto/group"
	"valik/crypto/internal/tuplehash"
)

// Version is the customization string of every transcript. A change of any
// byte format or equation of the protocol changes it, so that no proof of one
// version is a proof of another.
const Version = "valik/1"

// challengeLabel marks the places where challenges were drawn. No value may be
// absorbed under it: otherwise a list with a challenge and a list with a value
// of that name would be the same list.
const challengeLabel = "challenge"

// Transcript is the list of everything a proof depends on. It serves one proof
// and is not safe for concurrent use.
type Transcript struct {
	hash *tuplehash.Hash
}

// New begins a transcript for one use, such as "valik/1 ballot slot". The
// caller then absorbs the context and hands the transcript to one proof.
//
// It implements Transcript.New of docs/protocol/transcript.md.
func New(use string) *Transcript {
	t := &Transcript{hash: tuplehash.New(Version)}
	t.String("use", use)
	return t
}

// Bytes absorbs label and b. It panics on the label "challenge", which belongs
// to [Transcript.Challenge].
func (t *Transcript) Bytes(label string, b []byte) {
	if label == challengeLabel {
		panic("transcript: the label \"challenge\" is reserved")
	}
	t.absorb(label, b)
}

// String absorbs label and the bytes of s.
func (t *Transcript) String(label, s string) {
	t.Bytes(label, []byte(s))
}

// Uint64 absorbs label and n as 8 bytes, big endian.
func (t *Transcript) Uint64(label string, n uint64) {
	t.Bytes(label, binary.BigEndian.AppendUint64(nil, n))
}

// Element absorbs label and the encoding of e. A caller that holds the encoding
// of e already gets the same transcript from [Transcript.Bytes].
func (t *Transcript) Element(label string, e *group.Element) {
	t.Bytes(label, e.Bytes())
}

// Elements absorbs label and the encodings of all elements as one string of
// 32·len(e) bytes.
func (t *Transcript) Elements(label string, e []group.Element) {
	t.Bytes(label, group.EncodeAll(e))
}

// Scalar absorbs label and the encoding of s.
func (t *Transcript) Scalar(label string, s *group.Scalar) {
	t.Bytes(label, s.Bytes())
}

// Clone returns an independent transcript with the same list.
func (t *Transcript) Clone() *Transcript {
	return &Transcript{hash: t.hash.Clone()}
}

func (t *Transcript) absorb(label string, b []byte) {
	t.hash.WriteString([]byte(label))
	t.hash.WriteString(b)
}
