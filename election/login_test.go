package election_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/election"
	"valik/election/electiontest"
)

// The bytes of a sign-on, as docs/protocol/voting.md shows them.
func TestLoginDocuments(t *testing.T) {
	fp, challenge := election.HashOf([]byte("election")), election.HashOf([]byte("challenge"))
	require.Equal(t, `{"challenge":"`+challenge.String()+`","election":"`+fp.String()+`","expires":"2023-03-01T09:02:00Z","type":"valik/challenge","version":1}`,
		string(election.NewChallenge(fp, challenge, 1677661320).Bytes()))
	require.Equal(t, `{"challenge":"`+challenge.String()+`","election":"`+fp.String()+`","login":"AQID","type":"valik/login","version":1}`,
		string(election.NewLogin(fp, challenge, []byte{1, 2, 3}).Bytes()))
	require.Equal(t, `{"casts":["2023-03-01T09:00:00Z"],"district":"0000.1","election":"`+fp.String()+`","pseudonym":"01000000000000000000000000000000","session":{"expires":"2023-03-01T09:15:00Z","token":"AQ=="},"type":"valik/eligibility","version":1}`,
		string(election.NewEligibility(fp, "0000.1", election.Pseudonym{1}, []election.Time{1677661200}, election.Session{Token: []byte{1}, Expires: 1677662100}).Bytes()))
}

// Who has not voted yet has an empty list, which has one form.
func TestEligibilityWithoutBallots(t *testing.T) {
	b := election.NewEligibility(election.Hash{}, "0000.1", election.Pseudonym{}, nil, election.Session{Token: []byte{1}}).Bytes()
	require.Contains(t, string(b), `"casts":[]`)
	v, err := election.ParseEligibility(b)
	require.NoError(t, err)
	require.Empty(t, v.Casts)
	_, err = election.ParseEligibility([]byte(strings.Replace(string(b), "[]", "null", 1)))
	var form *election.FormatError
	require.ErrorAs(t, err, &form)
}

func TestLoginDocumentsAreNotTakenForEachOther(t *testing.T) {
	h := election.HashOf([]byte("x"))
	challenge, login := election.NewChallenge(h, h, 1).Bytes(), election.NewLogin(h, h, nil).Bytes()
	eligibility := election.NewEligibility(h, "0000.1", election.Pseudonym{}, nil, election.Session{Token: []byte{1}}).Bytes()
	for _, b := range [][]byte{login, eligibility, nil, []byte("{}")} {
		_, err := election.ParseChallenge(b)
		require.Error(t, err)
	}
	for _, b := range [][]byte{challenge, eligibility, nil, []byte("{}")} {
		_, err := election.ParseLogin(b)
		require.Error(t, err)
	}
	for _, b := range [][]byte{challenge, login, nil, []byte("{}")} {
		_, err := election.ParseEligibility(b)
		require.Error(t, err)
	}
}

// An answer is worth nothing in another election, at another collector, or to
// another challenge.
func TestLoginIsBoundToElectionAndCollector(t *testing.T) {
	e := smallElection(t)
	rehearsal := *e.Manifest
	rehearsal.ID = "REHEARSAL"
	other, err := election.NewManifest(rehearsal)
	require.NoError(t, err)
	require.NotEqual(t, e.Manifest.LoginPurpose(), other.LoginPurpose())
	require.Equal(t, "vote in "+e.Manifest.Fingerprint().String(), e.Manifest.LoginPurpose())

	challenge := eid.Challenge(election.HashOf([]byte("challenge")))
	issuers, err := e.Manifest.EIDIssuers()
	require.NoError(t, err)
	at, channel := e.Manifest.Opens.Time(), bytes.Repeat([]byte{1}, 32)
	question := e.Manifest.Question(challenge, channel)
	login, err := question.Sign(context.Background(), eid.AuthenticateWith(e.Cards[0].Authentication))
	require.NoError(t, err)
	who, err := login.Verify(issuers, question, at)
	require.NoError(t, err)
	require.Equal(t, e.Roll.List[0].Code, who.Code)
	elsewhere := *question
	elsewhere.Origin = "https://elsewhere.example"
	for name, q := range map[string]*eid.Question{
		"rehearsal": other.Question(challenge, channel), "elsewhere": &elsewhere,
		"another challenge": e.Manifest.Question(eid.Challenge{}, channel), "another channel": e.Manifest.Question(challenge, nil),
	} {
		_, err = login.Verify(issuers, q, at)
		require.Error(t, err, name)
	}
}

// The accepted issuers are those of the manifest's own bytes, also of a copy that was
// changed.
func TestIssuersFollowTheManifest(t *testing.T) {
	e := smallElection(t)
	other, err := electiontest.New(1, nil)
	require.NoError(t, err)
	_, err = e.Manifest.EIDIssuers()
	require.NoError(t, err)
	changed := *e.Manifest
	changed.EID = other.Manifest.EID
	m, err := election.NewManifest(changed)
	require.NoError(t, err)
	issuers, err := m.EIDIssuers()
	require.NoError(t, err)
	at := m.Opens.Time()
	require.NoError(t, issuers.Verify(other.Cards[0].Signing.Certificate(), eid.Signing, at))
	require.Error(t, issuers.Verify(e.Cards[0].Signing.Certificate(), eid.Signing, at))
}
