package tally

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/BurntSushi/toml"

	"valik/election"
	"valik/election/vis3"
)

// Plan is the file from which an election is set up: TOML, in which unknown keys
// are refused. Paths are relative to the file. What it says becomes the manifest;
// nothing that decides an election stands anywhere else.
type Plan struct {
	// ID is the election's identifier in the VIS3 files, such as RK2023.
	ID string `toml:"id"`
	// Languages of all texts; the first is the default.
	Languages []string `toml:"languages"`
	// Title is the election's name by language.
	Title map[string]string `toml:"title"`
	// Opens and Closes are the first second in which ballots are taken and the
	// first in which they are not.
	Opens  time.Time `toml:"opens"`
	Closes time.Time `toml:"closes"`
	// Profile is what is published: "open" or "guarded".
	Profile string `toml:"profile"`
	// Authority is a PEM file with the certificate of who signs the manifest.
	Authority string `toml:"authority"`
	// Issuers is a PEM file with the certificates of accepted eID issuers.
	Issuers string `toml:"issuers"`
	// Districts is the VIS3 districts file.
	Districts string `toml:"districts"`
	// Voters is the VIS3 voter list: the initial list, then changesets in order.
	Voters []string `toml:"voters"`
	// Contests are the questions.
	Contests []PlanContest `toml:"contests"`
	// Board has the origin of the log, its public key (vkey), the witnesses'
	// public keys and how many of them must cosign.
	Board PlanBoard `toml:"board"`
	// Collector has the address and the public key of receipts.
	Collector PlanCollector `toml:"collector"`
	// Trustees has the threshold and the files of the trustees' cards.
	Trustees PlanTrustees `toml:"trustees"`
	// Mixers has the required number of mixes and who may mix.
	Mixers PlanMixers `toml:"mixers"`
	// Check limits the check with a second device.
	Check PlanCheck `toml:"check"`

	dir string
}

// PlanContest is one question.
type PlanContest struct {
	ID      string            `toml:"id"`
	Title   map[string]string `toml:"title"`
	Slots   int               `toml:"slots"`   // choices on one ballot
	Blank   bool              `toml:"blank"`   // whether a slot may be left blank
	Choices string            `toml:"choices"` // VIS3 choices file
}

// PlanBoard is the board.
type PlanBoard struct {
	Origin    string   `toml:"origin"`
	Key       string   `toml:"key"`
	Witnesses []string `toml:"witnesses"`
	Quorum    int      `toml:"quorum"`
}

// PlanCollector is the collector.
type PlanCollector struct {
	URL string       `toml:"url"`
	Key election.Key `toml:"key"`
}

// PlanTrustees is the trustees.
type PlanTrustees struct {
	Threshold int      `toml:"threshold"`
	Cards     []string `toml:"cards"`
}

// PlanMixers is the mixers.
type PlanMixers struct {
	Required  int            `toml:"required"`
	Operators []PlanOperator `toml:"operators"`
}

// PlanOperator is one mixer's operator and public key.
type PlanOperator struct {
	Name string       `toml:"name"`
	Key  election.Key `toml:"key"`
}

// PlanCheck limits the check with a second device.
type PlanCheck struct {
	Limit   int `toml:"limit"`
	Minutes int `toml:"minutes"`
}

// ReadPlan reads a plan.
func ReadPlan(path string) (*Plan, error) {
	p := &Plan{dir: filepath.Dir(path)}
	meta, err := toml.DecodeFile(path, p)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("%s: there is no setting %q", path, unknown[0].String())
	}
	return p, nil
}

// Build reads the files that the plan names and makes manifest and roll. The
// roll's pseudonyms and salt are random: building again gives another roll.
//
// It implements Step.Plan of docs/protocol/steps.md.
func (p *Plan) Build() (*election.Manifest, *election.Roll, error) {
	m, err := p.manifest()
	if err != nil {
		return nil, nil, err
	}
	register := vis3.NewRegister(m.ID, m.Districts)
	for _, path := range p.Voters {
		raw, err := os.ReadFile(p.path(path))
		if err != nil {
			return nil, nil, err
		}
		list, err := vis3.ParseVoterList(raw)
		if err == nil {
			err = register.Apply(list)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	roll, err := register.Roll(m.Fingerprint(), nil)
	return m, roll, err
}

func (p *Plan) manifest() (*election.Manifest, error) {
	m := election.Manifest{
		ID: p.ID, Title: p.Title, Languages: p.Languages,
		Opens: election.At(p.Opens), Closes: election.At(p.Closes), Profile: p.Profile,
		Board:     election.Board{Origin: p.Board.Origin, Key: p.Board.Key, Witnesses: p.Board.Witnesses, Quorum: p.Board.Quorum},
		Collector: election.Collector{URL: p.Collector.URL, Key: p.Collector.Key},
		Trustees:  election.Trustees{Threshold: p.Trustees.Threshold},
		Mixers:    election.Mixers{Required: p.Mixers.Required},
		Rules:     election.Rules{Invalid: election.InvalidReported, Ties: election.TiesByLot},
		Check:     election.Check{Limit: p.Check.Limit, Minutes: p.Check.Minutes},
	}
	for _, o := range p.Mixers.Operators {
		m.Mixers.Operators = append(m.Mixers.Operators, election.Operator{Name: o.Name, Key: o.Key})
	}
	if err := errors.Join(p.people(&m), p.questions(&m)); err != nil {
		return nil, err
	}
	return election.NewManifest(m)
}

// people fills in certificates and cards.
func (p *Plan) people(m *election.Manifest) error {
	authority, err := p.certificates(p.Authority)
	if err != nil {
		return err
	}
	m.Authority = authority[0]
	if m.Issuers, err = p.certificates(p.Issuers); err != nil {
		return err
	}
	for _, path := range p.Trustees.Cards {
		card, err := os.ReadFile(p.path(path))
		if err != nil {
			return err
		}
		m.Trustees.Cards = append(m.Trustees.Cards, card)
	}
	return nil
}

// questions fills in districts, contests and choices.
func (p *Plan) questions(m *election.Manifest) error {
	raw, err := os.ReadFile(p.path(p.Districts))
	if err != nil {
		return err
	}
	districts, err := vis3.ParseDistricts(raw)
	if err != nil {
		return fmt.Errorf("%s: %w", p.Districts, err)
	}
	if districts.Election != p.ID {
		return fmt.Errorf("%s is of election %s, the plan of %s", p.Districts, districts.Election, p.ID)
	}
	m.Districts = districts.List
	for _, c := range p.Contests {
		raw, err := os.ReadFile(p.path(c.Choices))
		if err != nil {
			return err
		}
		choices, err := vis3.ParseChoices(raw)
		if err != nil {
			return fmt.Errorf("%s: %w", c.Choices, err)
		}
		lists, err := vis3.ChoiceLists(c.ID, districts, choices)
		if err != nil {
			return fmt.Errorf("%s: %w", c.Choices, err)
		}
		m.Contests = append(m.Contests, election.Contest{ID: c.ID, Title: c.Title, Slots: c.Slots, Blank: c.Blank})
		m.Lists = append(m.Lists, lists...)
	}
	return nil
}

// certificates reads all certificates of a PEM file, as DER.
func (p *Plan) certificates(path string) ([][]byte, error) {
	raw, err := os.ReadFile(p.path(path))
	if err != nil {
		return nil, err
	}
	var ders [][]byte
	for block, rest := pem.Decode(raw); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		ders = append(ders, bytes.Clone(block.Bytes))
	}
	if len(ders) == 0 {
		return nil, fmt.Errorf("%s: no certificate in it", path)
	}
	return ders, nil
}

func (p *Plan) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(p.dir, name)
}
