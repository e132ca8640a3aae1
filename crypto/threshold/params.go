package threshold

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
)

// MaxTrustees is the largest number of trustees.
const MaxTrustees = 64

// maxContext bounds the context: it is a fingerprint and an attempt, not a document.
const maxContext = 1024

// ErrParams refuses the parameters of a ceremony.
var ErrParams = errors.New("threshold: parameters")

// Params is what all trustees agree on before the ceremony. Everything they sign
// and prove is bound to it.
type Params struct {
	// Context names the ceremony: the election fingerprint and, when a ceremony
	// had to be broken off, the number of the attempt. Two ceremonies never share
	// a context. 1 to 1024 bytes.
	Context []byte
	// T trustees can decrypt; T−1 learn nothing. 1 ≤ T ≤ N ≤ 64.
	T, N int
	// Cards are the N trustees; trustee j has card j−1.
	Cards []*Card
}

// Validate checks the bounds, every card, and that no two cards share a key. The
// error wraps [ErrParams] and names the card.
//
// It implements Ceremony.Parameters of docs/protocol/ceremony.md.
func (p *Params) Validate() error {
	_, err := p.setting()
	return err
}

// setting is valid Params, and their hash.
type setting struct {
	t, n  int
	cards []*Card
	hash  digest
}

func (p *Params) setting() (*setting, error) {
	if len(p.Context) == 0 || len(p.Context) > maxContext {
		return nil, fmt.Errorf("%w: a context of %d bytes", ErrParams, len(p.Context))
	}
	if p.T < 1 || p.T > p.N || p.N > MaxTrustees || p.N != len(p.Cards) {
		return nil, fmt.Errorf("%w: t = %d, n = %d, %d cards", ErrParams, p.T, p.N, len(p.Cards))
	}
	if err := checkCards(p.Cards); err != nil {
		return nil, err
	}
	return &setting{t: p.T, n: p.N, cards: slices.Clone(p.Cards), hash: p.hash()}, nil
}

// checkCards refuses cards that do not verify and cards that share a key: one
// person with two cards would count twice towards t.
func checkCards(cards []*Card) error {
	owner := map[[32]byte]int{}
	for i, c := range cards {
		if c == nil {
			return fmt.Errorf("%w: card %d is missing", ErrParams, i+1)
		}
		if err := c.Verify(); err != nil {
			return fmt.Errorf("%w: card %d: %w", ErrParams, i+1, err)
		}
		for _, key := range [][32]byte{[32]byte(c.signing), [32]byte(c.encryption.Bytes())} {
			if first, taken := owner[key]; taken {
				return fmt.Errorf("%w: cards %d and %d have the same key", ErrParams, first, i+1)
			}
			owner[key] = i + 1
		}
	}
	return nil
}

// hash is the first hash of the ceremony: every message carries it.
func (p *Params) hash() digest {
	parts := [][]byte{p.Context, {byte(p.T), byte(p.N)}}
	for _, c := range p.Cards {
		parts = append(parts, c.raw)
	}
	return hash("parameters", parts...)
}

// indexOf returns the trustee whose card is c.
func (s *setting) indexOf(c *Card) (int, error) {
	for i := range s.cards {
		if bytes.Equal(s.cards[i].raw, c.raw) {
			return i + 1, nil
		}
	}
	return 0, fmt.Errorf("%w: %q is not one of the trustees", ErrParams, c.name)
}

// card returns the card of trustee j.
func (s *setting) card(j int) *Card { return s.cards[j-1] }
