package tally

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"valik/board"
	"valik/eid"
	"valik/election"
	"valik/election/processing"
	"valik/verifier"
)

// Levels of the containers that [Folder.Containers] writes, as the index names them.
const (
	LevelB       = "B-B"                     // as it came: the signature alone
	LevelLT      = "B-LT"                    // with the word on the certificate's status, and a time-stamp
	LevelUntimed = "B-LT without time-stamp" // the collector's own record has the time
)

// Containers writes the signed ballots of the sealed box into a new folder, one file each
// with the evidence in it, for the standard tools of digital signatures; and an index of
// them. It returns how many have which level. The folder names voters: it is as secret as
// the box. Errors: [ErrTooEarly] before the polls are over, [ErrUnverified], [ErrExists],
// [ErrPublic], and a *[processing.SourceError] where the box is not the board's.
//
// It implements Step.Containers of docs/protocol/steps.md.
func (f *Folder) Containers(out string) (levels map[string]int, err error) {
	m, err := f.Manifest()
	if err != nil {
		return nil, err
	}
	if err := f.keepsSecret(out); err != nil {
		return nil, err
	}
	s, err := newShelf(out)
	if err != nil {
		return nil, err
	}
	if err := f.fill(s, m); err != nil {
		return nil, s.abandon(err)
	}
	return s.levels, s.finish()
}

// fill writes the ballots of the box, each after it was compared with the board.
func (f *Folder) fill(s *shelf, m *election.Manifest) error {
	state, err := f.closed(m)
	if err != nil {
		return err
	}
	judge, err := processing.NewJudge(m, state.Keys.Public(), state.Rolls[0]) // any roll: nobody is judged
	if err != nil {
		return err
	}
	done, total := 0, len(election.Where(state.Entries, election.KindBallot))
	for match, err := range state.Matches(os.DirFS(f.Sealed())) {
		if err != nil {
			return err
		}
		if err := s.put(newItem(judge, match)); err != nil {
			return err
		}
		done++
		f.progress("containers", done, total)
	}
	return nil
}

// closed verifies everything up to the close. The cheap refusals come first.
func (f *Folder) closed(m *election.Manifest) (*verifier.State, error) {
	if err := f.isOver(m); err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(f.Sealed(), election.BoxFile)); err != nil {
		return nil, fmt.Errorf("tally: the signed ballots are in the sealed part: %w", err)
	}
	state, err := f.verify(verifier.Closed)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(state.Manifest.Bytes(), m.Bytes()) {
		return nil, fmt.Errorf("%w: the manifest has changed during the verification", ErrBusy)
	}
	return state, nil
}

// isOver asks the board for the end of the polls, as the steps of the count do. What is
// wrong with a board that cannot be read is for the verification to say.
func (f *Folder) isOver(m *election.Manifest) error {
	_, leaves, err := board.ReadAll(os.DirFS(f.Record()), m.Policy())
	if err != nil {
		return nil
	}
	entries, err := election.ParseEntries(leaves)
	if after := stepProcess.follows(m); err == nil && len(election.Where(entries, after)) == 0 {
		return fmt.Errorf("%w: the board has no entry %q yet", ErrTooEarly, after)
	}
	return nil
}

// item is a ballot as it is written.
type item struct {
	index     uint64
	time      election.Time
	container []byte
	level     string
	token     []byte // a time-stamp for which the container has no place
	list      string // the sealed revocation list for which it has no room
	reason    string // code of package eid: why the evidence is not in the container
}

// newItem extends a ballot's container, or leaves it as it came and says why: no fault of
// evidence may keep a ballot from those who look.
func newItem(judge *processing.Judge, m *processing.Match) *item {
	it := &item{index: m.Line.Index, time: m.Line.Time, container: m.Line.Container, level: LevelB}
	extended, err := judge.LongTerm(m.Container, m.Evidence)
	if err == nil {
		it.container, it.level = extended.Bytes(), LevelLT
		if extended.TimeStamp == nil {
			it.level = LevelUntimed
		}
		return it
	}
	it.reason = eid.CodeOf(err)
	if m.Evidence != nil {
		it.token = m.Evidence.TimeStamp
		if len(m.Evidence.CRL) > 0 {
			it.list = election.RevocationListFile(election.HashOf(m.Evidence.CRL))
		}
	}
	return it
}
