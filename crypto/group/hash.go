package group

import (
	"encoding/binary"
	"sync"

	"valik/crypto/internal/tuplehash"
)

// hashToElementCustom is the TupleHash customisation string of HashToElement.
const hashToElementCustom = "valik/1 hash to group"

// HashToElement returns the element that the tuple (label, data...) hashes to.
// Nobody knows a discrete logarithm between two such elements. The time depends
// on the lengths only.
//
// It implements Group.HashToElement of docs/protocol/group.md.
func HashToElement(label string, data ...[]byte) *Element {
	tuple := append([][]byte{[]byte(label)}, data...)
	b := tuplehash.XOF(hashToElementCustom, 64, tuple...)
	e, err := new(Element).SetUniformBytes(b)
	if err != nil {
		panic(err)
	}
	return e
}

// generatorLists caches the lists of Generators by label.
var generatorLists sync.Map // string → *generatorList

// generatorList is the start of the infinite list of one label. It only grows:
// what was handed out stays valid, since it is never written again.
type generatorList struct {
	mu   sync.Mutex
	list []Element
}

// Generators returns the first n of the label's generators H_1, H_2, … (H_i at
// index i−1). They are computed once on all cores and kept: the caller must not
// change them. It is safe for concurrent use. Labels are constants of the
// protocol, not input.
//
// It implements Group.Generators of docs/protocol/group.md.
func Generators(label string, n int) []Element {
	v, ok := generatorLists.Load(label)
	if !ok {
		v, _ = generatorLists.LoadOrStore(label, &generatorList{})
	}
	return v.(*generatorList).first(label, n)
}

func (g *generatorList) first(label string, n int) []Element {
	g.mu.Lock()
	defer g.mu.Unlock()
	have := len(g.list)
	if n > have {
		more := make([]Element, n-have)
		parallel(len(more), func(lo, hi int) {
			for i := lo; i < hi; i++ {
				more[i] = *indexedGenerator(label, uint64(have+i+1))
			}
			normalize(more[lo:hi]) // saves work in every sum they are in
		})
		g.list = append(g.list, more...)
	}
	// Capped, so that an append of the caller never writes into the cache.
	return g.list[:n:n]
}

// indexedGenerator returns H_i of the label.
func indexedGenerator(label string, i uint64) *Element {
	return HashToElement(label, binary.BigEndian.AppendUint64(nil, i))
}
