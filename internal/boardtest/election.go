package boardtest

import (
	"crypto/ed25519"
	"fmt"
	"strings"

	"valik/board"
	"valik/election"
)

// Origin is the log's name in elections of this package.
const Origin = "board.example.ee/monitored"

// Names are those of the three witnesses, of whom two must sign.
var Names = []string{"witness.example/a", "witness.example/b", "witness.example/c"}

// Collector is the known key that signs receipts.
func Collector() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(seed("collector")) }

// Watched gives an election known keys of board, witnesses and collector.
func Watched(m *election.Manifest) {
	m.Board = election.Board{Origin: Origin, Key: Key(Origin).Public(), Quorum: 2}
	for _, name := range Names {
		m.Board.Witnesses = append(m.Board.Witnesses, NewWitness(name, name).Vkey())
	}
	m.Collector.Key = election.Key(Collector().Public().(ed25519.PublicKey))
}

// New is a log of such an election with entries of these kinds, cosigned by the
// first two witnesses.
func New(m *election.Manifest, kinds string) *Log {
	l := &Log{Key: Key(Origin), At: int64(m.Opens)}
	for _, name := range Names[:2] {
		l.Witnesses = append(l.Witnesses, NewWitness(name, name))
	}
	for i, kind := range strings.Fields(kinds) {
		l.Entries = append(l.Entries, Entry(m, kind, i))
	}
	return l
}

// Entry is an entry of a kind, another one for every n. That of the ballot is
// promised by Receipt.
func Entry(m *election.Manifest, kind string, n int) []byte {
	switch k := election.Kind(kind); k {
	case election.KindManifest:
		return election.NewEntry(k, m.Fingerprint(), m.Fingerprint()).Bytes()
	case election.KindBallot:
		inner, envelope := ballot(n)
		return election.NewBallotEntry(m.Fingerprint(), inner, envelope, election.Hash{}, m.Opens).Bytes()
	default:
		return election.NewEntry(k, m.Fingerprint(), election.HashOf(fmt.Appendf(nil, "%s %d", kind, n))).Bytes()
	}
}

func ballot(n int) (inner, envelope election.Hash) {
	return election.HashOf(fmt.Appendf(nil, "ballot %d", n)), election.HashOf(fmt.Appendf(nil, "envelope %d", n))
}

// Receipt promises that the ballot n of Entry stands at index n of this log.
func (l *Log) Receipt(m *election.Manifest, n int) *election.Receipt {
	c, err := m.Policy().Open(l.Checkpoint(len(l.Entries)))
	if err != nil {
		panic(err)
	}
	p, err := board.Prove(c, uint64(n), l)
	if err != nil {
		panic(err)
	}
	inner, envelope := ballot(n)
	return election.NewReceipt(Collector(), m.Fingerprint(), inner, envelope, election.Hash{}, uint64(n), m.Opens, p.Bytes())
}
