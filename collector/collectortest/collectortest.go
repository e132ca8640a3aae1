// Package collectortest sets elections up for the tests of a collector: with their folder
// on disk, as the officer leaves it, and the cards of their voters.
package collectortest

import (
	"crypto/ed25519"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/board"
	"valik/crypto/threshold"
	"valik/eid/testpki"
	"valik/eid/testpki/responder"
	"valik/election"
)

// The small election: two districts, one contest, three trustees of whom two decrypt.
const (
	Origin    = "board.example.ee/test"
	URL       = "https://vote.example.ee"
	District  = "0000.1"
	Elsewhere = "0784.2"
	Contest   = "mayor"

	boardKeyFile   = "board.key"
	receiptKeyFile = "receipt.key"
)

// Opens and Closes are the hours of the polls. Officials sign by this machine's clock and
// voters by that of a test: certificates hold for both.
var (
	Opens  = time.Now().UTC().Truncate(time.Hour).AddDate(0, 1, 0)
	Closes = Opens.Add(time.Hour)
)

// World is an election that is set up, with its folder on disk and its voters' cards.
type World struct {
	Dir        string
	Manifest   *election.Manifest
	Keys       *threshold.Keys
	BoardKey   *board.Key
	ReceiptKey ed25519.PrivateKey
	Official   *testpki.Key
	Issuer     *testpki.Authority
	Services   *responder.Responder // of the issuer, from NewOnline
	Stamps     string               // address of its time-stamps
	Voters     []*Voter
}

// Voter is a line of the roll with the voter's card.
type Voter struct {
	Card *testpki.Card
	*election.Voter
}

// New sets an election up as the officer does, with so many voters, of whom every
// fifth lives Elsewhere. change may change the manifest before it is signed.
func New(t testing.TB, voters int, change ...func(*election.Manifest)) *World {
	t.Helper()
	w := &World{Dir: t.TempDir()}
	w.makeKeys(t)
	return w.finish(t, voters, change)
}

// NewOnline sets an election up whose issuer answers about its certificates and makes
// time-stamps, by a clock, and whose manifest has a policy for this evidence. The policy's
// authorities are filled in, where it has a part about time.
func NewOnline(t testing.TB, voters int, now func() time.Time, policy election.EvidencePolicy, change ...func(*election.Manifest)) *World {
	t.Helper()
	w := &World{Dir: t.TempDir()}
	w.makeKeys(t)
	var err error
	w.Services, err = responder.New(w.Issuer, now)
	require.NoError(t, err)
	server := httptest.NewServer(w.Services)
	t.Cleanup(server.Close)
	w.Issuer = w.Issuer.Online(server.URL)
	w.Stamps = server.URL + testpki.TimePath
	if policy.Time != nil {
		stamps := *policy.Time
		for _, cert := range w.Services.Authorities() {
			stamps.Authorities = append(stamps.Authorities, cert.Raw)
		}
		policy.Time = &stamps
	}
	online := func(m *election.Manifest) { m.EID.Evidence = &policy }
	return w.finish(t, voters, append([]func(*election.Manifest){online}, change...))
}

func (w *World) finish(t testing.TB, voters int, change []func(*election.Manifest)) *World {
	identities := w.makeManifest(t, change)
	w.makeCeremony(t, identities)
	w.makeRoll(t, voters)
	w.LogSetup(t)
	return w
}

// Fingerprint is the election's.
func (w *World) Fingerprint() election.Hash { return w.Manifest.Fingerprint() }
