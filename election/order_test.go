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
		{"manifest ceremony roll open close settlement", 5},
		{whole + " result", 17},
		{whole + " ballot", 17},
	}
	m := smallElection(t).Manifest
	for _, test := range tests {
		t.Run(test.kinds, func(t *testing.T) { requireOrder(t, m, test.kinds, test.bad) })
	}
	require.NoError(t, election.Complete(boardOf(m, whole)))
	require.Error(t, election.Complete(boardOf(m, strings.TrimSuffix(whole, " result"))))
	require.Error(t, election.Complete(nil))
	require.Equal(t, []int{5, 7}, election.Where(boardOf(m, whole), election.KindBallot))
}

// Where the manifest settles, exactly one settlement stands directly after the close.
func TestOrderWithASettlement(t *testing.T) {
	m, err := election.ParseManifest(smallElection(t).Manifest.Bytes())
	require.NoError(t, err)
	m.EID.Evidence = goodPolicy(m)
	m, err = election.NewManifest(*m)
	require.NoError(t, err)
	const closed = "manifest ceremony roll open ballot close"
	for _, test := range []struct {
		kinds string
		bad   int
	}{
		{closed, -1},
		{closed + " settlement", -1},
		{closed + " settlement revocations input mix mix decryption decryption result", -1},
		{closed + " settlement input", -1},
		{closed + " input", 6},
		{closed + " revocations", 6},
		{closed + " settlement settlement", 7},
		{closed + " settlement revocations settlement", 8},
		{closed + " settlement input settlement", 8},
		{closed + " settlement ballot", 7},
		{"manifest ceremony roll open ballot settlement", 5},
		{"manifest ceremony roll open settlement", 4},
	} {
		t.Run(test.kinds, func(t *testing.T) { requireOrder(t, m, test.kinds, test.bad) })
	}
}

// requireOrder asks for the index of the entry at fault, -1 if there is none.
func requireOrder(t *testing.T, m *election.Manifest, kinds string, bad int) {
	t.Helper()
	err := election.CheckOrder(boardOf(m, kinds), m)
	if bad < 0 {
		require.NoError(t, err)
		return
	}
	var o *election.OrderError
	require.ErrorAs(t, err, &o)
	require.Equal(t, bad, o.Index, "%v", err)
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
