package tally

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"valik/crypto/threshold"
	"valik/election"
	"valik/election/vis3"
)

// Build reads the files that the plan names and makes manifest and roll. The
// roll's pseudonyms and salt are random: building again gives another roll.
//
// It implements Step.Plan of docs/protocol/steps.md.
func (p *Plan) Build() (*election.Manifest, *election.Roll, error) {
	m, err := p.manifest()
	if err != nil {
		return nil, nil, err
	}
	register, err := ReadRegister(m, p.paths(p.Voters), p.paths(p.Changed))
	if err != nil {
		return nil, nil, p.fail("voters", err)
	}
	roll, err := register.Roll(m.Fingerprint(), nil)
	if err != nil {
		return nil, nil, p.fail("voters", err)
	}
	return m, roll, nil
}

func (p *Plan) manifest() (*election.Manifest, error) {
	m := election.Manifest{
		ID: p.ID, Title: p.Title, Languages: p.Languages,
		Opens: election.At(p.Opens.Time), Closes: election.At(p.Closes.Time), Profile: p.Profile,
		Board:     election.Board{Origin: p.Board.Origin, Key: p.Board.Key, Witnesses: p.Board.Witnesses, Quorum: p.Board.Quorum},
		Collector: election.Collector{URL: p.Collector.URL, Key: p.Collector.Key, Channel: p.Collector.Channel, Cards: p.Collector.Cards},
		Trustees:  election.Trustees{Threshold: p.Trustees.Threshold},
		Mixers:    election.Mixers{Required: p.Mixers.Required},
		Rules:     election.Rules{Invalid: election.InvalidReported, Ties: election.TiesByLot},
		Check:     election.Check{Limit: p.Check.Limit, Minutes: p.Check.Minutes},
		Rehearsal: p.Rehearsal,
	}
	for _, o := range p.Mixers.Operators {
		m.Mixers.Operators = append(m.Mixers.Operators, election.Operator{Name: o.Name, Key: o.Key})
	}
	if err := errors.Join(p.people(&m), p.questions(&m)); err != nil {
		return nil, err
	}
	built, err := election.NewManifest(m)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.file, err)
	}
	return built, nil
}

// people fills in certificates and cards.
func (p *Plan) people(m *election.Manifest) error {
	authority, err := p.certificates(p.Authority)
	if err != nil {
		return p.fail("authority", err)
	}
	if m.Registry, err = p.registry(); err != nil {
		return p.fail("registry", err)
	}
	m.Authority = election.Authority{Officials: authority, Signatures: max(p.Signatures, 1)}
	if m.EID, err = p.eid(); err != nil {
		return err
	}
	for _, path := range p.Trustees.Cards {
		card, err := os.ReadFile(p.path(path))
		if err != nil {
			return p.fail("trustees.cards", err)
		}
		if _, err := threshold.ParseCard(card); err != nil {
			return p.fail("trustees.cards", fmt.Errorf("%s: %w", path, err))
		}
		m.Trustees.Cards = append(m.Trustees.Cards, card)
	}
	return nil
}

// registry reads the public key of the election information system, nil if the plan names none.
func (p *Plan) registry() ([]byte, error) {
	if p.Registry == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(p.path(p.Registry))
	if err != nil {
		return nil, err
	}
	block, rest := pem.Decode(raw)
	if block == nil || block.Type != "PUBLIC KEY" || len(bytes.TrimSpace(rest)) > 0 {
		return nil, fmt.Errorf("%s: it must hold one PUBLIC KEY in PEM and nothing else", p.Registry)
	}
	if _, err := election.ParseRegistryKey(block.Bytes); err != nil {
		return nil, fmt.Errorf("%s: %w", p.Registry, err)
	}
	return block.Bytes, nil
}

// questions fills in districts, contests and choices.
func (p *Plan) questions(m *election.Manifest) error {
	districts, err := readVIS3(p, p.Districts, vis3.ParseDistricts)
	if err == nil && districts.Election != p.ID {
		err = fmt.Errorf("%s is of election %s, the plan of %s", p.Districts, districts.Election, p.ID)
	}
	if err != nil {
		return p.fail("districts", err)
	}
	m.Districts = districts.List
	for i, c := range p.Contests {
		choices, err := readVIS3(p, c.Choices, vis3.ParseChoices)
		if err != nil {
			return p.fail(fmt.Sprintf("contests[%d].choices", i), err)
		}
		lists, err := vis3.ChoiceLists(c.ID, districts, choices)
		if err != nil {
			return p.fail(fmt.Sprintf("contests[%d].choices", i), fmt.Errorf("%s: %w", c.Choices, err))
		}
		m.Contests = append(m.Contests, election.Contest{ID: c.ID, Title: c.Title, Slots: c.Slots, Blank: c.Blank})
		m.Lists = append(m.Lists, lists...)
	}
	return nil
}

// readVIS3 reads a file that the plan names.
func readVIS3[T any](p *Plan, path string, parse func([]byte) (*T, error)) (*T, error) {
	raw, err := os.ReadFile(p.path(path))
	if err != nil {
		return nil, err
	}
	v, err := parse(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return v, nil
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

func (p *Plan) paths(names []string) []string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = p.path(name)
	}
	return all
}

func (p *Plan) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(p.file), name)
}
