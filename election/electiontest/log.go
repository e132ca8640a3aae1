package electiontest

import (
	"context"
	"time"

	"valik/board"
	"valik/crypto/elgamal"
	"valik/eid"
	"valik/election"
)

// Log is a board and a ballot box that tests fill by hand: it takes whatever it
// is given.
type Log struct {
	*Election
	Entries [][]byte
	Ballots []election.BoxBallot
}

// NewLog returns a log up to the opening of the polls.
func (e *Election) NewLog() *Log {
	l := &Log{Election: e}
	l.Append(election.KindManifest, e.Manifest.Fingerprint())
	l.Append(election.KindCeremony, election.HashOf(e.Ceremony.Bytes()))
	l.Append(election.KindRoll, e.Roll.Hash())
	l.Append(election.KindOpen, election.HashOf([]byte("open")))
	return l
}

// Append logs an artefact and returns its index.
func (l *Log) Append(kind election.Kind, artefact election.Hash) uint64 {
	l.Entries = append(l.Entries, election.NewEntry(kind, l.Manifest.Fingerprint(), artefact).Bytes())
	return uint64(len(l.Entries) - 1)
}

// Anchor returns the state of the board after the first size entries.
func (l *Log) Anchor(size int) election.Anchor {
	growth, err := board.Append(0, l.Entries[:size], nil)
	if err != nil {
		panic(err)
	}
	return election.Anchor{Size: uint64(size), Root: election.Hash(growth.Root)}
}

// Prepare makes a ballot of voter i, anchored at the board as it is, with blank
// slots where the manifest allows it and the first choices elsewhere.
func (l *Log) Prepare(i int) *election.Ballot {
	return l.PrepareAt(i, l.Anchor(len(l.Entries)))
}

// PrepareAt makes a ballot of voter i with any anchor.
func (l *Log) PrepareAt(i int, a election.Anchor) *election.Ballot {
	v := l.Roll.List[i]
	b, err := election.Prepare(l.Manifest, l.Keys.Public(), elgamal.NewSeed(), v.District, v.Pseudonym, a, l.Selections(v.District))
	if err != nil {
		panic(err)
	}
	return b
}

// Selections is a full set of selections of a district.
func (l *Log) Selections(district string) map[string][]string {
	selections := map[string][]string{}
	for _, contest := range l.Manifest.Style(district) {
		c, _ := l.Manifest.Contest(contest)
		selections[contest] = l.Manifest.Codes(contest, district)[:c.Slots]
	}
	return selections
}

// Seal signs a file as voter i, as the voter's program does with a ballot.
func (l *Log) Seal(i int, file []byte) []byte {
	c, err := eid.Seal(context.Background(), election.BallotFile(l.Manifest), file, l.Cards[i].Signing, Opens)
	if err != nil {
		panic(err)
	}
	return c.Bytes()
}

// Cast logs a container and puts it in the box, unchecked and without evidence.
func (l *Log) Cast(container []byte, at time.Time) uint64 { return l.CastWith(container, nil, at) }

// CastWith does the same with the stored form of evidence.
func (l *Log) CastWith(container, evidence []byte, at time.Time) uint64 {
	c, err := eid.ParseContainer(container)
	if err != nil {
		panic(err)
	}
	leaf := election.BallotLeaf(election.HashOf(c.Data), election.HashOf(container), election.EvidenceHash(evidence), election.At(at))
	index := l.Append(election.KindBallot, leaf)
	l.Ballots = append(l.Ballots, election.BoxBallot{Index: index, Container: container, Evidence: evidence, Time: election.At(at)})
	return index
}

// Vote makes and casts a good ballot of voter i.
func (l *Log) Vote(i int) uint64 {
	return l.Cast(l.Seal(i, l.Prepare(i).Bytes()), Opens)
}

// Box returns the ballot box.
func (l *Log) Box() *election.Box {
	return election.NewBox(l.Manifest.Fingerprint(), l.Ballots)
}
