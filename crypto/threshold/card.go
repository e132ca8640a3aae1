package threshold

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"sync"
	"unicode"
	"unicode/utf8"

	"filippo.io/edwards25519"

	"valik/crypto/group"
	"valik/crypto/sigma"
	"valik/crypto/transcript"
)

// maxName bounds the name of a trustee, in bytes.
const maxName = 100

// ErrCard refuses a card whose signature or proof does not verify.
var ErrCard = errors.New("threshold: card")

// Card is the public side of a trustee, made once and handed over in person: a
// name, the key that signs its messages, and the key to which others encrypt its
// shares. The card is signed with the one key and proves knowledge of the other,
// so that nobody can pass off a key made from someone else's as his own.
type Card struct {
	name       string
	signing    ed25519.PublicKey
	encryption group.Element
	proof      *sigma.Knowledge
	signature  []byte
	raw        []byte
	verdict    func() error // of Verify, found once: a card does not change
}

// ParseCard decodes a card. It refuses keys outside the prime-order groups, but
// checks neither signature nor proof: see [Card.Verify].
func ParseCard(b []byte) (*Card, error) {
	c := &Card{}
	r := newReader("card", tagCard, b)
	name := r.take(r.int("length of the name", 1, maxName))
	signing := r.take(ed25519.PublicKeySize)
	r.element("encryption key", &c.encryption)
	c.proof = parsed(r, "proof", sigma.KnowledgeSize, sigma.ParseKnowledge)
	c.signature = r.take(ed25519.SignatureSize)
	if err := r.end(); err != nil {
		return nil, err
	}
	if err := checkName(string(name)); err != nil {
		return nil, err
	}
	if err := checkSigningKey(signing); err != nil {
		return nil, err
	}
	c.name, c.signing, c.raw = string(name), signing, bytes.Clone(b)
	c.verdict = sync.OnceValue(c.check)
	return c, nil
}

// Name returns the name on the card. It is the holder's own claim.
func (c *Card) Name() string { return c.name }

// SigningKey returns the key that verifies what the trustee signs.
func (c *Card) SigningKey() ed25519.PublicKey { return bytes.Clone(c.signing) }

// Bytes returns the encoding of the card.
func (c *Card) Bytes() []byte { return bytes.Clone(c.raw) }

// Verify checks the proof of knowledge of the encryption key and the signature
// over the card, at the first call. The error wraps [ErrCard].
//
// It implements Card.Verify of docs/protocol/ceremony.md.
func (c *Card) Verify() error { return c.verdict() }

func (c *Card) check() error {
	if err := c.proof.Verify(c.transcript(), group.NewGenerator(), &c.encryption); err != nil {
		return fmt.Errorf("%w: encryption key: %w", ErrCard, err)
	}
	if !ed25519.Verify(c.signing, c.signed(), c.signature) {
		return fmt.Errorf("%w: the signature does not verify", ErrCard)
	}
	return nil
}

// transcript is the context of the proof of knowledge: the other things on the
// card, so that the proof cannot move to another card.
func (c *Card) transcript() *transcript.Transcript {
	t := transcript.New("valik/1 card")
	t.String("name", c.name)
	t.Bytes("signing key", c.signing)
	return t
}

// unsigned is the card without its signature.
func (c *Card) unsigned() []byte {
	b := append([]byte{version, tagCard, byte(len(c.name))}, c.name...)
	b = append(b, c.signing...)
	b = c.encryption.AppendBytes(b)
	return append(b, c.proof.Bytes()...)
}

func (c *Card) signed() []byte { return toSign("card", c.unsigned()) }

// signatureDomain separates the signatures of the ceremony from all others that
// the same key makes.
const signatureDomain = "valik/1 ceremony\x00"

// toSign returns what is signed for a use: a domain and a hash.
//
// It implements Ceremony.Sign of docs/protocol/ceremony.md.
func toSign(use string, parts ...[]byte) []byte {
	h := hash(use, parts...)
	return append([]byte(signatureDomain), h[:]...)
}

// checkName accepts what a screen shows as it is: a name with invisible
// characters could look like another one.
func checkName(name string) error {
	if name == "" || len(name) > maxName || !utf8.ValidString(name) {
		return fmt.Errorf("%w: a name is 1 to %d bytes of UTF-8", ErrFormat, maxName)
	}
	for _, r := range name {
		if !unicode.IsPrint(r) {
			return fmt.Errorf("%w: the name has the unprintable character %U", ErrFormat, r)
		}
	}
	return nil
}

// minusOne is ℓ − 1.
var minusOne = edwards25519.NewScalar().Negate(one())

func one() *edwards25519.Scalar {
	s, err := edwards25519.NewScalar().SetCanonicalBytes(append([]byte{1}, make([]byte, 31)...))
	if err != nil {
		panic(err)
	}
	return s
}

// checkSigningKey refuses Ed25519 keys with a part of small order, which the
// standard library takes. Under such a key one signature can verify for many
// messages, and verifiers in other languages disagree about which.
func checkSigningKey(b []byte) error {
	p, err := new(edwards25519.Point).SetBytes(b)
	if err != nil || !bytes.Equal(p.Bytes(), b) {
		return fmt.Errorf("%w: the signing key is not a canonical point", ErrFormat)
	}
	if p.Equal(edwards25519.NewIdentityPoint()) == 1 {
		return fmt.Errorf("%w: the signing key is the identity", ErrFormat)
	}
	// (ℓ−1)·P = −P exactly if ℓ·P = 0
	q := new(edwards25519.Point).ScalarMult(minusOne, p)
	if q.Equal(p.Negate(p)) != 1 {
		return fmt.Errorf("%w: the signing key is not of prime order", ErrFormat)
	}
	return nil
}
