//go:build cgo

package token

import (
	"context"
	"crypto/elliptic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/secret"
	"valik/eid/testpki"
	"valik/eid/token/tokentest"
)

// The tests live in one day, so that they do not grow old.
var (
	validFrom = time.Date(2029, time.March, 1, 0, 0, 0, 0, time.UTC)
	validTo   = time.Date(2029, time.March, 31, 0, 0, 0, 0, time.UTC)
	now       = time.Date(2029, time.March, 4, 10, 30, 0, 0, time.UTC)
)

type world struct {
	authority *testpki.Authority
	issuers   *eid.Issuers
}

func newWorld(t *testing.T) *world {
	t.Helper()
	a, err := testpki.NewAuthority("Valik test", validFrom, validTo)
	require.NoError(t, err)
	issuers, err := eid.NewIssuers(testpki.Rules(), a.Certificates())
	require.NoError(t, err)
	return &world{a, issuers}
}

func (w *world) card(t *testing.T, curve elliptic.Curve) *testpki.Card {
	t.Helper()
	card, err := w.authority.Issue(testpki.PersonalCode(41), "Mari", "Mets", curve)
	require.NoError(t, err)
	return card
}

// insert puts both keys of a card on a token, as eID cards have them: the signing
// key wants the PIN every time.
func insert(t *testing.T, k *tokentest.Token, card *testpki.Card) {
	t.Helper()
	k.Import(t, card.Authentication, "authentication", "01", false)
	k.Import(t, card.Signing, "signature", "02", true)
}

func openModule(t *testing.T) *Module {
	t.Helper()
	m, err := Open(tokentest.Module(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, m.Close()) })
	return m
}

// person answers prompts with PINs in their order, the last one again and again.
type person struct {
	pins  []string
	asked []Prompt
	given []secret.Text
}

func knows(pins ...string) *person { return &person{pins: pins} }

func (p *person) ask(_ context.Context, prompt Prompt) (secret.Text, error) {
	p.asked = append(p.asked, prompt)
	pin := p.pins[min(len(p.asked), len(p.pins))-1]
	p.given = append(p.given, secret.New([]byte(pin)))
	return p.given[len(p.given)-1], nil
}

func openKey(t *testing.T, m *Module, usage eid.Usage, p *person) *Key {
	t.Helper()
	k, err := m.Key(t.Context(), Choice{Usage: usage, PIN: p.ask})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, k.Close()) })
	return k
}

// requireSigns signs a ballot and has it verified.
func (w *world) requireSigns(t *testing.T, k *Key) {
	t.Helper()
	sealed, err := eid.Seal(t.Context(), "EP2029.ballot", []byte("ballot"), k, now)
	require.NoError(t, err)
	opened, err := eid.ParseContainer(sealed.Bytes())
	require.NoError(t, err)
	require.Equal(t, k.Algorithm(), opened.Algorithm)
	_, err = opened.Verify(w.issuers, now)
	require.NoError(t, err)
}

// requireAuthenticates answers a challenge and has the answer verified.
func (w *world) requireAuthenticates(t *testing.T, k *Key) {
	t.Helper()
	q := &eid.Question{Origin: "https://vote.example.ee", Purpose: "vote in EP2029", Challenge: eid.NewChallenge()}
	login, err := q.Sign(t.Context(), eid.AuthenticateWith(k))
	require.NoError(t, err)
	who, err := login.Verify(w.issuers, q, now)
	require.NoError(t, err)
	require.Equal(t, testpki.PersonalCode(41), who.Code)
}

// sign uses a key for what it is for, and gives the error.
func sign(t *testing.T, k *Key) error {
	t.Helper()
	if k.choice.Usage == eid.Authentication {
		_, err := eid.AuthenticateWith(k).Authenticate(t.Context(), []byte("challenge"))
		return err
	}
	_, err := eid.Seal(t.Context(), "EP2029.ballot", []byte("ballot"), k, now)
	return err
}
