package collector

import (
	"context"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/board"
	"valik/crypto/elgamal"
	"valik/crypto/threshold"
	"valik/eid"
	"valik/eid/testpki"
	"valik/election"
)

// The small election of the tests: two districts, two contests, three trustees of whom
// two decrypt.
const (
	origin    = "board.example.ee/test"
	serverURL = "https://vote.example.ee"
	district  = "0000.1"
	elsewhere = "0784.2"
)

var (
	// Officials sign by this machine's clock, voters by the test's: certificates hold for both.
	opens  = time.Now().UTC().Truncate(time.Hour).AddDate(0, 1, 0)
	closes = opens.Add(time.Hour)
	ctx    = context.Background()
)

// clock is the time that the tests let pass.
type clock struct{ unix atomic.Int64 }

func (c *clock) now() time.Time       { return time.Unix(c.unix.Load(), 0).UTC() }
func (c *clock) set(t time.Time)      { c.unix.Store(t.Unix()) }
func (c *clock) pass(d time.Duration) { c.set(c.now().Add(d)) }

// world is an election that is set up, with its folder on disk and its voters' cards.
type world struct {
	dir        string
	manifest   *election.Manifest
	keys       *threshold.Keys
	boardKey   *board.Key
	receiptKey ed25519.PrivateKey
	official   *testpki.Key
	issuer     *testpki.Authority
	voters     []*voter
	log        *board.Folder
}

type voter struct {
	card *testpki.Card
	*election.Voter
}

// newWorld sets an election up as the officer does, with so many voters, of whom every
// fifth lives elsewhere. change may change the manifest before it is signed.
func newWorld(t testing.TB, voters int, change ...func(*election.Manifest)) *world {
	t.Helper()
	w := &world{dir: t.TempDir()}
	w.makeKeys(t)
	identities := w.makeManifest(t, change)
	w.makeCeremony(t, identities)
	w.makeRoll(t, voters)
	for i, e := range []*election.Entry{
		election.NewEntry(election.KindManifest, w.fingerprint(), w.fingerprint()),
		election.NewEntry(election.KindCeremony, w.fingerprint(), election.HashOf(w.read(t, "record/ceremony.json"))),
		election.NewEntry(election.KindRoll, w.fingerprint(), election.HashOf(w.read(t, "sealed/roll-0.jsonl"))),
	} {
		_, err := w.log.Append(w.boardKey, e.Bytes())
		require.NoError(t, err, i)
	}
	require.NoError(t, w.log.Close())
	return w
}

func (w *world) fingerprint() election.Hash { return w.manifest.Fingerprint() }

func (w *world) makeKeys(t testing.TB) {
	var err error
	w.boardKey, err = board.NewKey(origin)
	require.NoError(t, err)
	_, w.receiptKey, err = ed25519.GenerateKey(nil)
	require.NoError(t, err)
	w.issuer, err = testpki.NewAuthority("Test", opens.AddDate(-1, 0, 0), opens.AddDate(1, 0, 0))
	require.NoError(t, err)
	w.official, err = w.issuer.Official("Electoral Office")
	require.NoError(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(w.receiptKey)
	require.NoError(t, err)
	w.writeFile(t, "board.key", []byte(w.boardKey.Secret()+"\n"))
	w.writeFile(t, "receipt.key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}))
}

// loadKeys reads what makeKeys wrote, for a collector in another process.
func (w *world) loadKeys() error {
	text, err := os.ReadFile(filepath.Join(w.dir, "board.key"))
	if err != nil {
		return err
	}
	if w.boardKey, err = board.ParseKey(strings.TrimSpace(string(text))); err != nil {
		return err
	}
	text, err = os.ReadFile(filepath.Join(w.dir, "receipt.key"))
	if err != nil {
		return err
	}
	block, _ := pem.Decode(text)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return err
	}
	w.receiptKey = key.(ed25519.PrivateKey)
	return nil
}

func (w *world) makeManifest(t testing.TB, change []func(*election.Manifest)) []*threshold.Identity {
	var identities []*threshold.Identity
	var cards [][]byte
	for j := range 3 {
		id, err := threshold.NewIdentity(fmt.Sprint("Trustee ", j+1))
		require.NoError(t, err)
		identities, cards = append(identities, id), append(cards, id.Card().Bytes())
	}
	issuers := [][]byte{}
	for _, c := range w.issuer.Certificates() {
		issuers = append(issuers, c.Raw)
	}
	operators := []election.Operator{}
	for _, name := range []string{"Mixer A", "Mixer B"} {
		public, _, err := ed25519.GenerateKey(nil)
		require.NoError(t, err)
		operators = append(operators, election.Operator{Name: name, Key: election.Key(public)})
	}
	slates := func(prefix string) []election.Slate {
		return []election.Slate{{Name: "List", Choices: []election.Choice{{Code: prefix + "1", Name: "One"}, {Code: prefix + "2", Name: "Two"}}}}
	}
	m := election.Manifest{
		ID: "TEST2029", Title: election.Text{"en": "Test"}, Languages: []string{"en"},
		Opens: election.At(opens), Closes: election.At(closes), Profile: election.ProfileOpen,
		Authority: w.official.Certificate().Raw,
		Board:     election.Board{Origin: origin, Key: w.boardKey.Public(), Witnesses: []string{}},
		Collector: election.Collector{URL: serverURL, Key: election.Key(w.receiptKey.Public().(ed25519.PublicKey))},
		Issuers:   issuers, Trustees: election.Trustees{Threshold: 2, Cards: cards},
		Mixers:   election.Mixers{Required: 2, Operators: operators},
		Contests: []election.Contest{{ID: "mayor", Title: election.Text{"en": "Mayor"}, Slots: 1, Blank: true}},
		Districts: []election.District{
			{ID: district, Name: "Here", Parishes: []string{"0001"}},
			{ID: elsewhere, Name: "Elsewhere", Parishes: []string{"0784"}},
		},
		Lists: []election.ChoiceList{
			{Contest: "mayor", District: district, Lists: slates("1.")},
			{Contest: "mayor", District: elsewhere, Lists: slates("2.")},
		},
		Rules: election.Rules{Invalid: election.InvalidReported, Ties: election.TiesByLot},
		Check: election.Check{Limit: 3, Minutes: 30},
	}
	for _, f := range change {
		f(&m)
	}
	var err error
	w.manifest, err = election.NewManifest(m)
	require.NoError(t, err)
	w.log, err = board.CreateFolder(filepath.Join(w.dir, "record"), w.manifest.Policy(), w.boardKey)
	require.NoError(t, err)
	w.writeSigned(t, "record/manifest.json", w.manifest.Bytes())
	return identities
}

func (w *world) makeCeremony(t testing.TB, identities []*threshold.Identity) {
	params, err := election.CeremonyParams(w.manifest, 1)
	require.NoError(t, err)
	var c threshold.Ceremony
	var committed []*threshold.Committed
	var dealt []*threshold.Dealt
	var confirmed []*threshold.Confirmed
	for _, id := range identities {
		state, m, err := threshold.Begin(params, id)
		require.NoError(t, err)
		committed, c.Commitments = append(committed, state), append(c.Commitments, m)
	}
	for _, s := range committed {
		state, m, err := s.Deal(c.Commitments)
		require.NoError(t, err)
		dealt, c.Deals = append(dealt, state), append(c.Deals, m)
	}
	for _, s := range dealt {
		state, m, err := s.Confirm(c.Deals)
		require.NoError(t, err)
		confirmed, c.Confirmations = append(confirmed, state), append(c.Confirmations, m)
	}
	for _, s := range confirmed {
		_, m, err := s.Drill(c.Confirmations)
		require.NoError(t, err)
		c.Drills = append(c.Drills, m)
	}
	doc := election.NewCeremony(w.manifest, 1, &c)
	w.keys, err = doc.Verify(w.manifest)
	require.NoError(t, err)
	w.writeFile(t, "record/ceremony.json", doc.Bytes())
}

func (w *world) makeRoll(t testing.TB, voters int) {
	for i := range voters {
		card, err := w.issuer.Issue(testpki.PersonalCode(i), fmt.Sprint("Given", i), "Voter", elliptic.P256())
		require.NoError(t, err)
		v := &election.Voter{Code: testpki.PersonalCode(i), Name: fmt.Sprint("Given", i, " Voter"), District: district, Parish: "0001"}
		if i%5 == 4 {
			v.District, v.Parish = elsewhere, "0784"
		}
		rand.Read(v.Pseudonym[:])
		w.voters = append(w.voters, &voter{card, v})
	}
	w.writeRoll(t, 0, w.voters)
}

// writeRoll puts a version of the voter roll into the folder.
func (w *world) writeRoll(t testing.TB, changeset int, voters []*voter) {
	lines := make([]election.Voter, len(voters))
	for i, v := range voters {
		lines[i] = *v.Voter
	}
	sort.Slice(lines, func(i, j int) bool { return lines[i].Code < lines[j].Code })
	var salt election.Salt
	rand.Read(salt[:])
	roll, err := election.NewRoll(w.fingerprint(), changeset, salt, election.At(opens), election.At(closes), lines)
	require.NoError(t, err)
	w.writeSigned(t, "sealed/"+election.RollFile(changeset), roll.Bytes())
}

func (w *world) writeSigned(t testing.TB, name string, document []byte) {
	signature, err := eid.SignCMS(document, w.official.Certificate(), w.official.Private())
	require.NoError(t, err)
	w.writeFile(t, name, document)
	w.writeFile(t, name+".p7s", signature)
}

func (w *world) writeFile(t testing.TB, name string, content []byte) {
	file := filepath.Join(w.dir, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
	require.NoError(t, os.WriteFile(file, content, 0o600))
}

func (w *world) read(t testing.TB, name string) []byte {
	b, err := os.ReadFile(filepath.Join(w.dir, name))
	require.NoError(t, err)
	return b
}

// config is a collector's over a database, with a clock.
func (w *world) config(database string, c *clock) Config {
	return Config{
		Database: database, Folder: os.DirFS(w.dir), BoardKey: w.boardKey, ReceiptKey: w.receiptKey,
		Interval: 20 * time.Millisecond, Now: c.now,
	}
}

// ballot prepares and signs a ballot of a voter over an anchor.
func (w *world) ballot(t testing.TB, v *voter, anchor election.Anchor, at time.Time) *signed {
	t.Helper()
	code := "1.1"
	if v.District == elsewhere {
		code = "2.1"
	}
	b, err := election.Prepare(w.manifest, w.keys.Public(), elgamal.NewSeed(), v.District, v.Pseudonym, anchor,
		map[string][]string{"mayor": {code}})
	require.NoError(t, err)
	return w.seal(t, v, b.Bytes(), at)
}

// signed is a ballot in its container.
type signed struct {
	inner, container []byte
}

func (s *signed) innerHash() election.Hash { return election.HashOf(s.inner) }
func (s *signed) envelope() election.Hash  { return election.HashOf(s.container) }

func (w *world) seal(t testing.TB, v *voter, inner []byte, at time.Time) *signed {
	t.Helper()
	c, err := eid.Seal(election.BallotFile(w.manifest), inner, v.card.Signing, at)
	require.NoError(t, err)
	return &signed{inner, c.Bytes()}
}
