package group

// Select sets e = p if cond is 1 and e = q if cond is 0, in constant time: so a
// secret index chooses among points without a branch and without a table.
func (e *Element) Select(p, q *Element, cond int) *Element {
	p.check()
	q.check()
	e.x.Select(&p.x, &q.x, cond)
	e.y.Select(&p.y, &q.y, cond)
	e.z.Select(&p.z, &q.z, cond)
	e.t.Select(&p.t, &q.t, cond)
	return e
}
