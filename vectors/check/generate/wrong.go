package main

import (
	"crypto/elliptic"
	"math/big"
	"slices"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/eid"
	"valik/eid/testpki"
	"valik/election"
	"valik/election/electiontest"
)

// castWrong casts the ballots that a device or a collector would cast who deceive
// the voter. All have good receipts.
func (s *scene) castWrong() {
	first := s.Roll.List[0]
	pk := s.Keys.Public()
	for name, c := range map[string]*cast{
		"other-key":   s.prepareWith(0, 10, otherKey(), first.Pseudonym, s.anchor()),
		"no-choice":   s.prepare(0, 11).change(func(b *election.Ballot) { addToCiphertext(b, 32) }),
		"nonce":       s.prepare(0, 24).change(func(b *election.Ballot) { addToCiphertext(b, 0) }),
		"bad-proof":   s.prepareWith(0, 12, pk, s.Roll.List[1].Pseudonym, s.anchor()).change(func(b *election.Ballot) { b.Pseudonym = first.Pseudonym }),
		"late-anchor": s.prepareWith(0, 13, pk, first.Pseudonym, election.Anchor{Size: 10_000, Root: s.anchor().Root}),
		"bad-anchor":  s.prepareWith(0, 14, pk, first.Pseudonym, election.Anchor{Size: 7, Root: election.HashOf([]byte("a board"))}),
		"no-anchor":   s.prepareWith(0, 15, pk, first.Pseudonym, election.Anchor{Root: election.HashOf(nil)}),
		"election":    s.prepare(0, 16).change(func(b *election.Ballot) { b.Election = election.HashOf([]byte("another")) }),
		"style":       s.prepare(0, 17).change(func(b *election.Ballot) { b.Contests = b.Contests[:1] }),
		"district":    s.prepare(0, 18).change(func(b *election.Ballot) { b.District = "9999.9" }),
		"no-ballot":   {seed: seedOf(19), inner: []byte("a choice in the clear")},
	} {
		s.casts[name] = s.cast(0, c)
	}
	s.casts["twice"] = s.cast(0, s.prepareTwice(0, 25))
	file := election.BallotFile(s.Manifest)
	s.casts["stranger"] = s.castAs(strangersCard(first.Code), file, s.prepare(0, 20))
	s.casts["file"] = s.castAs(s.Cards[0].Signing, "other.ballot", s.prepare(0, 21))
	// Anybody can make a second envelope of one ballot.
	again := *s.casts["good"]
	again.container = mirrored(again.container)
	s.casts["again"] = s.enter(&again)
	unevidenced := *s.prepare(0, 22)
	s.casts["unevidenced"] = s.cast(0, &unevidenced)
	s.casts["unevidenced"].evidence = election.Hash{}
	s.log.Entries = s.log.Entries[:len(s.log.Entries)-1]
	s.enter(s.casts["unevidenced"])
	s.castAtNight()
}

// castAtNight casts a ballot that is logged as one before the opening.
func (s *scene) castAtNight() {
	c := s.cast(0, s.prepare(0, 23))
	s.log.Entries = s.log.Entries[:len(s.log.Entries)-1]
	c.at = s.Manifest.Opens - 1
	s.casts["night"] = s.enter(c)
}

// prepareTwice makes a ballot with one choice in two slots, of two ballots with one seed: no
// program prepares it, and all its proofs hold.
func (s *scene) prepareTwice(voter int, seed byte) *cast {
	v, pk, a := s.Roll.List[voter], s.Keys.Public(), s.anchor()
	selections := s.selections(v.District)
	turned := map[string][]string{}
	for contest, codes := range selections {
		turned[contest] = slices.Clone(codes)
		slices.Reverse(turned[contest])
	}
	other := must(election.ParseBallot(s.prepareOf(voter, seed, pk, v.Pseudonym, a, turned).inner))
	return s.prepareOf(voter, seed, pk, v.Pseudonym, a, selections).change(func(b *election.Ballot) {
		for i, c := range b.Contests {
			last := len(c.Slots) - 1
			c.Slots[last] = other.Contests[i].Slots[last]
		}
	})
}

func otherKey() *elgamal.PublicKey {
	p := group.HashToElement("valik/1 choice", []byte("a key that nobody has"))
	return must(elgamal.ParsePublicKey(p.Bytes()))
}

// addToCiphertext makes the element at a byte of a ciphertext another: with the first the
// randomness is not that of the seed, with the second the plaintext is in no list.
func addToCiphertext(b *election.Ballot, at int) {
	slot := &b.Contests[0].Slots[0]
	slot.Ciphertext = slices.Clone(slot.Ciphertext)
	half := slot.Ciphertext[at : at+32]
	p := must(group.NewElement().SetBytes(half))
	copy(half, p.Add(p, group.NewGenerator()).Bytes())
}

// strangersCard is a card in a voter's name by an issuer that is not accepted.
func strangersCard(code string) *testpki.Key {
	authority := must(testpki.NewAuthority("Stranger", electiontest.Opens.AddDate(-1, 0, 0), electiontest.Closes.AddDate(1, 0, 0)))
	return must(authority.Issue(code, "Voter", "0", elliptic.P384())).Signing
}

// mirrored is the container with (r, n − s) in place of (r, s).
func mirrored(container []byte) []byte {
	c := must(eid.ParseContainer(container))
	half := len(c.Signature) / 2
	s := new(big.Int).SetBytes(c.Signature[half:])
	s.Sub(elliptic.P384().Params().N, s).FillBytes(c.Signature[half:])
	return c.Bytes()
}
