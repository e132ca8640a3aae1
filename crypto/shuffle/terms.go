package shuffle

import (
	"valik/crypto/elgamal"
	"valik/crypto/group"
)

// batchTerms is how many terms are multiplied out together: more would take more
// memory and hardly less time. Tests lower it.
var batchTerms = 1 << 17

// batch is a long sum of terms scalar·point, of which a part is multiplied out
// already.
type batch struct {
	scalars []group.Scalar
	points  []group.Element
	done    *group.Element
}

// newBatch returns an empty sum, with room for so many terms or for a block.
func newBatch(terms int) *batch {
	size := min(terms, batchTerms)
	return &batch{
		scalars: make([]group.Scalar, 0, size),
		points:  make([]group.Element, 0, size),
		done:    group.NewElement(),
	}
}

// multiplyOut returns the sum of all terms so far, and goes on from there.
func (b *batch) multiplyOut() *group.Element {
	b.done.Add(b.done, sumVarTime(b.scalars, b.points))
	b.scalars, b.points = b.scalars[:0], b.points[:0]
	return b.done
}

// next returns the places for up to n more terms, and for at least one.
func (b *batch) next(n int) ([]group.Scalar, []group.Element) {
	at := len(b.scalars)
	if at == cap(b.scalars) {
		b.multiplyOut()
		at = 0
	}
	end := min(at+n, cap(b.scalars))
	b.scalars, b.points = b.scalars[:end], b.points[:end]
	return b.scalars[at:], b.points[at:]
}

// add adds the term s·P.
func (b *batch) add(s *group.Scalar, p *group.Element) {
	scalars, points := b.next(1)
	scalars[0].Set(s)
	points[0].Set(p)
}

// addTerms adds n terms, which term computes on all cores.
func (b *batch) addTerms(n int, term func(i int, s *group.Scalar, p *group.Element)) {
	for lo := 0; lo < n; {
		scalars, points := b.next(n - lo)
		parallel(len(scalars), func(i int) { term(lo+i, &scalars[i], &points[i]) })
		lo += len(scalars)
	}
}

// addAll adds a term for every point.
func (b *batch) addAll(points []group.Element, coefficient func(i int, s *group.Scalar)) {
	b.addTerms(len(points), func(i int, s *group.Scalar, p *group.Element) {
		coefficient(i, s)
		p.Set(&points[i])
	})
}

// addRows adds x_k·z_i·A_{i,k} + y_k·z_i·B_{i,k} for all i and k.
func (b *batch) addRows(rows *elgamal.Rows, x, y, z []group.Scalar) {
	all, w := rows.All(), rows.Width()
	b.addTerms(2*len(all), func(i int, s *group.Scalar, p *group.Element) {
		at := i / 2
		if i%2 == 0 {
			s.Multiply(&x[at%w], &z[at/w])
			p.Set(&all[at].A)
		} else {
			s.Multiply(&y[at%w], &z[at/w])
			p.Set(&all[at].B)
		}
	})
}
