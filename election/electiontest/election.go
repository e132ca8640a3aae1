// Package electiontest makes small whole elections for tests: with a card
// issuer, trustees who held their ceremony, and voters with cards. Its elections
// are games, since every key is at hand.
package electiontest

import (
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"slices"
	"time"

	"valik/board"
	"valik/crypto/threshold"
	"valik/eid"
	"valik/eid/testpki"
	"valik/election"
)

// Election is an election with everybody's keys.
type Election struct {
	Manifest  *election.Manifest
	Authority *testpki.Authority
	Official  *testpki.Key // signs for the electoral authority
	Board     *board.Key
	Collector ed25519.PrivateKey
	Mixers    []ed25519.PrivateKey // of operators 0 …
	Trustees  []*threshold.Identity
	Shares    []*threshold.KeyShare
	Ceremony  *election.Ceremony
	Keys      *threshold.Keys
	Roll      *election.Roll
	Cards     []*testpki.Card // of the voters, in the order of the roll
}

// Opens and Closes are the opening hours of every election of this package.
var (
	Opens  = time.Date(2029, 3, 1, 9, 0, 0, 0, time.UTC)
	Closes = time.Date(2029, 3, 5, 20, 0, 0, 0, time.UTC)
)

// New makes an election with n voters, who live by turns in the two districts,
// three trustees of whom two decrypt, and two mixers. change, if not nil, may
// change the manifest before anything depends on it.
func New(n int, change func(*election.Manifest)) (*Election, error) {
	e := new(Election)
	if err := e.makeKeys(); err != nil {
		return nil, err
	}
	m := e.manifest()
	if change != nil {
		change(&m)
	}
	var err error
	if e.Manifest, err = election.NewManifest(m); err != nil {
		return nil, err
	}
	if err := e.holdCeremony(); err != nil {
		return nil, err
	}
	return e, e.register(n)
}

func (e *Election) makeKeys() (err error) {
	year := 365 * 24 * time.Hour
	if e.Authority, err = testpki.NewAuthority("Test", Opens.Add(-year), Closes.Add(year)); err != nil {
		return err
	}
	if e.Official, err = e.Authority.Official("Electoral Authority"); err != nil {
		return err
	}
	if e.Board, err = board.NewKey("election.example/board"); err != nil {
		return err
	}
	e.Collector = newKey()
	e.Mixers = []ed25519.PrivateKey{newKey(), newKey()}
	for j := range 3 {
		id, err := threshold.NewIdentity(fmt.Sprintf("Trustee %d", j+1))
		if err != nil {
			return err
		}
		e.Trustees = append(e.Trustees, id)
	}
	return nil
}

func newKey() ed25519.PrivateKey {
	_, key, _ := ed25519.GenerateKey(rand.Reader) // never fails
	return key
}

func public(key ed25519.PrivateKey) election.Key {
	return election.Key(key.Public().(ed25519.PublicKey))
}

// manifest has two contests: every district votes for a mayor, in one slot, and
// the first one also for two members of a council, who may not be blank.
func (e *Election) manifest() election.Manifest {
	m := election.Manifest{
		ID: "TEST2029", Languages: []string{"en", "et"},
		Title: election.Text{"en": "Test election", "et": "Proovivalimised"},
		Opens: election.At(Opens), Closes: election.At(Closes), Profile: election.ProfileOpen,
		Authority: election.Authority{Officials: [][]byte{e.Official.Certificate().Raw}, Signatures: 1},
		EID:       election.EID{Profile: *eid.Estonia()},
		Board:     election.Board{Origin: e.Board.Origin(), Key: e.Board.Public(), Witnesses: []string{}},
		Collector: election.Collector{URL: "http://localhost", Key: public(e.Collector)},
		Trustees:  election.Trustees{Threshold: 2},
		Mixers:    election.Mixers{Required: 2},
		Contests: []election.Contest{
			{ID: "mayor", Title: election.Text{"en": "Mayor", "et": "Linnapea"}, Slots: 1, Blank: true},
			{ID: "council", Title: election.Text{"en": "Council", "et": "Volikogu"}, Slots: 2},
		},
		Districts: []election.District{
			{ID: "0176.1", Name: "North", Parishes: []string{"0339"}},
			{ID: "0176.2", Name: "South", Parishes: []string{"0482", "FOREIGN"}},
		},
		Lists: []election.ChoiceList{
			{Contest: "mayor", District: "0176.1", Lists: slates(101, 3)},
			{Contest: "mayor", District: "0176.2", Lists: slates(101, 3)},
			{Contest: "council", District: "0176.1", Lists: slates(201, 5)},
		},
		Rules: election.Rules{Invalid: election.InvalidReported, Ties: election.TiesByLot},
		Check: election.Check{Limit: 3, Minutes: 30},
	}
	for _, c := range e.Authority.Certificates() {
		m.EID.Issuers = append(m.EID.Issuers, c.Raw)
	}
	for _, t := range e.Trustees {
		m.Trustees.Cards = append(m.Trustees.Cards, t.Card().Bytes())
	}
	for i, key := range e.Mixers {
		m.Mixers.Operators = append(m.Mixers.Operators, election.Operator{Name: fmt.Sprintf("Mixer %d", i+1), Key: public(key)})
	}
	return m
}

// slates gives two lists of n choices in all.
func slates(first, n int) []election.Slate {
	all := []election.Slate{{Name: "First list"}, {Name: "Second list"}}
	for i := range n {
		code := fmt.Sprintf("0176.%d", first+i)
		s := &all[i%2]
		s.Choices = append(s.Choices, election.Choice{Code: code, Name: "Candidate " + code})
	}
	return all
}

// codes gives n personal codes in ascending order.
func codes(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = testpki.PersonalCode(i)
	}
	slices.Sort(all)
	return all
}

// register makes the roll and the voters' cards.
func (e *Election) register(n int) error {
	var voters []election.Voter
	for i, code := range codes(n) {
		v := election.Voter{
			Code: code, Name: fmt.Sprintf("Voter %d", i),
			District: "0176.1", Parish: "0339",
		}
		if i%2 == 1 {
			v.District, v.Parish = "0176.2", "0482"
		}
		rand.Read(v.Pseudonym[:])
		voters = append(voters, v)
		curve := elliptic.P384()
		if i%3 == 1 {
			curve = elliptic.P256()
		}
		card, err := e.Authority.Issue(v.Code, "Voter", fmt.Sprint(i), curve)
		if err != nil {
			return err
		}
		e.Cards = append(e.Cards, card)
	}
	var salt election.Salt
	rand.Read(salt[:])
	roll, err := election.NewRoll(e.Manifest.Fingerprint(), 0, salt, e.Manifest.Opens, e.Manifest.Closes, voters)
	e.Roll = roll
	return err
}
