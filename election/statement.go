package election

import (
	"encoding/binary"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/transcript"
)

// This file is the only place that says what the proofs of an election are bound
// to. A value that is left out here could be exchanged under a valid proof.

// point gives M_c = HashToElement("valik/1 choice"; fingerprint, contest, code).
func point(fingerprint Hash, contest, code string) *group.Element {
	return group.HashToElement("valik/1 choice", fingerprint[:], []byte(contest), []byte(code))
}

// randomness derives r of one slot from the ballot's seed. The fingerprint keeps
// a seed that is used again in another election from repeating r there.
func randomness(seed *elgamal.Seed, fingerprint Hash, contest string, slot int) *group.Scalar {
	return seed.Scalar([]byte("valik/1 ballot"), fingerprint[:], []byte(contest), binary.BigEndian.AppendUint64(nil, uint64(slot)))
}

// slotTranscript is the context of the proof of one slot. Pseudonym and anchor
// make a copied slot worthless on another voter's ballot and in a later one of
// the same voter.
//
// It implements Ballot.Context of docs/protocol/ballot.md.
func slotTranscript(b *Ballot, contest string, slot int) *transcript.Transcript {
	t := transcript.New("valik/1 ballot slot")
	t.Bytes("election", b.Election[:])
	t.String("contest", contest)
	t.String("district", b.District)
	t.Uint64("slot", uint64(slot))
	t.Bytes("pseudonym", b.Pseudonym[:])
	t.Uint64("anchor size", b.Anchor.Size)
	t.Bytes("anchor root", b.Anchor.Root[:])
	return t
}

// MixTranscript is the context of the shuffle proof of one list in mix number.
//
// It implements Mix.Context of docs/protocol/record.md.
func MixTranscript(m *Manifest, number int, mixer string, id ListID) *transcript.Transcript {
	fingerprint := m.Fingerprint()
	t := transcript.New("valik/1 mix")
	t.Bytes("election", fingerprint[:])
	t.Uint64("mix", uint64(number))
	t.String("mixer", mixer)
	t.String("contest", id.Contest)
	t.String("district", id.District)
	return t
}

// DecryptionTranscript is the context of a trustee's equality proof for one
// list; mix is the hash of the last mix document.
//
// It implements Decryption.Context of docs/protocol/record.md.
func DecryptionTranscript(m *Manifest, trustee int, id ListID, mix Hash) *transcript.Transcript {
	fingerprint := m.Fingerprint()
	t := transcript.New("valik/1 decryption")
	t.Bytes("election", fingerprint[:])
	t.Uint64("trustee", uint64(trustee))
	t.String("contest", id.Contest)
	t.String("district", id.District)
	t.Bytes("mix", mix[:])
	return t
}
