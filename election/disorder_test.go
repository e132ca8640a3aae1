package election_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"valik/election"
)

var everyKind = []election.Kind{
	election.KindManifest, election.KindCeremony, election.KindRoll, election.KindOpen, election.KindBallot, election.KindClose,
	election.KindSettlement, election.KindRevocations, election.KindInput, election.KindMix, election.KindDecryption, election.KindResult,
}

// A board in good order can never be accused, whichever of its entries are shown; one
// that is not is found out when all are.
func TestDisorderIsNeverSeenInOrder(t *testing.T) {
	m := smallElection(t).Manifest
	rapid.Check(t, func(t *rapid.T) {
		var board []election.Entry
		var known []election.Standing
		var p election.Position
		for i := range rapid.IntRange(0, 40).Draw(t, "steps") {
			var next []election.Entry
			for _, kind := range everyKind {
				e := *election.NewEntry(kind, m.Fingerprint(), m.Fingerprint())
				if _, err := p.Next(e, m); err == nil {
					next = append(next, e)
				}
			}
			if len(next) == 0 {
				break
			}
			e := rapid.SampledFrom(next).Draw(t, "entry")
			p, _ = p.Next(e, m)
			board = append(board, e)
			if rapid.Bool().Draw(t, "shown") {
				known = append(known, election.Standing{Index: uint64(i), Entry: &e})
			}
		}
		require.NoError(t, election.CheckOrder(board, m))
		require.ErrorIs(t, election.CheckDisorder(known, m), election.ErrInOrder)

		// One more entry that may not stand here, with all before it, is enough.
		wrong := *election.NewEntry(rapid.SampledFrom(everyKind).Draw(t, "wrong"), m.Fingerprint(), m.Fingerprint())
		if _, err := p.Next(wrong, m); err == nil {
			return
		}
		known = nil
		for i, e := range append(board, wrong) {
			known = append(known, election.Standing{Index: uint64(i), Entry: &e})
		}
		require.NoError(t, election.CheckDisorder(known, m))
	})
}

func TestDisorder(t *testing.T) {
	m := smallElection(t).Manifest
	at := func(index uint64, kind election.Kind) election.Standing {
		return election.Standing{Index: index, Entry: election.NewEntry(kind, m.Fingerprint(), m.Fingerprint())}
	}
	const far = 1 << 50
	for name, test := range map[string]struct {
		known []election.Standing
		bad   bool
	}{
		"nothing":                       {nil, false},
		"a ballot far away":             {[]election.Standing{at(far, election.KindBallot)}, false},
		"the earliest ballot":           {[]election.Standing{at(4, election.KindBallot)}, false},
		"a ballot too early":            {[]election.Standing{at(3, election.KindBallot)}, true},
		"a ceremony later":              {[]election.Standing{at(2, election.KindCeremony)}, true},
		"close and ballot far apart":    {[]election.Standing{at(9, election.KindClose), at(far, election.KindBallot)}, true},
		"roll after the opening":        {[]election.Standing{at(5, election.KindOpen), at(9, election.KindRoll)}, false},
		"roll after the close":          {[]election.Standing{at(5, election.KindClose), at(9, election.KindRoll)}, true},
		"two openings":                  {[]election.Standing{at(5, election.KindOpen), at(9, election.KindOpen)}, true},
		"result with room for decrypts": {[]election.Standing{at(9, election.KindInput), at(14, election.KindResult)}, false},
		"result without room for them":  {[]election.Standing{at(9, election.KindInput), at(13, election.KindResult)}, true},
		"far after the result":          {[]election.Standing{at(20, election.KindResult), at(far, election.KindMix)}, true},
		"no entry":                      {[]election.Standing{{Index: 3}}, true},
	} {
		err := election.CheckDisorder(test.known, m)
		if test.bad {
			require.NoError(t, err, name)
		} else {
			require.ErrorIs(t, err, election.ErrInOrder, name)
		}
	}
}
