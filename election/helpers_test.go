package election_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"

	"valik/election"
	"valik/election/electiontest"
)

// small is one election for all tests: none changes it.
var small = sync.OnceValues(func() (*electiontest.Election, error) { return electiontest.New(6, nil) })

func smallElection(t testing.TB) *electiontest.Election {
	t.Helper()
	e, err := small()
	require.NoError(t, err)
	return e
}

// requireField asks for a refusal of one field of a document.
func requireField(t testing.TB, err error, document, field string) {
	t.Helper()
	var f *election.FormatError
	require.ErrorAs(t, err, &f)
	require.Equal(t, document, f.Document, "%v", err)
	require.Equal(t, election.BadField, f.Code, "%v", err)
	require.Equal(t, field, f.Field, "%v", err)
}

// stored is a store of tree hashes in memory.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		found[i] = s[x]
	}
	return found, nil
}
