package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"valik/board"
	"valik/collector"
	"valik/crypto/elgamal"
	"valik/eid"
	"valik/eid/testpki"
	"valik/election"
	"valik/election/electiontest"
	"valik/internal/boardtest"
)

const (
	address = "https://vote.example.ee"
	// fillers are ballots of others, so many that the board's hashes do not fit one tile.
	fillers = 300
	// growth is how many entries a board has got when it is signed for a receipt.
	growth = 3
)

// scene is an election with a board on which ballots of two voters stand.
type scene struct {
	*electiontest.Election
	folder string
	log    *boardtest.Log
	casts  map[string]*cast
}

// cast is a ballot as the collector has it.
type cast struct {
	seed             []byte
	inner, container []byte
	evidence         election.Hash
	index            uint64
	at               election.Time
}

func (c *cast) hash() election.Hash { return election.HashOf(c.inner) }

func newScene(folder, away string) *scene {
	s := &scene{folder: folder, casts: map[string]*cast{}}
	s.Election = must(electiontest.New(2, func(m *election.Manifest) {
		boardtest.Watched(m)
		m.Collector.URL = address
		settle := 0
		if away == election.AwaySettle {
			settle = 3600
		}
		m.EID.Evidence = &election.EvidencePolicy{
			Away: away, Settle: settle, Status: &election.StatusPolicy{Responders: [][]byte{}, Freshness: 600, Nonce: true},
		}
	}))
	s.log = boardtest.New(s.Manifest, "manifest ceremony roll open")
	s.log.Entries[1] = election.NewEntry(election.KindCeremony, s.Manifest.Fingerprint(), election.HashOf(s.Ceremony.Bytes())).Bytes()
	s.vote()
	return s
}

// vote casts the ballots of the scene, the wrong ones too: who has the collector's keys may.
func (s *scene) vote() {
	s.casts["older"] = s.cast(0, s.prepare(0, 1))
	for n := range fillers {
		inner, envelope := election.HashOf(fmt.Appendf(nil, "ballot %d", n)), election.HashOf(fmt.Appendf(nil, "envelope %d", n))
		s.log.Entries = append(s.log.Entries, election.NewBallotEntry(s.Manifest.Fingerprint(), inner, envelope, election.Hash{}, s.Manifest.Opens).Bytes())
	}
	s.casts["good"] = s.cast(0, s.prepare(0, 2))
	s.casts["other"] = s.cast(1, s.prepare(1, 3))
	s.castWrong()
	for n := range growth {
		s.log.Entries = append(s.log.Entries, boardtest.Entry(s.Manifest, "roll", n))
	}
}

func seedOf(n byte) []byte { return bytes.Repeat([]byte{n}, 32) }

func (s *scene) anchor() election.Anchor {
	c := must(s.Manifest.Policy().Open(s.log.Checkpoint(len(s.log.Entries))))
	return election.Anchor{Size: c.Size, Root: election.Hash(c.Root)}
}

// selections are not the first choices, in every slot another.
func (s *scene) selections(district string) map[string][]string {
	selections := map[string][]string{}
	for _, contest := range s.Manifest.Style(district) {
		c, _ := s.Manifest.Contest(contest)
		codes := s.Manifest.Codes(contest, district)
		for k := range c.Slots {
			selections[contest] = append(selections[contest], codes[len(codes)-1-k])
		}
	}
	return selections
}

func (s *scene) prepare(voter int, seed byte) *cast {
	return s.prepareWith(voter, seed, s.Keys.Public(), s.Roll.List[voter].Pseudonym, s.anchor())
}

func (s *scene) prepareWith(voter int, seed byte, pk *elgamal.PublicKey, p election.Pseudonym, a election.Anchor) *cast {
	return s.prepareOf(voter, seed, pk, p, a, s.selections(s.Roll.List[voter].District))
}

func (s *scene) prepareOf(voter int, seed byte, pk *elgamal.PublicKey, p election.Pseudonym, a election.Anchor, selections map[string][]string) *cast {
	parsed := must(elgamal.ParseSeed(seedOf(seed)))
	b := must(election.Prepare(s.Manifest, pk, parsed, s.Roll.List[voter].District, p, a, selections))
	return &cast{seed: seedOf(seed), inner: b.Bytes()}
}

// change makes a ballot another.
func (c *cast) change(how func(*election.Ballot)) *cast {
	b := must(election.ParseBallot(c.inner))
	how(b)
	return &cast{seed: c.seed, inner: b.Bytes()}
}

func (s *scene) cast(voter int, c *cast) *cast {
	return s.castAs(s.Cards[voter].Signing, election.BallotFile(s.Manifest), c)
}

func (s *scene) castAs(signer *testpki.Key, file string, c *cast) *cast {
	c.container = must(eid.Seal(context.Background(), file, c.inner, signer, electiontest.Opens.Add(time.Minute))).Bytes()
	c.at, c.evidence = s.Manifest.Opens+67, election.HashOf([]byte("evidence"))
	return s.enter(c)
}

// enter puts a ballot on the board.
func (s *scene) enter(c *cast) *cast {
	c.index = uint64(len(s.log.Entries))
	s.log.Entries = append(s.log.Entries, election.NewBallotEntry(s.Manifest.Fingerprint(), c.hash(), election.HashOf(c.container), c.evidence, c.at).Bytes())
	return c
}

func (s *scene) receipt(c *cast) *election.Receipt { return s.receiptOf(s.log, c) }

func (s *scene) receiptOf(l *boardtest.Log, c *cast) *election.Receipt {
	return s.sign(c, s.proof(l, l.Checkpoint(int(c.index)+growth), c.index))
}

func (s *scene) proof(l *boardtest.Log, checkpoint []byte, index uint64) []byte {
	policy := s.Manifest.Policy()
	policy.Quorum = 0
	return must(board.Prove(must(policy.Open(checkpoint)), index, l)).Bytes()
}

func (s *scene) sign(c *cast, proof []byte) *election.Receipt {
	return election.NewReceipt(boardtest.Collector(), s.Manifest.Fingerprint(), c.hash(), election.HashOf(c.container), c.evidence, c.index, c.at, proof)
}

func (s *scene) link(c *cast) string {
	return fmt.Sprintf("%s/check#valik1.%d.%s.%s", address, c.index, c.hash(), base64.RawURLEncoding.EncodeToString(c.seed))
}

func look(container []byte, receipt *election.Receipt, latest bool) []byte {
	return must(json.Marshal(collector.Look{
		Type: "valik/look", Version: 1, Container: container, Receipt: receipt.Bytes(), Latest: latest, Left: 2,
	}))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
