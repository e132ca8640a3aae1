package load

import (
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"valik/board"
	"valik/eid"
	"valik/eid/testpki"
	"valik/election"
	"valik/tally"
)

const (
	electionID = "LOAD"
	district   = "0000.1"
	parish     = "0001"
	workFactor = 2 // of the trustees' files, which nobody keeps
)

// office is an election that is set up as officials do it, and the eIDs of its voters.
type office struct {
	dir        string // with record/, sealed/ and the collector's key files
	manifest   *election.Manifest
	folder     *tally.Folder
	boardKey   *board.Key
	receiptKey ed25519.PrivateKey
	issuer     *testpki.Authority
	official   *testpki.Key
	trustees   []*tally.Trustee
	roll       *election.Roll
	cards      []*testpki.Card // of the roll's voters, in its order
}

// setUp makes an election of so many voters and choices, whose polls are open, for a
// collector at an address.
func setUp(dir string, voters, choices int, address string, step func(part string, done, total int)) (*office, error) {
	o := &office{dir: dir, folder: tally.NewFolder(dir)}
	for _, f := range []func() error{
		o.makeKeys,
		func() error { return o.makeManifest(choices, address) },
		func() error { return o.makeRoll(voters, step) },
		o.setUp,
		o.holdCeremony,
		o.writeKeys,
	} {
		if err := f(); err != nil {
			return nil, fmt.Errorf("setting the election up: %w", err)
		}
	}
	return o, nil
}

func (o *office) makeKeys() (err error) {
	now := time.Now()
	if o.issuer, err = testpki.NewAuthority("Load", now.AddDate(0, 0, -1), now.AddDate(1, 0, 0)); err != nil {
		return err
	}
	if o.official, err = o.issuer.Official("Electoral office"); err != nil {
		return err
	}
	if o.boardKey, err = board.NewKey("board.example/load"); err != nil {
		return err
	}
	if _, o.receiptKey, err = ed25519.GenerateKey(nil); err != nil {
		return err
	}
	for j := range 3 {
		path := filepath.Join(o.dir, fmt.Sprintf("trustee-%d.age", j+1))
		t, err := tally.NewTrustee(fmt.Sprint("Trustee ", j+1), path, tally.NewVault(rand.Text(), workFactor))
		if err != nil {
			return err
		}
		o.trustees = append(o.trustees, t)
	}
	return nil
}

func (o *office) makeManifest(choices int, address string) (err error) {
	m := election.Manifest{
		ID: electionID, Title: election.Text{"en": "Load"}, Languages: []string{"en"},
		Opens: election.At(time.Now().Add(-time.Minute)), Closes: election.At(time.Now().AddDate(0, 0, 1)), Profile: election.ProfileOpen,
		Authority: election.Authority{Officials: [][]byte{o.official.Certificate().Raw}, Signatures: 1},
		EID:       election.EID{Profile: *eid.Estonia()},
		Board:     election.Board{Origin: "board.example/load", Key: o.boardKey.Public()},
		Collector: election.Collector{URL: "http://" + address, Key: election.Key(o.receiptKey.Public().(ed25519.PublicKey))},
		Trustees:  election.Trustees{Threshold: 2},
		Mixers:    election.Mixers{Required: 2},
		Contests:  []election.Contest{{ID: electionID, Title: election.Text{"en": "Load"}, Slots: 1}},
		Districts: []election.District{{ID: district, Name: "Everywhere", Parishes: []string{parish}}},
		Lists:     []election.ChoiceList{{Contest: electionID, District: district, Lists: []election.Slate{slate(choices)}}},
		Rules:     election.Rules{Invalid: election.InvalidReported, Ties: election.TiesByLot},
		Check:     election.Check{Limit: 3, Minutes: 30},
	}
	for _, c := range o.issuer.Certificates() {
		m.EID.Issuers = append(m.EID.Issuers, c.Raw)
	}
	for _, t := range o.trustees {
		m.Trustees.Cards = append(m.Trustees.Cards, t.Card().Bytes())
	}
	for _, name := range []string{"Mixer A", "Mixer B"} {
		public, _, err := ed25519.GenerateKey(nil)
		if err != nil {
			return err
		}
		m.Mixers.Operators = append(m.Mixers.Operators, election.Operator{Name: name, Key: election.Key(public)})
	}
	o.manifest, err = election.NewManifest(m)
	return err
}

func slate(choices int) election.Slate {
	s := election.Slate{Name: "List"}
	for i := range choices {
		s.Choices = append(s.Choices, election.Choice{Code: choice(i), Name: fmt.Sprint("Candidate ", i+1)})
	}
	return s
}

func choice(i int) string { return fmt.Sprintf("0000.%d", 101+i) }

// makeRoll gives every voter an eID.
func (o *office) makeRoll(voters int, step func(string, int, int)) error {
	o.cards = make([]*testpki.Card, voters)
	lines := make([]election.Voter, voters)
	for i := range lines {
		lines[i] = election.Voter{Code: testpki.PersonalCode(i), Name: fmt.Sprintf("LOAD VOTER%d", i), District: district, Parish: parish}
		rand.Read(lines[i].Pseudonym[:])
	}
	slices.SortFunc(lines, func(a, b election.Voter) int { return strings.Compare(a.Code, b.Code) })
	err := inParallel(voters, func(i int) (err error) {
		o.cards[i], err = o.issuer.Issue(lines[i].Code, "LOAD", "VOTER", elliptic.P256())
		return err
	}, func(done int) { step("cards", done, voters) })
	if err != nil {
		return err
	}
	var salt election.Salt
	rand.Read(salt[:])
	o.roll, err = election.NewRoll(o.manifest.Fingerprint(), 0, salt, o.manifest.Opens, o.manifest.Closes, lines)
	return err
}

func (o *office) setUp() error {
	return o.folder.Setup(o.manifest, o.roll, &tally.Authority{Signers: []eid.Signer{o.official}}, o.boardKey)
}

func (o *office) holdCeremony() error {
	c, err := o.folder.Ceremony(1)
	if err != nil {
		return err
	}
	for _, round := range []func(*tally.Trustee) error{c.Commit, c.Deal, c.Confirm, c.Drill} {
		for _, t := range o.trustees {
			if err := round(t); err != nil {
				return err
			}
		}
	}
	return c.Finish(o.boardKey)
}

// The collector's key files.
const (
	boardKeyFile   = "board.key"
	receiptKeyFile = "receipt.key"
)

func (o *office) writeKeys() error {
	pkcs8, err := x509.MarshalPKCS8PrivateKey(o.receiptKey)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(o.dir, boardKeyFile), []byte(o.boardKey.Secret()+"\n"), 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(o.dir, receiptKeyFile), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}), 0o600)
}

// inParallel runs f for 0 … n−1 on all cores.
func inParallel(n int, f func(i int) error, step func(done int)) error {
	const part = 64
	var g errgroup.Group
	g.SetLimit(cores())
	for first := 0; first < n; first += part {
		g.Go(func() error {
			for i := first; i < min(n, first+part); i++ {
				if err := f(i); err != nil {
					return err
				}
			}
			return nil
		})
		step(first)
	}
	return g.Wait()
}

// freeAddress is an address on loopback that nobody has. The manifest names it before the
// collector listens there.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
