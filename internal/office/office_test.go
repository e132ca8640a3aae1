package office

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/board"
	"valik/eid"
	"valik/election"
	"valik/tally"
)

const (
	district = "0000.1"
	parish   = "0001"
)

func plan() Plan {
	return Plan{
		ID: "OFFICE", Name: "Office", Address: "127.0.0.1:1",
		Voters: []Voter{{"MARI", "ONE", district, parish}, {"JURI", "TWO", district, parish}, {"ANU", "THREE", district, parish}},
		Complete: func(m *election.Manifest) {
			m.Contests = []election.Contest{{ID: "QUESTION", Title: m.Title, Slots: 1}}
			m.Districts = []election.District{{ID: district, Name: "Everywhere", Parishes: []string{parish}}}
			m.Lists = []election.ChoiceList{{Contest: "QUESTION", District: district, Lists: []election.Slate{
				{Name: "List", Choices: []election.Choice{{Code: "1", Name: "One"}}},
			}}}
		},
	}
}

// The board of an election that is set up has its manifest, ceremony and roll, and the
// ceremony is of the manifest.
func TestNew(t *testing.T) {
	dir := t.TempDir()
	o, err := New(t.Context(), dir, plan())
	require.NoError(t, err)
	manifest, err := tally.NewFolder(dir).Manifest()
	require.NoError(t, err)
	require.Equal(t, o.Manifest.Fingerprint(), manifest.Fingerprint())
	require.Equal(t, "http://127.0.0.1:1", manifest.Collector.URL)
	log, err := board.OpenFolder(filepath.Join(dir, "record"), manifest.Policy())
	require.NoError(t, err)
	require.EqualValues(t, 3, log.Checkpoint().Size)
	require.NoError(t, log.Close())

	raw, err := os.ReadFile(filepath.Join(dir, "record", election.CeremonyFile))
	require.NoError(t, err)
	ceremony, err := election.ParseCeremony(raw)
	require.NoError(t, err)
	_, err = ceremony.Verify(manifest)
	require.NoError(t, err)
}

// Card i is that of line i of the roll, and its issuer is one of the manifest's.
func TestCardsAreInTheOrderOfTheRoll(t *testing.T) {
	o, err := New(t.Context(), t.TempDir(), plan())
	require.NoError(t, err)
	require.NoError(t, o.Roll.Check(o.Manifest))
	require.Len(t, o.Cards, 3)
	for i, line := range o.Roll.List {
		subject := o.Cards[i].Signing.Certificate().Subject
		require.Contains(t, subject.SerialNumber, line.Code)
		require.Contains(t, []string{"MARI ONE", "JURI TWO", "ANU THREE"}, line.Name)
		require.Contains(t, subject.CommonName, strings.Fields(line.Name)[1])
		require.Equal(t, eid.ES256, o.Cards[i].Signing.Algorithm())
	}
}

// A collector finds its keys, which are those of the manifest.
func TestWriteKeys(t *testing.T) {
	dir := t.TempDir()
	o, err := New(t.Context(), dir, plan())
	require.NoError(t, err)
	require.NoFileExists(t, filepath.Join(dir, BoardKeyFile), "keys are written only for those who ask")
	require.NoError(t, o.WriteKeys())

	for _, name := range []string{BoardKeyFile, ReceiptKeyFile} {
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		require.EqualValues(t, 0o600, info.Mode().Perm(), name)
	}
	text, err := os.ReadFile(filepath.Join(dir, BoardKeyFile))
	require.NoError(t, err)
	key, err := board.ParseKey(strings.TrimSpace(string(text)))
	require.NoError(t, err)
	require.Equal(t, o.Manifest.Board.Key, key.Public())
	text, err = os.ReadFile(filepath.Join(dir, ReceiptKeyFile))
	require.NoError(t, err)
	block, _ := pem.Decode(text)
	require.NotNil(t, block)
	receipts, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	require.NoError(t, err)
	require.Equal(t, o.Manifest.Collector.Key, election.Key(receipts.(ed25519.PrivateKey).Public().(ed25519.PublicKey)))
}

// The plan is told of every card.
func TestStep(t *testing.T) {
	p := plan()
	var told []string
	p.Step = func(part string, done, total int) { told = append(told, fmt.Sprint(part, done, total)) }
	_, err := New(t.Context(), t.TempDir(), p)
	require.NoError(t, err)
	require.Equal(t, []string{"cards0 3", "cards1 3", "cards2 3"}, told)
}

func TestOneElectionInAFolder(t *testing.T) {
	dir := t.TempDir()
	_, err := New(t.Context(), dir, plan())
	require.NoError(t, err)
	_, err = New(t.Context(), dir, plan())
	require.ErrorIs(t, err, tally.ErrDone)
}

// What is not an election is refused before anything is signed or on a board.
func TestPlansThatAreRefused(t *testing.T) {
	for name, change := range map[string]func(*election.Manifest){
		"no contests": func(m *election.Manifest) { m.Contests = nil },
		"a language without texts": func(m *election.Manifest) {
			m.Languages = append(m.Languages, "et")
		},
		"a list of another district": func(m *election.Manifest) { m.Lists[0].District = "0000.2" },
		"one mixer":                  func(m *election.Manifest) { m.Mixers.Required = 1 },
	} {
		t.Run(name, func(t *testing.T) {
			p, dir := plan(), t.TempDir()
			complete := p.Complete
			p.Complete = func(m *election.Manifest) { complete(m); change(m) }
			_, err := New(t.Context(), dir, p)
			var format *election.FormatError
			require.ErrorAs(t, err, &format)
			require.NoDirExists(t, filepath.Join(dir, "record"))
		})
	}
}

func TestAVoterOfAnotherDistrictIsRefused(t *testing.T) {
	p := plan()
	p.Voters[1].District = "0000.2"
	_, err := New(t.Context(), t.TempDir(), p)
	require.ErrorContains(t, err, "0000.2")
}

func TestEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p, dir := plan(), t.TempDir()
	p.Step = func(string, int, int) { cancel() }
	_, err := New(ctx, dir, p)
	require.ErrorIs(t, err, context.Canceled)
	require.NoDirExists(t, filepath.Join(dir, "record"), "nothing is set up")
}

// A plan's keys are not printed by accident.
func TestRedacted(t *testing.T) {
	o, err := New(t.Context(), t.TempDir(), plan())
	require.NoError(t, err)
	require.Equal(t, redacted, fmt.Sprint(o))
	require.Equal(t, redacted, fmt.Sprintf("%#v", o))
}
