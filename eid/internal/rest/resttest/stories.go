package resttest

import (
	"context"
	"crypto/sha256"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid"
)

// CheckLoginAndContainer has a person with a kind of key log in and seal a ballot, and
// checks both as the electoral authority does.
func CheckLoginAndContainer[C Client[S], S eid.Signer](t *testing.T, w *World, c C, kind string, algorithm eid.Algorithm) {
	t.Helper()
	question := &eid.Question{Origin: "https://vote.example.ee", Purpose: "vote in EP2029", Challenge: eid.NewChallenge()}
	login, err := question.Sign(t.Context(), c)
	require.NoError(t, err)
	require.Equal(t, algorithm, login.Algorithm)
	identity, err := login.Verify(w.Issuers(t), question, Now)
	require.NoError(t, err)
	require.Equal(t, PersonalCode(w.Cards[kind]), identity.Code)

	signer, err := c.Signer(t.Context())
	require.NoError(t, err)
	require.Equal(t, algorithm, signer.Algorithm())
	sealed, err := eid.Seal(t.Context(), "ballot.bin", []byte("a ballot"), signer, Now)
	require.NoError(t, err)
	container, err := eid.ParseContainer(sealed.Bytes())
	require.NoError(t, err)
	identity, err = container.Verify(w.Issuers(t), Now)
	require.NoError(t, err)
	require.Equal(t, PersonalCode(w.Cards[kind]), identity.Code)
}

// CheckForwarding has a service that adds the relying party refuse a client with one and
// serve a client without.
func CheckForwarding[C Client[S], S eid.Signer](t *testing.T, with, without C) {
	t.Helper()
	_, err := with.Authenticate(t.Context(), []byte("a"))
	require.Equal(t, "request_refused", CodeOf(t, err), "the secret is not for it")
	_, err = without.Authenticate(t.Context(), []byte("a"))
	require.NoError(t, err)
	_, err = without.Signer(t.Context())
	require.NoError(t, err)
}

// CheckControlCodes has a client, which open makes, show the code of each hash before the
// service is asked: questions are how many it had when the login's code and the
// signature's were shown.
func CheckControlCodes[C Client[S], S eid.Signer](
	t *testing.T, server *Sessions, open func(show func(string)) C, controlCode func([]byte) string, questions ...int,
) {
	t.Helper()
	var shown []string
	var had []int
	c := open(func(code string) { shown, had = append(shown, code), append(had, server.Questions()) })
	message := []byte("a message")
	_, err := c.Authenticate(t.Context(), message)
	require.NoError(t, err)
	signer, err := c.Signer(t.Context())
	require.NoError(t, err)
	digest := sha256.Sum256([]byte("another"))
	_, err = signer.SignDigest(t.Context(), digest[:])
	require.NoError(t, err)
	asked := sha256.Sum256(message)
	require.Equal(t, questions, had)
	require.Equal(t, []string{controlCode(asked[:]), controlCode(digest[:])}, shown)
}

// CheckSlowPerson has a client ask twice about a person who takes longer than a poll of a
// second.
func CheckSlowPerson(t *testing.T, server *Sessions, c eid.Authenticator) {
	t.Helper()
	server.Behave(Behaviour{Delay: 1900 * time.Millisecond})
	_, err := c.Authenticate(t.Context(), []byte("a"))
	require.NoError(t, err)
	require.Equal(t, 2, server.Questions())
}

// CheckInterrupted has the caller stop while the person is waited for.
func CheckInterrupted[C Client[S], S eid.Signer](t *testing.T, server *Sessions, c C) {
	t.Helper()
	signer, err := c.Signer(t.Context())
	require.NoError(t, err)
	server.Behave(Behaviour{Lie: NeverEnds})
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(30*time.Millisecond, cancel)
	_, err = signer.SignDigest(ctx, make([]byte, 32))
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, "interrupted", CodeOf(t, err))
}

// CheckOtherKeys has a client refuse the person's kind of key.
func CheckOtherKeys[C Client[S], S eid.Signer](t *testing.T, c C) {
	t.Helper()
	_, err := c.Signer(t.Context())
	require.Equal(t, "algorithm", CodeOf(t, err))
	_, err = c.Authenticate(t.Context(), []byte("a"))
	require.Equal(t, "algorithm", CodeOf(t, err))
}

// CheckDigests has a signer refuse digests of other lengths than SHA-256's.
func CheckDigests[C Client[S], S eid.Signer](t *testing.T, c C) {
	t.Helper()
	signer, err := c.Signer(t.Context())
	require.NoError(t, err)
	for _, n := range []int{0, 20, 31, 33, 48} {
		_, err := signer.SignDigest(t.Context(), make([]byte, n))
		require.Equal(t, "config", CodeOf(t, err))
	}
}
