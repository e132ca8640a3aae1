package shuffle

import (
	"sync"

	"valik/crypto/group"
)

// The labels from which everybody derives the same generators. A relation
// between any two of G, H, H_1, H_2, … that a mixer knew would let it open a
// commitment in two ways: so they come from a hash, and never from a proof.
const (
	generatorsLabel = "valik/1 shuffle"
	chainBaseLabel  = "valik/1 shuffle chain base"
)

// generators returns H_1 … H_n.
//
// It implements Shuffle.Generators of docs/protocol/shuffle.md.
func generators(n int) []group.Element {
	return group.Generators(generatorsLabel, n)
}

// chainBase returns H, the base of the chain.
//
// It implements Shuffle.Generators of docs/protocol/shuffle.md.
var chainBase = sync.OnceValue(func() *group.Element {
	return group.HashToElement(chainBaseLabel)
})

// chainBaseTable returns the table of H, which is built once.
var chainBaseTable = sync.OnceValue(func() *group.Table {
	return group.NewTable(chainBase())
})
