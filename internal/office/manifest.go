package office

import (
	"crypto/ed25519"
	"time"

	"valik/eid"
	"valik/election"
)

// makeManifest names all keys, and leaves to the plan what is voted on. The polls are open
// from a minute ago, so that nobody waits for them, for a day.
func (o *Office) makeManifest(p *Plan) (err error) {
	now := time.Now()
	m := election.Manifest{
		ID: p.ID, Title: election.Text{"en": p.Name}, Languages: []string{"en"},
		Opens: election.At(now.Add(-time.Minute)), Closes: election.At(now.Add(24 * time.Hour)), Profile: election.ProfileOpen,
		Authority: election.Authority{Officials: [][]byte{o.official.Certificate().Raw}, Signatures: 1},
		EID:       election.EID{Profile: *eid.Estonia()},
		Board:     election.Board{Origin: origin(p), Key: o.BoardKey.Public()},
		Collector: election.Collector{URL: "http://" + p.Address, Key: election.Key(o.ReceiptKey.Public().(ed25519.PublicKey))},
		Trustees:  election.Trustees{Threshold: threshold},
		Rules:     election.Rules{Invalid: election.InvalidReported, Ties: election.TiesByLot},
		Check:     election.Check{Limit: 3, Minutes: 30},
	}
	for _, c := range o.issuer.Certificates() {
		m.EID.Issuers = append(m.EID.Issuers, c.Raw)
	}
	for _, t := range o.trustees {
		m.Trustees.Cards = append(m.Trustees.Cards, t.Card().Bytes())
	}
	if m.Mixers, err = mixers(); err != nil {
		return err
	}
	p.Complete(&m)
	o.Manifest, err = election.NewManifest(m)
	return err
}

// mixers are two who never mix: nobody has their keys.
func mixers() (m election.Mixers, err error) {
	for _, name := range []string{"Mixer A", "Mixer B"} {
		public, _, err := ed25519.GenerateKey(nil)
		if err != nil {
			return m, err
		}
		m.Operators = append(m.Operators, election.Operator{Name: name, Key: election.Key(public)})
	}
	m.Required = len(m.Operators)
	return m, nil
}
