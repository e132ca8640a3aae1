package threshold

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"

	"valik/crypto/group"
)

// sealedSize is the size of an encrypted share: the masked scalar and its tag.
const sealedSize = 32 + sha256.Size

var errTag = errors.New("the tag does not verify")

// sharePath says which share is encrypted: whose, for whom, in which ceremony,
// under which ephemeral key.
type sharePath struct {
	ceremony          digest
	dealer, recipient int
	ephemeral         *group.Element
	key               *group.Element // the recipient's encryption key
}

// keys derives the mask of the share and the key of its tag from the common
// point K.
func (p *sharePath) keys(k *group.Element) (mask, mac []byte) {
	info := append(p.ceremony[:], byte(p.dealer), byte(p.recipient))
	info = p.ephemeral.AppendBytes(info)
	info = p.key.AppendBytes(info)
	okm, err := hkdf.Key(sha256.New, k.Bytes(), []byte("valik/1 share"), string(info), 64)
	if err != nil {
		panic("threshold: " + err.Error()) // the length is within the limits of RFC 5869
	}
	return okm[:32], okm[32:]
}

// seal encrypts a share under the common point K.
//
// It implements Share.Seal of docs/protocol/ceremony.md.
func (p *sharePath) seal(k *group.Element, share *group.Scalar) []byte {
	mask, mac := p.keys(k)
	masked := share.Bytes()
	xor(masked, mask)
	return append(masked, tag(mac, masked)...)
}

// open decrypts a share, or fails if K or the share is not the one that was
// sealed, or if what was sealed is not a canonical scalar.
//
// It implements Share.Open of docs/protocol/ceremony.md.
func (p *sharePath) open(k *group.Element, sealed []byte) (*group.Scalar, error) {
	mask, mac := p.keys(k)
	if !hmac.Equal(tag(mac, sealed[:32]), sealed[32:]) {
		return nil, errTag
	}
	xor(mask, sealed[:32])
	share, err := group.NewScalar(0).SetBytes(mask)
	if err != nil {
		return nil, fmt.Errorf("not a scalar: %w", err)
	}
	return share, nil
}

func tag(key, masked []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(masked)
	return h.Sum(nil)
}

// xor sets a = a ⊕ b.
func xor(a, b []byte) {
	for i := range a {
		a[i] ^= b[i]
	}
}
