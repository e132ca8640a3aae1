package election_test

import (
	"crypto/rand"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/sigma"
	"valik/election"
)

var anchor = election.Anchor{Size: 4, Root: election.HashOf([]byte("root"))}

func prepare(t testing.TB, voter int, selections map[string][]string) (*election.Ballot, *elgamal.Seed) {
	t.Helper()
	e, seed := smallElection(t), elgamal.NewSeed()
	v := e.Roll.List[voter]
	b, err := election.Prepare(e.Manifest, e.Keys.Public(), seed, v.District, v.Pseudonym, anchor, selections)
	require.NoError(t, err)
	return b, seed
}

var (
	northern = map[string][]string{"mayor": {"0176.102"}, "council": {"0176.205", "0176.201"}}
	southern = map[string][]string{"mayor": {"blank"}}
)

func TestBallotHoldsWhatWasChosen(t *testing.T) {
	e := smallElection(t)
	for voter, selections := range []map[string][]string{northern, southern} {
		b, seed := prepare(t, voter, selections)
		parsed, err := election.ParseBallot(b.Bytes())
		require.NoError(t, err)
		require.Equal(t, b, parsed)
		require.NoError(t, parsed.Check(e.Manifest))
		require.NoError(t, parsed.VerifyProofs(e.Manifest, e.Keys.Public()))
		opened, err := parsed.Open(e.Manifest, e.Keys.Public(), seed)
		require.NoError(t, err)
		require.Equal(t, selections, opened)
	}
}

func TestOpenNeedsTheSeedAndTheCiphertext(t *testing.T) {
	e := smallElection(t)
	b, seed := prepare(t, 0, northern)
	_, err := b.Open(e.Manifest, e.Keys.Public(), elgamal.NewSeed())
	require.ErrorIs(t, err, election.ErrSeed)

	// A with another randomness than B: decryption would give another choice
	ct, err := elgamal.ParseCiphertext(b.Contests[1].Slots[1].Ciphertext)
	require.NoError(t, err)
	ct.A.Add(&ct.A, group.NewGenerator())
	b.Contests[1].Slots[1].Ciphertext = ct.Bytes()
	_, err = b.Open(e.Manifest, e.Keys.Public(), seed)
	var slot *election.SlotError
	require.ErrorAs(t, err, &slot)
	require.Equal(t, "council", slot.Contest)
	require.Equal(t, 1, slot.Slot)
}

// A choice in two slots has good proofs, and at the count the second is invalid: a program
// that was told two choices could drop one so.
func TestOpenRefusesAChoiceTwice(t *testing.T) {
	e := smallElection(t)
	b, seed := prepare(t, 0, northern)
	council := slices.Clone(northern["council"])
	slices.Reverse(council)
	turned, err := election.Prepare(e.Manifest, e.Keys.Public(), seed, b.District, b.Pseudonym, b.Anchor,
		map[string][]string{"mayor": northern["mayor"], "council": council})
	require.NoError(t, err)
	b.Contests[1].Slots[1] = turned.Contests[1].Slots[1]
	require.NoError(t, b.VerifyProofs(e.Manifest, e.Keys.Public()))
	_, err = b.Open(e.Manifest, e.Keys.Public(), seed)
	require.ErrorIs(t, err, election.ErrTwice)
	require.ErrorContains(t, err, "slot 1 of contest council")
}

func TestRandomnessIsNeverRepeated(t *testing.T) {
	b, _ := prepare(t, 0, northern)
	seen := map[string]bool{}
	for _, c := range b.Contests {
		for _, s := range c.Slots {
			require.False(t, seen[string(s.Ciphertext[:32])], "A = r·G shows r")
			seen[string(s.Ciphertext[:32])] = true
		}
	}
	require.Len(t, seen, 3)
}

func TestSelectionsThatMakeNoBallot(t *testing.T) {
	e := smallElection(t)
	tests := []struct {
		name, contest string
		selections    map[string][]string
	}{
		{"contest missing", "council", map[string][]string{"mayor": {"0176.101"}}},
		{"strange contest", "major", map[string][]string{"mayor": {"0176.101"}, "council": {"0176.201", "0176.202"}, "major": {}}},
		{"too few", "council", map[string][]string{"mayor": {"0176.101"}, "council": {"0176.201"}}},
		{"too many", "mayor", map[string][]string{"mayor": {"0176.101", "0176.102"}, "council": {"0176.201", "0176.202"}}},
		{"twice", "council", map[string][]string{"mayor": {"0176.101"}, "council": {"0176.201", "0176.201"}}},
		{"no such code", "mayor", map[string][]string{"mayor": {"0176.201"}, "council": {"0176.201", "0176.202"}}},
		{"blank where it is not allowed", "council", map[string][]string{"mayor": {"blank"}, "council": {"0176.201", "blank"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := election.Prepare(e.Manifest, e.Keys.Public(), elgamal.NewSeed(), "0176.1", election.Pseudonym{}, anchor, test.selections)
			var s *election.SelectionError
			require.ErrorAs(t, err, &s)
			require.Equal(t, test.contest, s.Contest)
		})
	}
	_, err := election.Prepare(e.Manifest, e.Keys.Public(), elgamal.NewSeed(), "0176.3", election.Pseudonym{}, anchor, nil)
	require.ErrorIs(t, err, election.ErrWrongDistrict)
}

func TestCheckFindsABallotOfAnotherShape(t *testing.T) {
	e := smallElection(t)
	tests := []struct {
		name   string
		want   error
		change func(b *election.Ballot)
	}{
		{"election", election.ErrWrongElection, func(b *election.Ballot) { b.Election[0] ^= 1 }},
		{"district", election.ErrWrongDistrict, func(b *election.Ballot) { b.District = "0176.3" }},
		{"style of another district", election.ErrWrongStyle, func(b *election.Ballot) { b.District = "0176.2" }},
		{"contest missing", election.ErrWrongStyle, func(b *election.Ballot) { b.Contests = b.Contests[:1] }},
		{"contest twice", election.ErrWrongStyle, func(b *election.Ballot) { b.Contests = append(b.Contests, b.Contests[1]) }},
		{"order", election.ErrWrongStyle, func(b *election.Ballot) {
			b.Contests[0], b.Contests[1] = b.Contests[1], b.Contests[0]
		}},
		{"slots", election.ErrWrongStyle, func(b *election.Ballot) { b.Contests[1].Slots = b.Contests[1].Slots[:1] }},
		{"length of a proof", election.ErrWrongStyle, func(b *election.Ballot) {
			b.Contests[0].Slots[0].Proof = b.Contests[1].Slots[0].Proof
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b, _ := prepare(t, 0, northern)
			test.change(b)
			require.ErrorIs(t, b.Check(e.Manifest), test.want)
			require.ErrorIs(t, b.VerifyProofs(e.Manifest, e.Keys.Public()), test.want)
		})
	}
}

// A proof is worth nothing with any other content around it.
func TestProofsAreBoundToTheBallot(t *testing.T) {
	e := smallElection(t)
	other, _ := prepare(t, 0, northern)
	tests := []struct {
		name    string
		contest string
		slot    int
		change  func(b *election.Ballot)
	}{
		{"pseudonym", "mayor", 0, func(b *election.Ballot) { b.Pseudonym[15] ^= 1 }},
		{"anchor size", "mayor", 0, func(b *election.Ballot) { b.Anchor.Size++ }},
		{"anchor root", "mayor", 0, func(b *election.Ballot) { b.Anchor.Root[0] ^= 1 }},
		{"slots exchanged", "council", 0, func(b *election.Ballot) {
			s := b.Contests[1].Slots
			s[0], s[1] = s[1], s[0]
		}},
		{"slot copied", "council", 1, func(b *election.Ballot) { b.Contests[1].Slots[1] = b.Contests[1].Slots[0] }},
		{"slot of another ballot's ciphertext", "council", 1, func(b *election.Ballot) {
			b.Contests[1].Slots[1].Ciphertext = other.Contests[1].Slots[1].Ciphertext
		}},
		{"A is the identity", "council", 0, func(b *election.Ballot) {
			copy(b.Contests[1].Slots[0].Ciphertext, make([]byte, 32))
		}},
		{"not an element", "mayor", 0, func(b *election.Ballot) { b.Contests[0].Slots[0].Ciphertext[31] |= 0x80 }},
		{"another response", "mayor", 0, func(b *election.Ballot) {
			p := b.Contests[0].Slots[0].Proof
			copy(p[len(p)-32:], group.NewScalar(5).Bytes())
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b, _ := prepare(t, 0, northern)
			b, err := election.ParseBallot(b.Bytes()) // memory of its own
			require.NoError(t, err)
			test.change(b)
			err = b.VerifyProofs(e.Manifest, e.Keys.Public())
			var s *election.SlotError
			require.ErrorAs(t, err, &s)
			require.Equal(t, test.contest, s.Contest)
			require.Equal(t, test.slot, s.Slot)
		})
	}
}

func TestBatchNamesTheCulprits(t *testing.T) {
	e := smallElection(t)
	batch := election.NewBallotBatch(e.Manifest, e.Keys.Public(), rand.Reader)
	require.NoError(t, batch.Verify(), "an empty batch")
	for i := range 6 {
		b, _ := prepare(t, i, map[int]map[string][]string{0: northern, 1: southern}[i%2])
		switch i {
		case 2, 5:
			b.Pseudonym[0] ^= 1
		case 3:
			b.Contests[0].Slots[0].Ciphertext = make([]byte, 64)
			var s *election.SlotError
			require.ErrorAs(t, batch.Add(b), &s, "refused at once, and not in the batch")
			require.ErrorIs(t, s, sigma.ErrIdentity)
			continue
		}
		require.NoError(t, batch.Add(b))
	}
	require.ErrorIs(t, batch.Verify(), sigma.ErrBatch)
	culprits := batch.Culprits()
	require.Len(t, culprits, 2)
	require.Equal(t, 2, culprits[0].Ballot)
	require.Equal(t, 4, culprits[1].Ballot)
	for _, c := range culprits {
		var s *election.SlotError
		require.ErrorAs(t, c.Err, &s)
		require.Equal(t, "mayor", s.Contest)
	}
}

func TestBallotsOfABadShape(t *testing.T) {
	b, _ := prepare(t, 1, southern)
	text := string(b.Bytes())
	tests := []struct{ name, old, changed, field string }{
		{"anchor size", `"size":4`, `"size":9007199254740992`, "anchor.size"},
		{"negative anchor", `"size":4`, `"size":-4`, "anchor.size"},
		{"short ciphertext", `"ciphertext":"`, `"ciphertext":"AAAA`, "contests[0].slots[0].ciphertext"},
		{"pseudonym", b.Pseudonym.String(), strings.ToUpper("a" + b.Pseudonym.String()[1:]), "pseudonym"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			require.Contains(t, text, test.old)
			_, err := election.ParseBallot([]byte(strings.Replace(text, test.old, test.changed, 1)))
			requireField(t, err, "ballot", test.field)
		})
	}
}

func FuzzParseBallot(f *testing.F) {
	for voter, selections := range []map[string][]string{northern, southern} {
		b, _ := prepare(f, voter, selections)
		f.Add(b.Bytes())
	}
	e := smallElection(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		ballot, err := election.ParseBallot(b)
		if err != nil {
			return
		}
		require.Equal(t, b, ballot.Bytes())
		_ = ballot.VerifyProofs(e.Manifest, e.Keys.Public())
	})
}
