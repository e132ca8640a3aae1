package threshold

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"sync"

	"valik/crypto/group"
	"valik/crypto/sigma"
)

// Identity is the secret side of a trustee: what is behind its card. Who has the
// identity of a trustee and the public ceremony can compute the trustee's share
// of the election key: it is as secret as that, as long as it exists. It prints
// as [redacted].
type Identity struct {
	redacted
	signing    ed25519.PrivateKey
	encryption group.Scalar
	card       *Card
}

// NewIdentity draws both keys and makes the card. The name is 1 to 100 bytes of
// printable UTF-8.
//
// It implements Card.New of docs/protocol/ceremony.md.
func NewIdentity(name string) (*Identity, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	seed := make([]byte, ed25519.SeedSize)
	rand.Read(seed) // never fails
	id := &Identity{signing: ed25519.NewKeyFromSeed(seed)}
	clear(seed)
	id.encryption.Set(group.RandomScalar())
	id.card = id.newCard(name)
	return id, nil
}

func (id *Identity) newCard(name string) *Card {
	c := &Card{name: name, signing: id.signing.Public().(ed25519.PublicKey)}
	c.encryption.ScalarBaseMult(&id.encryption)
	c.proof = sigma.ProveKnowledge(c.transcript(), &id.encryption, group.NewGenerator(), &c.encryption)
	c.signature = ed25519.Sign(id.signing, c.signed())
	c.raw = append(c.unsigned(), c.signature...)
	c.verdict = sync.OnceValue(c.check)
	return c
}

// Card returns the public side.
func (id *Identity) Card() *Card { return id.card }

// Sign signs a message that is not of the ceremony, such as the hash of a
// decryption; [Card.SigningKey] verifies it. The message must begin with a
// domain of its own. Sign panics on a message of the ceremony's domain: such a
// message is made by a round only.
func (id *Identity) Sign(message []byte) []byte {
	if bytes.HasPrefix(message, []byte(signatureDomain)) {
		panic("threshold: Sign is not for messages of the ceremony")
	}
	return ed25519.Sign(id.signing, message)
}

// SecretBytes returns keys and card, for a file that the caller encrypts.
func (id *Identity) SecretBytes() []byte {
	b := append([]byte{version, tagIdentity}, id.signing.Seed()...)
	b = id.encryption.AppendBytes(b)
	return append(b, id.card.raw...)
}

// ParseIdentity decodes what [Identity.SecretBytes] returned. It checks that the
// keys are those of the card and that the card verifies.
func ParseIdentity(b []byte) (*Identity, error) {
	r := newReader("identity", tagIdentity, b)
	id := &Identity{signing: ed25519.NewKeyFromSeed(r.take(ed25519.SeedSize))}
	r.nonZero("encryption key", &id.encryption)
	id.card = parsed(r, "card", len(r.rest), ParseCard)
	if err := r.end(); err != nil {
		return nil, err
	}
	if !id.card.signing.Equal(id.signing.Public()) {
		return nil, fmt.Errorf("%w: identity: another signing key is on the card", ErrFormat)
	}
	if !group.NewElement().ScalarBaseMult(&id.encryption).Equal(&id.card.encryption) {
		return nil, fmt.Errorf("%w: identity: another encryption key is on the card", ErrFormat)
	}
	if err := id.card.Verify(); err != nil {
		return nil, err
	}
	return id, nil
}
