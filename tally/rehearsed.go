package tally

import (
	"bytes"
	"errors"
	"fmt"

	"valik/crypto/threshold"
	"valik/election"
)

// ErrRehearsed is returned for a plan that takes over from a rehearsal what must be new.
var ErrRehearsed = errors.New("tally: it was used in the rehearsal and must be new")

// CheckRehearsed compares an election to be set up with its rehearsal: neither board,
// nor keys of collector, mixers and trustees may be the same. Errors, all at once:
// [ErrRehearsed], each with the setting of the plan.
//
// It implements Step.Rehearsed of docs/protocol/steps.md.
func CheckRehearsed(m, rehearsal *election.Manifest) error {
	if !rehearsal.Rehearsal {
		return fmt.Errorf("tally: %s is no rehearsal, but an election itself", rehearsal.ID)
	}
	if m.Rehearsal {
		return errors.New("tally: this is a rehearsal too: set up the real election with --rehearsed")
	}
	var all error
	refuse := func(same bool, setting, what string) {
		if same {
			all = errors.Join(all, fmt.Errorf("%w: %s: %s", ErrRehearsed, setting, what))
		}
	}
	refuse(m.Board.Origin == rehearsal.Board.Origin, "board.origin", "witnesses would see two histories of one board")
	refuse(boardKey(m) == boardKey(rehearsal), "board.key", "make a key with officer keys board")
	refuse(m.Collector.Key == rehearsal.Collector.Key, "collector.key", "make a key with officer keys ed25519")
	refuse(sharesMixer(m, rehearsal), "mixers.operators", "every mixer makes a key with officer keys ed25519")
	refuse(sharesCard(m, rehearsal), "trustees.cards", "every trustee makes a share file with officer trustee")
	return all
}

// boardKey is the key alone: a vkey begins with the name and a hash over both.
func boardKey(m *election.Manifest) string {
	return m.Board.Key[bytes.LastIndexByte([]byte(m.Board.Key), '+')+1:]
}

func sharesMixer(a, b *election.Manifest) bool {
	for _, one := range a.Mixers.Operators {
		for _, other := range b.Mixers.Operators {
			if one.Key == other.Key {
				return true
			}
		}
	}
	return false
}

// sharesCard compares keys, not cards: a new name makes another card of the same key.
func sharesCard(a, b *election.Manifest) bool {
	for _, one := range a.Trustees.Cards {
		for _, other := range b.Trustees.Cards {
			if bytes.Equal(signingKey(one), signingKey(other)) {
				return true
			}
		}
	}
	return false
}

// signingKey is the key of a card of a manifest, whose validation has parsed it.
func signingKey(card []byte) []byte {
	c, err := threshold.ParseCard(card)
	if err != nil {
		return card
	}
	return c.SigningKey()
}
