package processing

import (
	"fmt"
	"iter"

	"valik/election"
)

// Match is a ballot of the box that is the one of the board, with its evidence. Nothing
// else of it is judged.
type Match struct {
	*Candidate
	Line     *election.BoxBallot
	Evidence *Evidence // complete; nil if there is none, empty if what is stored is no evidence
}

// Matches yields the ballots of the box in the order of the board, one at a time, for
// those who want them as they were cast. What is needed of the source: manifest, entries,
// box, settlement and revocation lists. The errors, as the last pair, are those of
// [Process].
func Matches(s *Source) iter.Seq2[*Match, error] {
	return func(yield func(*Match, error) bool) {
		c, err := newMatcher(s)
		if err != nil {
			yield(nil, err)
			return
		}
		for line, err := range c.lines() {
			var m *Match
			if err == nil {
				m, err = c.match(line)
			}
			if !yield(m, err) || err != nil {
				return
			}
		}
	}
}

// newMatcher is a court without judges.
func newMatcher(s *Source) (*court, error) {
	l, err := readLog(s.Manifest, s.Entries)
	if err != nil {
		return nil, err
	}
	settled, err := l.matchSettlement(s.Manifest, s.Settlement)
	if err != nil {
		return nil, err
	}
	return &court{s: s, log: l, settled: settled}, s.checkBox()
}

// match compares a line with its entry.
func (c *court) match(line *election.BoxBallot) (*Match, error) {
	candidate, err := Unwrap(line.Container)
	if err != nil {
		return nil, &SourceError{"box", int(line.Index), fmt.Errorf("%w: %w", ErrNotLogged, err)}
	}
	evidence, err := c.evidence(candidate, line)
	if err != nil {
		return nil, err
	}
	return &Match{candidate, line, evidence}, nil
}
