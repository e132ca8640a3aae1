package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net"
	"time"

	"valik/board"
	"valik/data"
	"valik/eid"
	"valik/eid/testpki"
	"valik/election"
	"valik/election/vis3"
	"valik/internal/office"
	"valik/tally"
)

// The parties of the demo.
const (
	electionID = "RK2023"
	origin     = "valik.demo/rk2023"
	threshold  = 3
)

var (
	trusteeNames = []string{"State Electoral Office", "National Electoral Committee", "Supreme Court", "Bar Association", "University"}
	mixerNames   = []string{"Information System Authority", "Observers' Association"}
)

// keys are all private keys of the officials.
type keys struct {
	pki       *testpki.Authority
	services  *services
	authority *testpki.Key
	board     *board.Key
	receipts  ed25519.PrivateKey
	mixers    []ed25519.PrivateKey
	trustees  []*tally.Trustee
	listener  net.Listener
}

// setUp makes everybody's keys, the manifest and the voter roll.
func (d *demo) setUp(context.Context) error {
	d.chapter("Preparation")
	d.clock = newClock(opens.Add(-48 * time.Hour))
	var err error
	if d.people, err = newElectorate(d.voters); err != nil {
		return err
	}
	if d.keys, err = d.makeKeys(); err != nil {
		return err
	}
	if d.manifest, err = d.makeManifest(); err != nil {
		return err
	}
	roll, err := d.makeRoll()
	if err != nil {
		return err
	}
	if err := d.issueCards(); err != nil {
		return err
	}
	folder := tally.NewFolder(d.office)
	if err := folder.Setup(d.manifest, roll, &tally.Authority{Signers: []eid.Signer{d.keys.authority}}, d.keys.board); err != nil {
		return err
	}
	d.say("%s: %d districts, %d candidates, %d voters on the roll.", d.manifest.Title.In("en"), len(d.manifest.Districts), d.candidates(), len(roll.List))
	d.say("The authority has signed the manifest. Its fingerprint, which everything is bound to:")
	d.say("%s", d.manifest.Fingerprint())
	return nil
}

func (d *demo) candidates() (n int) {
	for _, id := range d.manifest.ListIDs() {
		n += len(d.manifest.Codes(id.Contest, id.District))
	}
	return n
}

func (d *demo) makeKeys() (*keys, error) {
	k := new(keys)
	var err error
	if k.pki, err = testpki.NewAuthority("Valik demo eID", certified, expires()); err != nil {
		return nil, err
	}
	if k.pki, k.services, err = d.serve(k.pki); err != nil {
		return nil, err
	}
	if k.authority, err = k.pki.Official("Electoral authority of the demo"); err != nil {
		return nil, err
	}
	if k.board, err = board.NewKey(origin); err != nil {
		return nil, err
	}
	if _, k.receipts, err = ed25519.GenerateKey(rand.Reader); err != nil {
		return nil, err
	}
	for range mixerNames {
		_, mixer, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return nil, err
		}
		k.mixers = append(k.mixers, mixer)
	}
	for i, name := range trusteeNames {
		t, err := tally.NewTrustee(name, d.file(fmt.Sprintf("trustee-%d.age", i+1)), newVault())
		if err != nil {
			return nil, err
		}
		k.trustees = append(k.trustees, t)
	}
	k.listener, err = net.Listen("tcp", "127.0.0.1:0")
	return k, err
}

// newVault has a random passphrase, so a small work factor is as good as a large one.
func newVault() *tally.Vault {
	const workFactor = 2
	b := make([]byte, 16)
	rand.Read(b)
	return tally.NewVault(hex.EncodeToString(b), workFactor)
}

func (d *demo) makeManifest() (*election.Manifest, error) {
	districts, err := vis3.ParseDistricts(data.RK2023Districts)
	if err != nil {
		return nil, err
	}
	choices, err := vis3.ParseChoices(data.RK2023Choices)
	if err != nil {
		return nil, err
	}
	lists, err := vis3.ChoiceLists(electionID, districts, choices)
	if err != nil {
		return nil, err
	}
	m := election.Manifest{
		ID: electionID, Languages: []string{"et", "en"},
		Title: election.Text{"et": "Riigikogu valimised 2023 (näidis)", "en": "Riigikogu election 2023 (demonstration)"},
		Opens: election.At(opens), Closes: election.At(closes), Profile: d.profile,
		Authority: election.Authority{Officials: [][]byte{d.keys.authority.Certificate().Raw}, Signatures: 1},
		EID:       election.EID{Profile: *eid.Estonia(), Evidence: d.keys.services.evidence()},
		Board:     election.Board{Origin: origin, Key: d.keys.board.Public()},
		Collector: election.Collector{URL: "http://" + d.keys.listener.Addr().String(), Key: election.Key(d.keys.receipts.Public().(ed25519.PublicKey))},
		Trustees:  election.Trustees{Threshold: threshold},
		Mixers:    election.Mixers{Required: len(mixerNames)},
		Contests:  []election.Contest{{ID: electionID, Title: election.Text{"et": "Riigikogu liikmed", "en": "Members of the Riigikogu"}, Slots: 1}},
		Districts: districts.List, Lists: lists,
		Rules: election.Rules{Invalid: election.InvalidReported, Ties: election.TiesByLot},
		Check: election.Check{Limit: 3, Minutes: 30},
	}
	for _, c := range d.keys.pki.Certificates() {
		m.EID.Issuers = append(m.EID.Issuers, c.Raw)
	}
	for _, t := range d.keys.trustees {
		m.Trustees.Cards = append(m.Trustees.Cards, t.Card().Bytes())
	}
	for i, name := range mixerNames {
		m.Mixers.Operators = append(m.Mixers.Operators, election.Operator{Name: name, Key: election.Key(d.keys.mixers[i].Public().(ed25519.PublicKey))})
	}
	return election.NewManifest(m)
}

// makeRoll takes the way of a real voter list: as a file in the VIS3 format.
func (d *demo) makeRoll() (*election.Roll, error) {
	var list bytes.Buffer
	fmt.Fprintf(&list, "2\n%s\n0\n%s\t%s\n", electionID, opens.Format(time.RFC3339), closes.Format(time.RFC3339))
	for i, p := range d.people.persons {
		district, _ := d.manifest.District(p.district)
		_, number, _ := bytes.Cut([]byte(p.district), []byte("."))
		fmt.Fprintf(&list, "lisamine\t%s\tTEST VOTER%d\t%s\t%s\n", p.code, i+1, district.Parishes[0], number)
	}
	parsed, err := vis3.ParseVoterList(list.Bytes(), d.manifest.EIDRules())
	if err != nil {
		return nil, err
	}
	register := vis3.NewRegister(electionID, d.manifest.Districts)
	if err := register.Apply(parsed); err != nil {
		return nil, err
	}
	return register.Roll(d.manifest.Fingerprint(), nil)
}

// ceremony lets the trustees make the election's key together.
func (d *demo) ceremony(context.Context) error {
	if err := office.HoldCeremony(tally.NewFolder(d.office), d.keys.trustees, d.keys.board); err != nil {
		return err
	}
	d.say("%d trustees have made the election's key together; any %d of them can decrypt, fewer cannot. All %d shares were tried.", len(trusteeNames), threshold, len(trusteeNames))
	return nil
}
