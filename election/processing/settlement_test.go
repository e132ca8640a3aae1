package processing_test

import (
	"bytes"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/election"
	"valik/election/electiontest"
	"valik/election/processing"
)

// settling is an election in which evidence may come after the cast. It demands a
// time-stamp from the issuer of the cards.
var settling = sync.OnceValues(func() (*electiontest.Election, error) {
	return electiontest.New(4, func(m *election.Manifest) {
		m.EID.Evidence = &election.EvidencePolicy{
			Time: &election.TimePolicy{Authorities: m.EID.Issuers[:1], Tolerance: 60},
			Away: election.AwaySettle, Settle: 3600,
		}
	})
})

var early, late = election.NewEvidence([]byte("early"), nil, nil).Bytes(), election.NewEvidence([]byte("late"), nil, nil).Bytes()

// settled is a closed log of three ballots: with evidence from the cast on, with
// evidence that came later, and without any.
func settled(t *testing.T) (*electiontest.Log, *processing.Source) {
	t.Helper()
	e, err := settling()
	require.NoError(t, err)
	l := e.NewLog()
	for i, evidence := range [][]byte{early, nil, nil} {
		l.CastWith(l.Seal(i, l.Prepare(i).Bytes()), evidence, electiontest.Opens)
	}
	l.Ballots[1].Evidence = late
	s := source(l)
	return l, settle(l, s, election.Settled{Index: 5, Evidence: election.HashOf(late)})
}

// settle gives the log a settlement after its close.
func settle(l *electiontest.Log, s *processing.Source, list ...election.Settled) *processing.Source {
	s.Settlement = election.NewSettlement(l.Manifest.Fingerprint(), list)
	l.Append(election.KindSettlement, s.Settlement.Hash())
	s.Entries = l.Entries
	return s
}

// Where evidence stands, it is what the leaf or the settlement binds; what it proves is
// for the judge.
func TestEvidenceOfTheBox(t *testing.T) {
	_, s := settled(t)
	o, err := processing.Process(s)
	require.NoError(t, err)
	require.Len(t, o.Decisions.List, 3)
}

// Evidence that is exchanged, added or lost is another box than the board's.
func TestEvidenceMustBeThatOfTheBoard(t *testing.T) {
	crl := election.HashOf([]byte("list"))
	other := election.NewEvidence([]byte("other"), nil, nil).Bytes()
	withList := election.NewEvidence(nil, &crl, nil).Bytes()
	box := func(i int, evidence []byte) func(*electiontest.Log, *processing.Source) {
		return func(l *electiontest.Log, s *processing.Source) {
			list := slices.Clone(l.Ballots)
			list[i].Evidence = evidence
			s.Box = election.NewBox(l.Manifest.Fingerprint(), list)
		}
	}
	resettle := func(list ...election.Settled) func(*electiontest.Log, *processing.Source) {
		return func(l *electiontest.Log, s *processing.Source) {
			l.Entries = l.Entries[:len(l.Entries)-1]
			settle(l, s, list...)
		}
	}
	lateHash, otherHash := election.HashOf(late), election.HashOf(other)
	for _, test := range []struct {
		name, source string
		index        int
		want         error
		change       func(*electiontest.Log, *processing.Source)
	}{
		{"exchanged after the cast", "box", 4, processing.ErrNotLogged, box(0, other)},
		{"lost after the cast", "box", 4, processing.ErrNotLogged, box(0, nil)},
		{"exchanged after the settlement", "box", 5, processing.ErrNotLogged, box(1, other)},
		{"lost after the settlement", "box", 5, processing.ErrNotLogged, box(1, nil)},
		{"added after the settlement", "box", 6, processing.ErrNotLogged, box(2, late)},
		{"settled though it had evidence", "box", 4, processing.ErrNotLogged, resettle(election.Settled{Index: 4, Evidence: election.HashOf(early)}, election.Settled{Index: 5, Evidence: lateHash})},
		{"settled, and not in the box", "box", 6, processing.ErrNotLogged, resettle(election.Settled{Index: 5, Evidence: lateHash}, election.Settled{Index: 6, Evidence: otherHash})},
		{"in the box, and not settled", "box", 5, processing.ErrNotLogged, resettle()},
		{"of no ballot", "settlement", 7, processing.ErrNoBallot, resettle(election.Settled{Index: 5, Evidence: lateHash}, election.Settled{Index: 7, Evidence: otherHash})},
		{"of no entry", "settlement", 1000, processing.ErrNoBallot, resettle(election.Settled{Index: 1000, Evidence: otherHash})},
		{"another settlement", "settlement", 8, processing.ErrNotLogged, func(l *electiontest.Log, s *processing.Source) {
			s.Settlement = election.NewSettlement(l.Manifest.Fingerprint(), nil)
		}},
		{"of another election", "settlement", 8, processing.ErrNotLogged, func(l *electiontest.Log, s *processing.Source) {
			l.Entries = l.Entries[:len(l.Entries)-1]
			s.Settlement = election.NewSettlement(election.Hash{}, nil)
			l.Append(election.KindSettlement, s.Settlement.Hash())
			s.Entries = l.Entries
		}},
		{"missing", "settlement", 8, processing.ErrMissing, func(_ *electiontest.Log, s *processing.Source) { s.Settlement = nil }},
		{"not on the board", "settlement", -1, processing.ErrTooMany, func(_ *electiontest.Log, s *processing.Source) { s.Entries = s.Entries[:8] }},
		{"without its revocation list", "box", 6, processing.ErrNoRevocationList, func(l *electiontest.Log, s *processing.Source) {
			resettle(election.Settled{Index: 5, Evidence: lateHash}, election.Settled{Index: 6, Evidence: election.HashOf(withList)})(l, s)
			box(2, withList)(l, s)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			l, s := settled(t)
			test.change(l, s)
			_, err := processing.Process(s)
			var e *processing.SourceError
			require.ErrorAs(t, err, &e)
			require.Equal(t, test.source, e.Source, "%v", err)
			require.Equal(t, test.index, e.Index, "%v", err)
			require.ErrorIs(t, err, test.want)
		})
	}
}

// Evidence names its revocation list by hash: only that list is taken.
func TestRevocationListsAreThoseOfTheEvidence(t *testing.T) {
	e, err := settling()
	require.NoError(t, err)
	l := e.NewLog()
	list := []byte("a revocation list")
	hash := election.HashOf(list)
	l.CastWith(l.Seal(0, l.Prepare(0).Bytes()), election.NewEvidence(nil, &hash, nil).Bytes(), electiontest.Opens)
	s := settle(l, source(l))
	errGone := errors.New("gone")
	for name, test := range map[string]struct {
		give func(election.Hash) ([]byte, error)
		want error
	}{
		"no lists":      {nil, processing.ErrNoRevocationList},
		"gone":          {func(election.Hash) ([]byte, error) { return nil, errGone }, errGone},
		"another":       {func(election.Hash) ([]byte, error) { return bytes.ToUpper(list), nil }, processing.ErrNoRevocationList},
		"the right one": {func(h election.Hash) ([]byte, error) { require.Equal(t, hash, h); return list, nil }, nil},
	} {
		s.RevocationLists = test.give
		_, err := processing.Process(s)
		require.ErrorIs(t, err, test.want, name)
	}
}

// Bytes that are no evidence at all are the ballot's fault, not the box's: the board
// binds them.
func TestNoEvidenceAtAllIsNoSourceError(t *testing.T) {
	e, err := settling()
	require.NoError(t, err)
	l := e.NewLog()
	l.CastWith(l.Seal(0, l.Prepare(0).Bytes()), []byte("no evidence"), electiontest.Opens)
	_, err = processing.Process(settle(l, source(l)))
	require.NoError(t, err)
}
