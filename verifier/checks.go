package verifier

import (
	"errors"
	"fmt"
	"strings"
)

// check is one thing that must be true of a record.
type check struct {
	id    string // stable: docs/protocol/verify.md, reports and vectors use it
	title string // what is true if it passes
	stage Stage  // from which on it is made
	needs []string
	// run returns how many items it has looked at. Its error is what is wrong: a
	// notPossible, or any other, of which faults holds several.
	run func(*State) (int, error)
}

// checks lists all checks in the order in which they are made and reported.
func checks() []check {
	return []check{
		manifestForm, manifestPinned, manifestSignature,
		boardCheckpoint, boardTiles, boardEntries, boardPinned,
		recordFiles, ceremonyTranscript, rollCommitment, openDocument, closeDocument,
		ballotsLeaves, ballotsForm, ballotsProofs,
		settlementDocument, inputLists, inputPublic, inputRefused,
		revocationsSignature, boxBallots, processingSettlement, processingDecisions, processingInput,
		mixRequired, mixSignature, mixFirst, mixLater,
		decryptionQuorum, decryptionSignature, decryptionShares, decryptionPlaintexts,
		resultCounts, resultSignature,
	}
}

// notPossible is the outcome of a check that this record does not allow.
type notPossible struct {
	needs   string
	excused bool // what is missing may be missing: the record is verified as far as it goes
}

const needsPrefix = "needs "

func (e *notPossible) Error() string { return needsPrefix + e.needs }

var (
	needsSealed      = &notPossible{needs: "the sealed part, which accredited observers have (-sealed)", excused: true}
	needsFingerprint = &notPossible{needs: "the fingerprint from a source of your own (-election)", excused: true}
	needsCheckpoint  = &notPossible{needs: "a checkpoint from a source of your own (-checkpoint)", excused: true}
)

// faults is several things that are wrong at once.
type faults []error

func (f faults) Error() string { return errors.Join(f...).Error() }

// err returns nil if nothing is wrong.
func (f faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

// add keeps an error, if it is one.
func (f *faults) add(format string, args ...any) {
	*f = append(*f, fmt.Errorf(format, args...))
}

func (s *State) runAll(all []check) *Report {
	r := &Report{Sealed: s.in.Sealed != nil, Pinned: s.in.Fingerprint != nil || s.in.Checkpoint != nil}
	done := map[string]CheckResult{}
	for _, c := range all {
		if s.stage < c.stage {
			continue
		}
		result := s.runOne(c, done)
		done[c.id] = result
		r.Checks = append(r.Checks, result)
	}
	s.describe(r)
	r.conclude()
	return r
}

func (s *State) runOne(c check, done map[string]CheckResult) CheckResult {
	result := CheckResult{ID: c.id, Title: c.title}
	if missing := c.lacks(done); missing != nil {
		result.setMissing(missing)
		return result
	}
	s.note = ""
	count, err := c.run(s)
	result.Count, result.Note = count, s.note
	var missing *notPossible
	switch {
	case err == nil:
		result.Status = Pass
	case errors.As(err, &missing):
		result.setMissing(missing)
	default:
		result.Status = Fail
		result.setFailures(err)
	}
	return result
}

// lacks returns why a check cannot be made after those done, or nil. What was
// not done at all counts as not passed. A check is excused only if everything
// that it lacks is: one that needs the sealed part and a check that failed is
// not possible because of the failure.
func (c *check) lacks(done map[string]CheckResult) *notPossible {
	var lacks *notPossible
	for _, id := range c.needs {
		switch before := done[id]; {
		case before.Status == Pass:
		case !before.excused:
			return &notPossible{needs: id}
		case lacks == nil:
			lacks = &notPossible{needs: strings.TrimPrefix(before.Detail, needsPrefix), excused: true}
		}
	}
	return lacks
}

func (r *CheckResult) setMissing(m *notPossible) {
	r.Status, r.Detail, r.excused = NotPossible, m.Error(), m.excused
}

// maxFailures bounds how many faults of one check a report lists.
const maxFailures = 20

func (r *CheckResult) setFailures(err error) {
	var several faults
	if !errors.As(err, &several) {
		several = faults{err}
	}
	r.Detail = several[0].Error()
	r.FailureCount = len(several)
	for _, e := range several[:min(len(several), maxFailures)] {
		r.Failures = append(r.Failures, e.Error())
	}
}
