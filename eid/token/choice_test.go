//go:build cgo

package token

import (
	"crypto/elliptic"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/testpki"
	"valik/eid/token/tokentest"
)

// TestTokens lists what is there, without SoftHSM's own blank token.
func TestTokens(t *testing.T) {
	k := tokentest.New(t)
	other := k.Another(t, "second", "1234")
	m := openModule(t)
	tokens, err := m.Tokens(t.Context())
	require.NoError(t, err)
	slices.SortFunc(tokens, func(a, b Token) int { return strings.Compare(a.Label, b.Label) })
	require.Len(t, tokens, 2)
	require.Equal(t, k.Label, tokens[0].Label)
	require.Equal(t, other.Label, tokens[1].Label)
	require.NotEqual(t, tokens[0].Serial, tokens[1].Serial)
	require.Equal(t, "SoftHSM v2", tokens[0].Model)
	require.Equal(t, PINState{}, tokens[0].PIN)

	inject(t, m).token = func(info tokenInfo) tokenInfo { // states that SoftHSM never tells
		info.flags = info.flags&^flagPINSet | flagPINFinal | flagPINLow | flagPINLocked
		return info
	}
	tokens, err = m.Tokens(t.Context())
	require.NoError(t, err)
	require.Equal(t, PINState{Missing: true, Low: true, Final: true, Locked: true}, tokens[0].PIN)
}

// TestChoice: two persons' cards are in two readers.
func TestChoice(t *testing.T) {
	w := newWorld(t)
	k := tokentest.New(t)
	first, second := w.card(t, elliptic.P256()), w.card(t, elliptic.P384())
	insert(t, k, first)
	insert(t, k.Another(t, "second", tokentest.PIN), second)
	m := openModule(t)
	tokens, err := m.Tokens(t.Context())
	require.NoError(t, err)
	i := slices.IndexFunc(tokens, func(x Token) bool { return x.Label == "second" })
	that := tokens[i]

	for name, c := range map[string]Choice{
		"label":            {Label: "second"},
		"serial":           {Serial: that.Serial},
		"slot":             {Slot: &that.Slot},
		"label and id":     {Label: "second", ID: []byte{2}},
		"label and object": {Label: "second", Object: "signature"},
		"model too":        {Serial: that.Serial, Model: "SoftHSM v2", Manufacturer: "SoftHSM project"},
	} {
		c.Usage, c.PIN = eid.Signing, knows(tokentest.PIN).ask
		key, err := m.Key(t.Context(), c)
		require.NoError(t, err, name)
		require.Equal(t, second.Signing.Certificate(), key.Certificate(), name)
		w.requireSigns(t, key)
		require.NoError(t, key.Close())
	}

	for _, c := range []struct {
		name   string
		choice Choice
		fits   int
		text   string
	}{
		{"both", Choice{}, 2, "2 certificates fit for signing; say which one"},
		{"both by object", Choice{Object: "signature"}, 2, "say which one"},
		{"no such label", Choice{Label: "third"}, 0, "no certificate fits for signing"},
		{"no such serial", Choice{Serial: "x"}, 0, "no certificate fits for signing"},
		{"no such model", Choice{Model: "x"}, 0, "no certificate fits for signing"},
		{"no such maker", Choice{Manufacturer: "x"}, 0, "no certificate fits for signing"},
		{"no such slot", Choice{Slot: new(uint)}, 0, "no certificate fits for signing"},
		{"the other key", Choice{Label: "second", ID: []byte{1}}, 0, "no certificate fits for signing"},
		{"no such object", Choice{Label: "second", Object: "x"}, 0, "no certificate fits for signing"},
	} {
		c.choice.Usage = eid.Signing
		_, err := m.Key(t.Context(), c.choice)
		var failed *ChoiceError
		require.ErrorAs(t, err, &failed, c.name)
		require.Equal(t, CodeChoice, failed.Code())
		require.Equal(t, c.fits, failed.Fits, c.name)
		require.Contains(t, err.Error(), c.text, c.name)
		require.Contains(t, err.Error(), `"second"`, c.name)
		require.NotContains(t, strings.ToUpper(err.Error()), "METS", c.name)
		require.NotContains(t, err.Error(), testpki.PersonalCode(41), c.name)
	}
}

// TestTwoCertificatesFit: a renewed card with both signing certificates; the error
// lists them by label and identifier, and the identifier chooses.
func TestTwoCertificatesFit(t *testing.T) {
	w := newWorld(t)
	k := tokentest.New(t)
	insert(t, k, w.card(t, elliptic.P256()))
	renewed := w.card(t, elliptic.P256())
	k.Import(t, renewed.Signing, "renewed", "07", true)
	m := openModule(t)
	_, err := m.Key(t.Context(), Choice{Usage: eid.Signing})
	require.ErrorContains(t, err, `certificate "renewed" id 07 for signing`)
	require.ErrorContains(t, err, `certificate "authentication" id 01 for authentication`)
	key, err := m.Key(t.Context(), Choice{Usage: eid.Signing, ID: []byte{7}, PIN: knows(tokentest.PIN).ask})
	require.NoError(t, err)
	require.Equal(t, renewed.Signing.Certificate(), key.Certificate())
	w.requireSigns(t, key)
	require.NoError(t, key.Close())
}

// TestAuthoritiesDoNotFit: a card that carries its issuer's certificate.
func TestAuthoritiesDoNotFit(t *testing.T) {
	w := newWorld(t)
	k := tokentest.New(t)
	for i, cert := range w.authority.Certificates() {
		k.ImportCertificate(t, cert, "issuer", "0"+string(rune('a'+i)))
	}
	m := openModule(t)
	for _, usage := range []eid.Usage{eid.Signing, eid.Authentication} {
		_, err := m.Key(t.Context(), Choice{Usage: usage})
		require.ErrorContains(t, err, "no certificate fits for "+usage.String())
		require.ErrorContains(t, err, "for nothing here")
	}
}

// TestLabelsWithPersonalCodes: errors do not repeat the personal code or a
// terminal's commands that a token has in its label.
func TestLabelsWithPersonalCodes(t *testing.T) {
	w := newWorld(t)
	k := tokentest.New(t)
	k.Another(t, "60001019906 010190-12345 \x1b[2J", "1234")
	insert(t, k, w.card(t, elliptic.P256()))
	_, err := openModule(t).Key(t.Context(), Choice{Usage: eid.Signing, Label: "none"})
	require.ErrorContains(t, err, `token "… … \x1b[2J" serial`)
}

func TestNothingThere(t *testing.T) {
	k := tokentest.New(t)
	k.Remove(t)
	_, err := openModule(t).Key(t.Context(), Choice{Usage: eid.Signing})
	require.ErrorContains(t, err, "put it into the reader")
}

func TestEmptyToken(t *testing.T) {
	tokentest.New(t)
	_, err := openModule(t).Key(t.Context(), Choice{Usage: eid.Authentication})
	require.ErrorContains(t, err, "with no certificate")
}

// TestMechanisms injects the lists of other tokens: one that has only PSS is asked
// for PSS, and one that has neither is of no use.
func TestMechanisms(t *testing.T) {
	w := newWorld(t)
	card, err := w.authority.IssueRSA(testpki.PersonalCode(41), "Mari", "Mets", 2048)
	require.NoError(t, err)
	tokentest.New(t).Import(t, card.Signing, "signature", "02", false)
	m := openModule(t)
	i := inject(t, m)
	for _, c := range []struct {
		have []uint
		pss  bool
		want eid.Algorithm
	}{
		{[]uint{mechanismRSA}, false, eid.RS256},
		{[]uint{mechanismPSS}, false, eid.PS256},
		{[]uint{mechanismRSA, mechanismPSS}, true, eid.PS256},
		{[]uint{mechanismRSA}, true, 0},
		{[]uint{mechanismECDSA}, false, 0},
	} {
		i.have = c.have
		key, err := m.Key(t.Context(), Choice{Usage: eid.Signing, PSS: c.pss, PIN: knows(tokentest.PIN).ask})
		if c.want == 0 {
			require.ErrorIs(t, err, ErrMechanism)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, c.want, key.Algorithm())
		w.requireSigns(t, key)
		require.NoError(t, key.Close())
	}
}

func TestModulesThatDoNotLoad(t *testing.T) {
	text := filepath.Join(t.TempDir(), "module.so")
	require.NoError(t, os.WriteFile(text, []byte("hello"), 0o600))
	for _, path := range []string{"libsofthsm2.so", "./libsofthsm2.so", filepath.Join(t.TempDir(), "none.so"), text, ""} {
		_, err := Open(path)
		require.ErrorIs(t, err, ErrModule, path)
	}
}
