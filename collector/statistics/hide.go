package statistics

// shown says which districts may ever stand in a row: those that reach the minimum in the
// first row, which is never told by district. What is withheld there is what no later
// row can be worked out without. One district alone would be the total less nothing.
func shown(first span, smallest int) []bool {
	of, n := make([]bool, len(first.cells)), 0
	for d, c := range first.cells {
		if of[d] = c.reaches(smallest); of[d] {
			n++
		}
	}
	if n < 2 {
		clear(of)
	}
	return of
}

// hide says which districts of a row are told only together. If there are any, then those
// among them that stand in other rows have twice the minimum in both numbers: so whichever
// one of them is small, the others have the minimum and hide it.
func hide(row span, shown []bool, smallest int) []bool {
	hidden, any := make([]bool, len(row.cells)), false
	var together cell // of the hidden districts that stand in other rows
	for d, c := range row.cells {
		hidden[d] = !shown[d] || !c.reaches(smallest)
		any = any || hidden[d]
		if hidden[d] && shown[d] {
			together = together.plus(c)
		}
	}
	for any && !together.reaches(2*smallest) {
		d := cheapest(row.cells, hidden)
		if d < 0 {
			break // nothing of this row is told but the total
		}
		hidden[d], together = true, together.plus(row.cells[d])
	}
	return hidden
}

// cheapest gives the district with the fewest casts that is not hidden, -1 if there is none.
func cheapest(cells []cell, hidden []bool) int {
	best := -1
	for d, c := range cells {
		if !hidden[d] && (best < 0 || c.voters+c.revotes < cells[best].voters+cells[best].revotes) {
			best = d
		}
	}
	return best
}
