package verifier

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"valik/crypto/elgamal"
	"valik/election"
	"valik/election/electiontest"
)

// The two lists of the district in which all voters of these tests live.
var (
	mayor   = election.ListID{Contest: "mayor", District: "0176.1"}
	council = election.ListID{Contest: "council", District: "0176.1"}
)

// publicState is what the checks before input.public leave behind.
func publicState(e *electiontest.Election, ballots []*election.Ballot, rows map[election.ListID][]byte, revoked int) *State {
	record := fstest.MapFS{}
	var lists []election.InputList
	for _, id := range e.Manifest.ListIDs() {
		b, w := rows[id], e.Manifest.Width(id)
		record[election.InputBin(id)] = &fstest.MapFile{Data: b}
		lists = append(lists, election.InputList{
			Contest: id.Contest, District: id.District, Width: w,
			Rows: len(b) / elgamal.CiphertextSize / w, Ciphertexts: election.HashOf(b),
		})
	}
	s := newState(Input{Record: record}, Finished)
	s.Manifest = e.Manifest
	var published []election.PublicBallot
	for i, b := range ballots {
		published = append(published, election.PublicBallot{Index: uint64(4 + i), Ballot: *b})
	}
	s.Ballots = election.NewPublicBallots(e.Manifest.Fingerprint(), published)
	s.Input = election.NewInput(e.Manifest, lists, revoked, 0)
	return s
}

// rowOf is a ballot's ciphertexts in one contest.
func rowOf(b *election.Ballot, id election.ListID) []byte {
	var row []byte
	for _, c := range b.Contests {
		if c.Contest == id.Contest {
			for _, s := range c.Slots {
				row = append(row, s.Ciphertext...)
			}
		}
	}
	return row
}

func smallElection(t *testing.T) (*electiontest.Election, *electiontest.Log) {
	t.Helper()
	e, err := electiontest.New(8, nil)
	require.NoError(t, err)
	return e, e.NewLog()
}

// An official who leaves out one vote of a revoked ballot and another vote of
// another one would count two halves.
func TestHalvesOfRevokedBallotsAreNotCounted(t *testing.T) {
	e, l := smallElection(t)
	a, b, c := l.Prepare(0), l.Prepare(2), l.Prepare(4)
	halves := map[election.ListID][]byte{
		mayor:   append(rowOf(b, mayor), rowOf(c, mayor)...),
		council: append(rowOf(a, council), rowOf(c, council)...),
	}
	_, err := inputPublic.run(publicState(e, []*election.Ballot{a, b, c}, halves, 2))
	require.ErrorContains(t, err, "none of the voters' last ballots")

	whole := map[election.ListID][]byte{mayor: rowOf(c, mayor), council: rowOf(c, council)}
	_, err = inputPublic.run(publicState(e, []*election.Ballot{a, b, c}, whole, 2))
	require.NoError(t, err)
	_, err = inputPublic.run(publicState(e, []*election.Ballot{a, b, c}, whole, 1))
	require.ErrorContains(t, err, "2 voters' last ballots are not in the input, but 1")
}

// Two voters who share their randomness and one of two choices have a row in
// common. When the first of them is revoked, the record is still right.
func TestVotersWhoShareTheirRandomness(t *testing.T) {
	e, l := smallElection(t)
	seed := elgamal.NewSeed()
	prepare := func(i int, council []string) *election.Ballot {
		v := l.Roll.List[i]
		selections := l.Selections(v.District)
		if council != nil {
			selections["council"] = council
		}
		b, err := election.Prepare(e.Manifest, e.Keys.Public(), seed, v.District, v.Pseudonym, l.Anchor(len(l.Entries)), selections)
		require.NoError(t, err)
		return b
	}
	codes := e.Manifest.Codes("council", "0176.1")
	a, b := prepare(0, nil), prepare(2, []string{codes[3], codes[2]})
	require.Equal(t, rowOf(a, mayor), rowOf(b, mayor))
	require.NotEqual(t, rowOf(a, council), rowOf(b, council))
	c := l.Prepare(4)
	counted := map[election.ListID][]byte{
		mayor:   append(rowOf(b, mayor), rowOf(c, mayor)...),
		council: append(rowOf(b, council), rowOf(c, council)...),
	}
	_, err := inputPublic.run(publicState(e, []*election.Ballot{a, b, c}, counted, 1))
	require.NoError(t, err)
}
