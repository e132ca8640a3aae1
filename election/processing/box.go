package processing

import (
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
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
	settled *election.Settled          // what the board says of its evidence, if that was to settle
}

// isExcused says whether an honest collector may have taken a ballot that fails by
// itself: its evidence was still to come, and the board says that it did not hold.
func (b *judged) isExcused() bool {
	return b.vote.Reason.OfEvidence() && b.settled != nil && !b.settled.Good
}

// isMissettled says whether the board says otherwise of the ballot's evidence than the
// evidence.
func (b *judged) isMissettled() bool {
	return b.settled != nil && b.settled.Good == b.vote.Reason.OfEvidence()
}

// chunkSize is how many ballots have their proofs verified together. More are
// hardly faster, and memory is held for this many containers a core.
const chunkSize = 256

// court judges the ballots of a box.
type court struct {
	s       *Source
	log     *log
	chunk   int                         // ballots judged together
	settled map[uint64]election.Settled // what came of ballots without evidence, by index
	judges  []*Judge                    // by version of the roll
}

// judgeBox judges all ballots on all cores, in the order of the board. Every
// ballot entry has exactly one line of the box.
func judgeBox(s *Source, l *log, settled map[uint64]election.Settled, chunk int) ([]judged, error) {
	c := &court{s: s, log: l, settled: settled, chunk: chunk}
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

// chunks reads the box and hands it on in chunks.
func (c *court) chunks(judge func(from int, lines []*election.BoxBallot)) error {
	var lines []*election.BoxBallot
	read := 0
	for b, err := range c.lines() {
		if err != nil {
			return err
		}
		lines = append(lines, b)
		read++
		if len(lines) == c.chunk {
			judge(read-len(lines), lines)
			lines = nil
		}
	}
	judge(read-len(lines), lines)
	return nil
}

// lines yields the lines of the box, which must stand for the ballot entries, one each.
// An error is the last pair.
func (c *court) lines() iter.Seq2[*election.BoxBallot, error] {
	return func(yield func(*election.BoxBallot, error) bool) {
		read := 0
		for b, err := range c.s.Box.All() {
			if err == nil {
				err = c.log.isBallot(read, b)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(b, nil) {
				return
			}
			read++
		}
		if read < len(c.log.ballots) {
			yield(nil, &SourceError{"box", c.log.ballots[read], ErrMissing})
		}
	}
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
		if settled, there := c.settled[line.Index]; there {
			out[i].settled = &settled
		}
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
	m, err := c.match(line)
	if err != nil {
		return nil, nil, err
	}
	candidate := m.Candidate
	j, at := c.judges[c.log.rollAt(int(line.Index))], line.Time.Time()
	checks := []func() *Refusal{
		func() *Refusal { return j.shape(candidate) },
		func() *Refusal { return j.Hours(at) },
		func() *Refusal { return j.Eligible(candidate) },
		func() *Refusal { return j.Signature(candidate, at) },
		func() *Refusal { return j.Evidence(candidate, m.Evidence, at) },
		func() *Refusal { return j.Anchor(candidate, line.Index, c.log.root) },
	}
	for _, check := range checks {
		if refusal := check(); refusal != nil {
			return candidate, refusal, nil
		}
	}
	return candidate, nil, nil
}

// evidence gives the evidence of a line, if the line is what the board has: the leaf
// binds the evidence that was there at the cast, the settlement what came later.
func (c *court) evidence(candidate *Candidate, line *election.BoxBallot) (*Evidence, error) {
	index, stored := int(line.Index), election.EvidenceHash(line.Evidence)
	refuse := func(err error) (*Evidence, error) { return nil, &SourceError{"box", index, err} }
	artefact := c.log.entries[index].Artefact
	leaf := func(evidence election.Hash) bool {
		return election.BallotLeaf(candidate.Inner, candidate.Envelope, evidence, line.Time) == artefact
	}
	later, isSettled := c.settled[line.Index]
	switch {
	case isSettled && (!leaf(election.Hash{}) || stored != later.Evidence):
		return refuse(ErrNotLogged)
	case !isSettled && !leaf(stored):
		return refuse(ErrNotLogged)
	case stored == election.Hash{}:
		return nil, nil
	}
	doc, err := election.ParseEvidence(line.Evidence)
	if err != nil {
		// The board binds these bytes: that they are no evidence is about the ballot.
		return &Evidence{}, nil
	}
	evidence, err := c.complete(doc)
	if err != nil {
		return refuse(err)
	}
	return evidence, nil
}

// complete adds the revocation list that evidence refers to.
func (c *court) complete(doc *election.Evidence) (*Evidence, error) {
	e := &Evidence{OCSP: doc.OCSP, TimeStamp: doc.Time}
	if doc.CRL == nil {
		return e, nil
	}
	if c.s.RevocationLists == nil {
		return nil, ErrNoRevocationList
	}
	list, err := c.s.RevocationLists(*doc.CRL)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoRevocationList, err)
	}
	if election.HashOf(list) != *doc.CRL {
		return nil, ErrNoRevocationList
	}
	e.CRL = list
	return e, nil
}

// ErrNoRevocationList says that the list that evidence refers to is not at hand.
var ErrNoRevocationList = errors.New("the revocation list of its evidence is missing or another")

// take keeps of a good ballot what is needed later.
func (b *judged) take(c *Candidate) error {
	b.voter = c.Voter
	b.vote.Voter, b.vote.Anchor = c.Voter.Pseudonym, c.Ballot.Anchor.Size
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
	if r.Reason == election.BadStatus || r.Reason == election.BadTime {
		b.vote.Code = r.Code
	}
	b.voter, b.rows = nil, nil
}
