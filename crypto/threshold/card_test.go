package threshold

import (
	"bytes"
	"crypto/ed25519"
	"slices"
	"strings"
	"testing"

	"filippo.io/edwards25519"
	"github.com/stretchr/testify/require"

	"valik/crypto/group"
	"valik/crypto/sigma"
)

func TestNames(t *testing.T) {
	for _, name := range []string{"A", "Õnne Mägi, Riigikogu", strings.Repeat("x", maxName)} {
		id, err := NewIdentity(name)
		require.NoError(t, err)
		require.Equal(t, name, reparse(t, id.Card(), ParseCard).Name())
	}
	for _, name := range []string{"", strings.Repeat("x", maxName+1), "a\nb", "a\u202eb", "a\x00", "\xff", "zero\u200bwidth"} {
		_, err := NewIdentity(name)
		require.ErrorIs(t, err, ErrFormat, "%q", name)
	}
}

// resigned returns the card after a change of its fields, signed by its holder.
func resigned(t *testing.T, id *Identity, change func(*Card)) *Card {
	c := *id.card
	change(&c)
	c.raw = append(c.unsigned(), ed25519.Sign(id.signing, c.signed())...)
	parsed, err := ParseCard(c.raw)
	require.NoError(t, err)
	return parsed
}

func TestCardVerify(t *testing.T) {
	id, err := NewIdentity("Mari")
	require.NoError(t, err)
	other, err := NewIdentity("Jaan")
	require.NoError(t, err)
	require.NoError(t, resigned(t, id, func(*Card) {}).Verify())
	for name, change := range map[string]func(*Card){
		"another name":                func(c *Card) { c.name = "Jaan" },
		"another's encryption key":    func(c *Card) { c.encryption = other.card.encryption },
		"another's key and its proof": func(c *Card) { c.encryption, c.proof = other.card.encryption, other.card.proof },
		"minus the key":               func(c *Card) { c.encryption.Negate(&id.card.encryption) },
		"the identity":                func(c *Card) { c.encryption = *group.NewElement() },
		"another's proof":             func(c *Card) { c.proof = other.card.proof },
	} {
		c := resigned(t, id, change)
		require.ErrorIs(t, c.Verify(), ErrCard, name)
		var proof *sigma.Error
		require.ErrorAs(t, c.Verify(), &proof, name)
	}
	b := id.card.Bytes()
	b[len(b)-1] ^= 1
	c, err := ParseCard(b)
	require.NoError(t, err)
	require.ErrorContains(t, c.Verify(), "the signature does not verify")
}

// The standard library verifies under these keys; some of them accept one
// signature for many messages.
func TestSigningKeysOfSmallOrder(t *testing.T) {
	id, err := NewIdentity("Mari")
	require.NoError(t, err)
	good := id.card.signing
	require.NoError(t, checkSigningKey(good))
	torsion, err := new(edwards25519.Point).SetBytes(fromHex(t, "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"))
	require.NoError(t, err) // a point of order 8
	p, err := new(edwards25519.Point).SetBytes(good)
	require.NoError(t, err)
	nonCanonical := bytes.Repeat([]byte{0xff}, 32)
	nonCanonical[0], nonCanonical[31] = 0xee, 0x7f // y = 2^255 − 18 = 1 + p
	for name, key := range map[string][]byte{
		"identity":      edwards25519.NewIdentityPoint().Bytes(),
		"order 8":       torsion.Bytes(),
		"mixed":         p.Add(p, torsion).Bytes(),
		"not canonical": nonCanonical,
		"not a point":   append([]byte{2}, make([]byte, 31)...),
		"short":         good[:31],
	} {
		require.ErrorIs(t, checkSigningKey(key), ErrFormat, name)
	}
	for y := range 19 { // y + p, with both signs of x
		key := bytes.Repeat([]byte{0xff}, 32)
		key[0] = 0xed + byte(y)
		require.ErrorIs(t, checkSigningKey(key), ErrFormat)
		key[31] = 0x7f
		require.ErrorIs(t, checkSigningKey(key), ErrFormat)
	}
	b := id.card.Bytes()
	copy(b[3+4:], torsion.Bytes())
	_, err = ParseCard(b)
	require.ErrorIs(t, err, ErrFormat)
}

func TestParams(t *testing.T) {
	w := newWorld(t, 2, 3)
	for name, change := range map[string]func(*Params){
		"t = 0":          func(p *Params) { p.T = 0 },
		"t > n":          func(p *Params) { p.T = 4 },
		"n = 0":          func(p *Params) { p.T, p.N, p.Cards = 0, 0, nil },
		"negative":       func(p *Params) { p.T = -1 },
		"a card missing": func(p *Params) { p.Cards = p.Cards[:2] },
		"a card too few": func(p *Params) { p.N = 4 },
		"a nil card":     func(p *Params) { p.Cards[1] = nil },
		"no context":     func(p *Params) { p.Context = nil },
		"long context":   func(p *Params) { p.Context = make([]byte, maxContext+1) },
		"same card":      func(p *Params) { p.Cards[2] = p.Cards[0] },
		"too many":       func(p *Params) { p.N = 65; p.Cards = slices.Repeat(p.Cards, 22)[:65] },
		"same signing key": func(p *Params) {
			p.Cards[2] = w.otherCard(0, func(id *Identity) { id.encryption.Set(group.RandomScalar()) })
		},
		"same encryption key": func(p *Params) {
			p.Cards[2] = w.otherCard(0, func(id *Identity) { id.signing = w.ids[2].signing })
		},
		"a bad card": func(p *Params) {
			p.Cards[1] = resigned(t, w.ids[1], func(c *Card) { c.name = "Other" })
		},
	} {
		require.ErrorIs(t, w.again(change).p.Validate(), ErrParams, name)
	}
	require.NoError(t, w.p.Validate())
	_, err := Verify(&Params{}, &Ceremony{})
	require.ErrorIs(t, err, ErrParams)
	_, err = Accuse(&Params{}, w.ids[0], nil, nil)
	require.ErrorIs(t, err, ErrParams)
}

// otherCard makes a valid card with one key of trustee i.
func (w *world) otherCard(i int, change func(*Identity)) *Card {
	id := &Identity{signing: w.ids[i].signing, encryption: w.ids[i].encryption}
	change(id)
	return id.newCard("Other")
}

func TestSameCardNamesBoth(t *testing.T) {
	w := newWorld(t, 2, 3)
	w.p.Cards[2] = w.p.Cards[0]
	require.ErrorContains(t, w.p.Validate(), "cards 1 and 3 have the same key")
	_, _, err := Begin(w.p, w.ids[0])
	require.ErrorIs(t, err, ErrParams)
}

func TestIdentitySign(t *testing.T) {
	id, err := NewIdentity("Mari")
	require.NoError(t, err)
	message := []byte("valik/1 artefact\x00 and so on")
	require.True(t, ed25519.Verify(id.Card().SigningKey(), message, id.Sign(message)))
	require.Panics(t, func() { id.Sign(id.card.signed()) })
	again, err := ParseIdentity(id.SecretBytes())
	require.NoError(t, err)
	require.Equal(t, id.Sign(message), again.Sign(message))
}
