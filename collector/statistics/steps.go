package statistics

import "valik/election"

// longest is how long a row about districts waits for the smallest of them.
const longest = 24 * hourLength

// steps joins hours to the steps in which the totals grow: each as short as the minimum
// allows. While more ballots may come the newest is held back: the result will tell the total
// after the close, and what came after the last step that was told must reach the
// minimum too.
func (c *Counter) steps() []span {
	done, rest := join(c.complete(), func(s *span) bool { return s.total().reaches(c.smallest) })
	if !c.closed {
		return done[:max(0, len(done)-1)]
	}
	if rest != nil && len(done) > 0 {
		done[len(done)-1] = done[len(done)-1].with(*rest)
	}
	return done
}

// rows joins steps to the rows about districts: each until no district is below the minimum,
// or for a day. The rest after the close is a row of its own: a step or more, it reaches
// the minimum.
func (c *Counter) rows(steps []span) []span {
	done, rest := join(steps, func(s *span) bool {
		return s.to-s.from >= longest || !anySmall(s.cells, c.smallest)
	})
	if c.closed && rest != nil {
		done = append(done, *rest)
	}
	return done
}

// join joins neighbours until enough, and gives those that are enough and what remains,
// nil for nothing. Hours without ballots belong to what comes after them.
func join(parts []span, enough func(*span) bool) (done []span, rest *span) {
	var end election.Time
	for _, p := range parts {
		if rest != nil {
			p = rest.with(p)
		} else if end != 0 {
			p.from = end
		}
		if rest = &p; enough(rest) {
			done, end, rest = append(done, p), p.to, nil
		}
	}
	return done, rest
}

func anySmall(cells []cell, smallest int) bool {
	for _, c := range cells {
		if !c.reaches(smallest) {
			return true
		}
	}
	return false
}
