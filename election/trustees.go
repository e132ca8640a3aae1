package election

import (
	"encoding/binary"
	"fmt"

	"valik/crypto/threshold"
)

// Cards returns the cards of trustees 1 … n.
func (m *Manifest) Cards() ([]*threshold.Card, error) {
	cards := make([]*threshold.Card, len(m.Trustees.Cards))
	for i, b := range m.Trustees.Cards {
		c, err := threshold.ParseCard(b)
		if err != nil {
			return nil, fmt.Errorf("election: card of trustee %d: %w", i+1, err)
		}
		cards[i] = c
	}
	return cards, nil
}

// CeremonyParams returns what the trustees of an election agree on before their
// ceremony. attempt is 1, and one more each time that a ceremony was broken off.
//
// It implements Ceremony.Context of docs/protocol/entries.md.
func CeremonyParams(m *Manifest, attempt int) (*threshold.Params, error) {
	cards, err := m.Cards()
	if err != nil {
		return nil, err
	}
	fingerprint := m.Fingerprint()
	context := binary.BigEndian.AppendUint64(fingerprint[:], uint64(attempt))
	return &threshold.Params{Context: context, T: m.Trustees.Threshold, N: len(cards), Cards: cards}, nil
}

// validateCards checks that every card is its holder's own, and that nobody
// holds two.
func (m *Manifest) validateCards(v *validator) {
	cards, err := m.Cards()
	v.must("trustees.cards", err)
	if v.err != nil {
		return
	}
	// The context is that of no ceremony: here only the cards count.
	p := threshold.Params{Context: []byte("manifest"), T: m.Trustees.Threshold, N: len(cards), Cards: cards}
	v.must("trustees.cards", p.Validate())
	var names []string
	for _, c := range cards {
		names = append(names, c.Name())
	}
	v.unique("trustees.cards", names)
}
