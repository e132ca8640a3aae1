package tally

import (
	"testing"

	"github.com/stretchr/testify/require"

	"valik/election"
	"valik/election/electiontest"
)

func TestRehearsed(t *testing.T) {
	t.Parallel()
	build := func(change func(m *election.Manifest)) *election.Manifest {
		e, err := electiontest.New(0, change)
		require.NoError(t, err)
		return e.Manifest
	}
	before := build(func(m *election.Manifest) { m.Rehearsal = true })
	require.ErrorContains(t, CheckRehearsed(before, before), "this is a rehearsal too")
	fresh := build(nil)
	require.ErrorContains(t, CheckRehearsed(fresh, fresh), "is no rehearsal")
	for _, test := range []struct {
		setting string
		take    func(m *election.Manifest)
	}{
		{"board.key", func(m *election.Manifest) { m.Board = before.Board }},
		{"collector.key", func(m *election.Manifest) { m.Collector.Key = before.Collector.Key }},
		{"mixers.operators", func(m *election.Manifest) { m.Mixers.Operators[1].Key = before.Mixers.Operators[0].Key }},
		{"trustees.cards", func(m *election.Manifest) { m.Trustees.Cards[2] = before.Trustees.Cards[0] }},
	} {
		t.Run(test.setting, func(t *testing.T) {
			m := *fresh
			m.Mixers.Operators = append([]election.Operator(nil), fresh.Mixers.Operators...)
			m.Trustees.Cards = append([][]byte(nil), fresh.Trustees.Cards...)
			test.take(&m)
			err := CheckRehearsed(&m, before)
			require.ErrorIs(t, err, ErrRehearsed)
			require.ErrorContains(t, err, test.setting)
		})
	}
	other := *fresh
	other.Board.Origin = "another.example/board"
	require.NoError(t, CheckRehearsed(&other, before))
}
