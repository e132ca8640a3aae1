package group_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/group"
)

func TestTable(t *testing.T) {
	p := group.InCoset(group.HashToElement("table test"), 3, 11)
	table := group.NewTable(p)
	for _, s := range append(group.RandomScalars(20), edges...) {
		want := new(group.Element).ScalarMult(&s, p)
		require.True(t, want.Equal(table.Mult(&s)))
		require.True(t, want.Equal(table.VarTimeMult(&s)))
	}
}

func TestTableOfIdentity(t *testing.T) {
	table := group.NewTable(group.NewElement())
	require.True(t, table.Mult(group.RandomScalar()).IsIdentity())
	require.True(t, table.VarTimeMult(group.RandomScalar()).IsIdentity())
}

func TestTableKeepsItsBase(t *testing.T) {
	p := group.NewGenerator()
	table := group.NewTable(p)
	p.Double(p)
	require.True(t, table.Mult(group.NewScalar(1)).Equal(group.NewGenerator()))
	require.True(t, table.VarTimeMult(group.NewScalar(1)).Equal(group.NewGenerator()))
}

func TestTableConcurrently(t *testing.T) {
	s := group.RandomScalar()
	want := new(group.Element).ScalarBaseMult(s)
	table := group.NewTable(group.NewGenerator())
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, got := range []*group.Element{
				table.VarTimeMult(s), table.Mult(s),
				group.GeneratorTable().Mult(s), group.GeneratorTable().VarTimeMult(s),
			} {
				if !got.Equal(want) {
					t.Error("wrong product")
				}
			}
		})
	}
	wg.Wait()
	require.Same(t, group.GeneratorTable(), group.GeneratorTable())
}
