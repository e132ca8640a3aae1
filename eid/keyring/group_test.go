package keyring

import (
	"crypto/x509"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid/token"
)

func halfOf(label, serial string, state token.PINState) token.Token {
	return token.Token{Label: label, Manufacturer: "AS Sertifitseerimiskeskus", Model: "PKCS#15 emulated", Serial: serial, PIN: state}
}

// TestGroup: the tokens of one number are one card, whose PIN is as bad as the worst.
func TestGroup(t *testing.T) {
	first, second := halfOf("ID-kaart (PIN1)", "AB0000001", token.PINState{Low: true}), halfOf("ID-kaart (PIN2)", "AB0000001", token.PINState{Locked: true})
	other, nameless := halfOf("ID-kaart (PIN1)", "AB0000002", token.PINState{Final: true}), halfOf("ID-kaart (PIN1)", "", token.PINState{})
	maker := first
	maker.Manufacturer = "another"
	model := first
	model.Model = "another"
	cards := group([]token.Token{first, other, nameless, second, nameless, maker, model})
	require.Equal(t, []halves{{first, second}, {other}, {nameless}, {nameless}, {maker}, {model}}, cards)
	require.Equal(t, token.PINState{Low: true, Locked: true}, cards[0].pin())
	require.Equal(t, token.PINState{Final: true}, cards[1].pin())
	require.Zero(t, cards[2].pin())
	require.Empty(t, group(nil))
}

func TestLabel(t *testing.T) {
	for label, want := range map[string]string{
		"ID-kaart (PIN1)":              "ID-kaart",
		"ID-kaart (PIN2)":              "ID-kaart",
		"eID (User PIN)":               "eID",
		"eID (sign pin)":               "eID",
		"eID":                          "eID",
		"eID (Spinach)":                "eID (Spinach)",
		"eID (PIN1) 2":                 "eID (PIN1) 2",
		"(PIN1)":                       "(PIN1)",
		"":                             "",
		"\x1b[2Jeid":                   "[2Jeid",
		"METS,MARI,47101010033 (PIN1)": "METS,MARI,…",
	} {
		require.Equal(t, want, halves{{Label: label}}.label(), label)
	}
}

// TestFoundCards: cards of one label are told apart by their numbers.
func TestFoundCards(t *testing.T) {
	seen := func(label, serial string) sight {
		h := halves{halfOf(label+" (PIN1)", serial, token.PINState{}), halfOf(label+" (PIN2)", serial, token.PINState{Locked: true})}
		return sight{uri: h.uri("/m"), tokens: h}
	}
	cards := []sight{seen("ID-kaart", "AB1"), seen("eID", "CD1"), seen("ID-kaart", "AB2")}
	for i, label := range []string{"ID-kaart AB1", "eID", "ID-kaart AB2"} {
		found := foundCards(cards)[i]
		require.Equal(t, Found{Spec: cards[i].uri.String(), Label: label, PIN: token.PINState{Locked: true}}, found)
	}
}

// TestCardURI: the URI has no label where a number chooses, so that it reaches both
// halves, and is understood whatever stands on the card.
func TestCardURI(t *testing.T) {
	for _, c := range []struct {
		token token.Token
		want  URI
	}{
		{
			halfOf("ID-kaart (PIN1)", "AB1", token.PINState{}),
			URI{Module: "/m", Manufacturer: "AS Sertifitseerimiskeskus", Model: "PKCS#15 emulated", Serial: "AB1"},
		},
		{token.Token{Label: "a&b;c ?=%"}, URI{Module: "/m", Token: "a&b;c ?=%"}},
		{token.Token{Label: "a\x00"}, URI{Module: "/m"}},
		{token.Token{Label: "a", Serial: "\xff", Model: "m"}, URI{Module: "/m", Model: "m"}},
	} {
		u := halves{c.token}.uri("/m")
		require.Equal(t, c.want, u)
		again, err := ParseURI(u.String())
		require.NoError(t, err)
		require.Equal(t, &u, again)
	}
}

// TestMerge: a card that two modules show is there once, by the first module unless that
// reaches less of it; two cards behind one module stay two.
func TestMerge(t *testing.T) {
	cert := func(b byte) *x509.Certificate { return &x509.Certificate{Raw: []byte{b}} }
	seenBy := func(module string, bytes ...byte) sight {
		c := sight{uri: URI{Module: module}}
		for _, b := range bytes {
			c.certs = append(c.certs, cert(b))
		}
		return c
	}
	for _, c := range []struct{ first, second, want []sight }{
		{nil, nil, nil},
		{[]sight{seenBy("/a", 1, 2)}, []sight{seenBy("/b", 1, 2)}, []sight{seenBy("/a", 1, 2)}},
		{[]sight{seenBy("/a", 1)}, []sight{seenBy("/b", 1, 2)}, []sight{seenBy("/b", 1, 2)}},
		{[]sight{seenBy("/a", 1, 2)}, []sight{seenBy("/b", 2)}, []sight{seenBy("/a", 1, 2)}},
		{[]sight{seenBy("/a", 1, 2)}, []sight{seenBy("/b", 3)}, []sight{seenBy("/a", 1, 2), seenBy("/b", 3)}},
		{[]sight{seenBy("/a", 1)}, []sight{seenBy("/a", 1)}, []sight{seenBy("/a", 1), seenBy("/a", 1)}},
	} {
		require.Equal(t, c.want, merge(c.first, c.second))
	}
}
