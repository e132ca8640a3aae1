package collectortest

import (
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/board"
	"valik/crypto/threshold"
	"valik/eid"
	"valik/eid/testpki"
	"valik/election"
)

func (w *World) makeKeys(t testing.TB) {
	var err error
	w.BoardKey, err = board.NewKey(Origin)
	require.NoError(t, err)
	_, w.ReceiptKey, err = ed25519.GenerateKey(nil)
	require.NoError(t, err)
	w.Issuer, err = testpki.NewAuthority("Test", Opens.AddDate(-1, 0, 0), Opens.AddDate(1, 0, 0))
	require.NoError(t, err)
	w.Official, err = w.Issuer.Official("Electoral Office")
	require.NoError(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(w.ReceiptKey)
	require.NoError(t, err)
	w.WriteFile(t, boardKeyFile, []byte(w.BoardKey.Secret()+"\n"))
	w.WriteFile(t, receiptKeyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}))
}

func (w *World) makeManifest(t testing.TB, change []func(*election.Manifest)) []*threshold.Identity {
	var identities []*threshold.Identity
	var cards [][]byte
	for j := range 3 {
		id, err := threshold.NewIdentity(fmt.Sprint("Trustee ", j+1))
		require.NoError(t, err)
		identities, cards = append(identities, id), append(cards, id.Card().Bytes())
	}
	issuers := [][]byte{}
	for _, c := range w.Issuer.Certificates() {
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
		Opens: election.At(Opens), Closes: election.At(Closes), Profile: election.ProfileOpen,
		Authority: election.Authority{Officials: [][]byte{w.Official.Certificate().Raw}, Signatures: 1},
		EID:       election.EID{Profile: *eid.Estonia(), Issuers: issuers},
		Board:     election.Board{Origin: Origin, Key: w.BoardKey.Public(), Witnesses: []string{}},
		Collector: election.Collector{URL: URL, Key: election.Key(w.ReceiptKey.Public().(ed25519.PublicKey))},
		Trustees:  election.Trustees{Threshold: 2, Cards: cards},
		Mixers:    election.Mixers{Required: 2, Operators: operators},
		Contests:  []election.Contest{{ID: Contest, Title: election.Text{"en": "Mayor"}, Slots: 1, Blank: true}},
		Districts: []election.District{
			{ID: District, Name: "Here", Parishes: []string{"0001"}},
			{ID: Elsewhere, Name: "Elsewhere", Parishes: []string{"0784"}},
		},
		Lists: []election.ChoiceList{
			{Contest: Contest, District: District, Lists: slates("1.")},
			{Contest: Contest, District: Elsewhere, Lists: slates("2.")},
		},
		Rules: election.Rules{Invalid: election.InvalidReported, Ties: election.TiesByLot},
		Check: election.Check{Limit: 3, Minutes: 30},
	}
	for _, f := range change {
		f(&m)
	}
	var err error
	w.Manifest, err = election.NewManifest(m)
	require.NoError(t, err)
	w.createBoard(t)
	w.WriteSigned(t, "record/manifest.json", w.Manifest.Bytes())
	return identities
}

func (w *World) makeCeremony(t testing.TB, identities []*threshold.Identity) {
	params, err := election.CeremonyParams(w.Manifest, 1)
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
	doc := election.NewCeremony(w.Manifest, 1, &c)
	w.Keys, err = doc.Verify(w.Manifest)
	require.NoError(t, err)
	w.WriteFile(t, "record/ceremony.json", doc.Bytes())
}

func (w *World) makeRoll(t testing.TB, voters int) {
	for i := range voters {
		card, err := w.Issuer.Issue(testpki.PersonalCode(i), fmt.Sprint("Given", i), "Voter", elliptic.P256())
		require.NoError(t, err)
		v := &election.Voter{Code: testpki.PersonalCode(i), Name: fmt.Sprint("Given", i, " Voter"), District: District, Parish: "0001"}
		if i%5 == 4 {
			v.District, v.Parish = Elsewhere, "0784"
		}
		rand.Read(v.Pseudonym[:])
		w.Voters = append(w.Voters, &Voter{card, v})
	}
	w.WriteRoll(t, 0, w.Voters)
}
