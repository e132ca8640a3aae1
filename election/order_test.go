package election_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/election"
)

func TestOrderOfTheBoard(t *testing.T) {
	const whole = "manifest ceremony roll roll open ballot roll ballot close revocations revocations input mix mix decryption decryption result"
	tests := []struct {
		kinds string
		bad   int // index of the entry at fault, -1 if there is none
	}{
		{"", -1},
		{whole, -1},
		{"manifest ceremony roll open close input mix mix decryption decryption decryption result", -1},
		{"ceremony", 0},
		{"manifest manifest", 1},
		{"manifest roll", 1},
		{"manifest ceremony open", 2},
		{"manifest ceremony roll ballot", 3},
		{"manifest ceremony roll roll ballot", 4},
		{"manifest ceremony roll open open", 4},
		{"manifest ceremony roll open roll open", 5},
		{"manifest ceremony roll open roll close", -1},
		{"manifest ceremony roll open close ballot", 5},
		{"manifest ceremony roll open close roll", 5},
		{"manifest ceremony roll open close close", 5},
		{"manifest ceremony roll open revocations", 4},
		{"manifest ceremony roll open close input revocations", 6},
		{"manifest ceremony roll open close input input", 6},
		{"manifest ceremony roll open close mix", 5},
		{"manifest ceremony roll open close input decryption", 6},
		{"manifest ceremony roll open close input mix decryption", 7},
		{"manifest ceremony roll open close input mix mix mix", 8},
		{"manifest ceremony roll open close input mix mix result", 8},
		{"manifest ceremony roll open close input mix mix decryption result", 9},
		{"manifest ceremony roll open close input mix mix decryption decryption decryption decryption", 11},
		{"manifest ceremony roll open close input mix mix decryption mix", 9},
		{whole + " result", 17},
		{whole + " ballot", 17},
	}
	m := smallElection(t).Manifest
	for _, test := range tests {
		t.Run(test.kinds, func(t *testing.T) {
			entries := boardOf(m, test.kinds)
			err := election.CheckOrder(entries, m)
			if test.bad < 0 {
				require.NoError(t, err)
				return
			}
			var o *election.OrderError
			require.ErrorAs(t, err, &o)
			require.Equal(t, test.bad, o.Index, "%v", err)
		})
	}
	require.NoError(t, election.Complete(boardOf(m, whole)))
	require.Error(t, election.Complete(boardOf(m, strings.TrimSuffix(whole, " result"))))
	require.Error(t, election.Complete(nil))
	require.Equal(t, []int{5, 7}, election.Where(boardOf(m, whole), election.KindBallot))
}

func TestEntriesOfAnotherElection(t *testing.T) {
	m := smallElection(t).Manifest
	entries := boardOf(m, "manifest ceremony")
	entries[1].Election = election.Hash{}
	var o *election.OrderError
	require.ErrorAs(t, election.CheckOrder(entries, m), &o)
	require.Equal(t, 1, o.Index)
	entries = boardOf(m, "manifest ceremony")
	entries[0].Artefact = election.Hash{}
	require.ErrorAs(t, election.CheckOrder(entries, m), &o)
	require.Equal(t, 0, o.Index)
}

func TestParseEntriesNamesTheBadOne(t *testing.T) {
	good := election.NewEntry(election.KindOpen, election.Hash{}, election.Hash{}).Bytes()
	_, err := election.ParseEntries([][]byte{good, []byte("{}")})
	var o *election.OrderError
	require.ErrorAs(t, err, &o)
	require.Equal(t, 1, o.Index)
}

func boardOf(m *election.Manifest, kinds string) []election.Entry {
	var entries []election.Entry
	for _, k := range strings.Fields(kinds) {
		artefact := m.Fingerprint()
		if k != "manifest" {
			artefact = election.HashOf([]byte(k))
		}
		entries = append(entries, *election.NewEntry(election.Kind(k), m.Fingerprint(), artefact))
	}
	return entries
}
