package processing

import (
	"crypto/rand"
	"errors"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"

	"valik/election"
)

// judged is a ballot of the box after all checks of its own.
type judged struct {
	vote    Vote
	voter   *election.Voter
	refusal *Refusal
	rows    map[election.ListID][]byte // encoded ciphertexts
}

// chunkSize is how many ballots have their proofs verified together. More are
// hardly faster, and memory is held for this many containers a core.
const chunkSize = 256

// court judges the ballots of a box.
type court struct {
	s      *Source
	log    *log
	chunk  int      // ballots judged together
	judges []*Judge // by version of the roll
}

// judgeBox judges all ballots on all cores, in the order of the board. Every
// ballot entry has exactly one line of the box.
func judgeBox(s *Source, l *log, chunk int) ([]judged, error) {
	c := &court{s: s, log: l, chunk: chunk}
	for _, r := range s.Rolls {
		j, err := NewJudge(s.Manifest, s.Key, r)
		if err != nil {
			return nil, err
		}
		c.judges = append(c.judges, j)
	}
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0)) // Go waits: no more lines are read than are judged
	all := make([]judged, len(l.ballots))
	err := c.chunks(func(from int, lines []*election.BoxBallot) {
		g.Go(func() error { return c.judge(all[from:from+len(lines)], lines) })
	})
	if failed := g.Wait(); failed != nil {
		return nil, failed
	}
	return all, err
}

// chunks reads the box and hands it on in chunks. It checks that the lines stand
// for the ballot entries, one each.
func (c *court) chunks(judge func(from int, lines []*election.BoxBallot)) error {
	var lines []*election.BoxBallot
	read := 0
	for b, err := range c.s.Box.All() {
		if err != nil {
			return err
		}
		if read == len(c.log.ballots) {
			return &SourceError{"box", -1, ErrTooMany}
		}
		if at := c.log.ballots[read]; b.Index != uint64(at) {
			return &SourceError{"box", at, ErrMissing}
		}
		lines = append(lines, b)
		read++
		if len(lines) == c.chunk {
			judge(read-len(lines), lines)
			lines = nil
		}
	}
	judge(read-len(lines), lines)
	if read < len(c.log.ballots) {
		return &SourceError{"box", c.log.ballots[read], ErrMissing}
	}
	return nil
}

// judge fills out with the verdicts about lines.
func (c *court) judge(out []judged, lines []*election.BoxBallot) error {
	batch := election.NewBallotBatch(c.s.Manifest, c.s.Key, rand.Reader)
	var batched []int
	for i, line := range lines {
		candidate, refusal, err := c.examine(line)
		if err != nil {
			return err
		}
		out[i] = judged{vote: Vote{Index: line.Index, Inner: candidate.Inner}}
		if refusal == nil {
			if err := batch.Add(candidate.Ballot); err != nil {
				refusal = Refuse(CodeBadProof, err)
			}
		}
		if refusal != nil {
			out[i].refuse(refusal)
			continue
		}
		if err := out[i].take(candidate); err != nil {
			return err
		}
		batched = append(batched, i)
	}
	if batch.Verify() == nil {
		return nil
	}
	for _, culprit := range batch.Culprits() {
		out[batched[culprit.Ballot]].refuse(Refuse(CodeBadProof, culprit.Err))
	}
	return nil
}

// examine does all checks but the proofs, in the order of the protocol. An error
// means that the line is not what the board has.
func (c *court) examine(line *election.BoxBallot) (*Candidate, *Refusal, error) {
	index := int(line.Index)
	candidate, err := Unwrap(line.Container)
	if err != nil {
		return nil, nil, &SourceError{"box", index, fmt.Errorf("%w: %w", ErrNotLogged, err)}
	}
	if election.BallotLeaf(candidate.Inner, candidate.Envelope, line.Time) != c.log.entries[index].Artefact {
		return nil, nil, &SourceError{"box", index, ErrNotLogged}
	}
	j, at := c.judges[c.log.rollAt(index)], line.Time.Time()
	checks := []func() *Refusal{
		func() *Refusal { return j.shape(candidate) },
		func() *Refusal { return j.Hours(at) },
		func() *Refusal { return j.Eligible(candidate) },
		func() *Refusal { return j.Signature(candidate, at) },
		func() *Refusal { return j.Anchor(candidate, line.Index, c.log.root) },
	}
	for _, check := range checks {
		if refusal := check(); refusal != nil {
			return candidate, refusal, nil
		}
	}
	return candidate, nil, nil
}

// take keeps of a good ballot what is needed later.
func (b *judged) take(c *Candidate) error {
	b.voter = c.Voter
	b.vote.Voter, b.vote.Anchor = c.Voter.Code, c.Ballot.Anchor.Size
	b.rows = map[election.ListID][]byte{}
	for _, contest := range c.Ballot.Contests {
		id := election.ListID{Contest: contest.Contest, District: c.Ballot.District}
		for _, s := range contest.Slots {
			b.rows[id] = append(b.rows[id], s.Ciphertext...)
		}
	}
	if len(b.rows) == 0 {
		return errors.New("processing: a ballot without contests") // the manifest has none
	}
	return nil
}

// refuse marks a ballot that fails by itself.
func (b *judged) refuse(r *Refusal) {
	b.refusal, b.vote.Reason = r, r.Reason
	b.voter, b.rows = nil, nil
}
