package verifier

import (
	"errors"
	"fmt"
	"io/fs"

	"valik/board"
	"valik/crypto/elgamal"
	"valik/crypto/threshold"
	"valik/election"
	"valik/election/processing"
)

// State is what the checks have read so far. A check relies only on what the
// checks that it needs have put here, and these have passed.
type State struct {
	in    Input
	note  string // what a check that passes wants to be known all the same
	stage Stage

	manifestRaw   []byte
	checkpointRaw []byte

	Manifest   *election.Manifest
	Checkpoint *board.Checkpoint
	Leaves     [][]byte
	Entries    []election.Entry
	Keys       *threshold.Keys

	Rolls       []*election.Roll        // sealed
	Revocations []*election.Revocations // sealed
	Ballots     *election.PublicBallots // profile open
	Settlement  *election.Settlement    // nil if nothing was to settle
	Input       *election.Input
	Mixes       []*election.Mix
	Decryptions []*election.Decryption // in the order of the board
	Result      *election.Result

	outcome *processing.Outcome // of processing the sealed box again
}

func newState(in Input, stage Stage) *State { return &State{in: in, stage: stage} }

// artefact returns the hash in the n-th entry of a kind.
func (s *State) artefact(kind election.Kind, n int) (election.Hash, bool) {
	at := election.Where(s.Entries, kind)
	if n >= len(at) {
		return election.Hash{}, false
	}
	return s.Entries[at[n]].Artefact, true
}

// document reads the document that the one entry of a kind stands for.
func (s *State) document(path string, kind election.Kind) ([]byte, error) {
	hash, ok := s.artefact(kind, 0)
	if !ok {
		return nil, fmt.Errorf("%s: the board has no entry of it", path)
	}
	return readHash(s.in.Record, path, hash, documentLimit)
}

// number counts the entries of a kind.
func (s *State) number(kind election.Kind) int { return len(election.Where(s.Entries, kind)) }

// progress tells the caller how far a check is.
func (s *State) progress(id string, done, total int) {
	if s.in.Progress != nil {
		s.in.Progress(id, done, total)
	}
}

// inputRows reads a list of the mix input: from the record, or where that keeps
// it back from the sealed part.
func (s *State) inputRows(l *election.InputList) (*elgamal.Rows, error) {
	return s.rows(s.inputFolder(), election.InputBin(l.ID()), l.Ciphertexts, l.Rows, l.Width)
}

// inputFolder is where the mix input lies, nil if it is not at hand.
func (s *State) inputFolder() fs.FS {
	if s.Manifest.Profile == election.ProfileOpen {
		return s.in.Record
	}
	return s.in.Sealed
}

// mixRows reads a list of the output of a mix, which counts from 0.
func (s *State) mixRows(mix int, id election.ListID) (*elgamal.Rows, error) {
	for _, l := range s.Mixes[mix].Lists {
		if l.ID() == id {
			return s.rows(s.in.Record, election.MixBin(mix+1, id), l.Ciphertexts, l.Rows, l.Width)
		}
	}
	return nil, fmt.Errorf("%s has no list %s", election.MixFile(mix+1), id)
}

func (s *State) rows(fsys fs.FS, path string, hash election.Hash, n, w int) (*elgamal.Rows, error) {
	b, err := readBulk(fsys, path, hash, int64(n)*int64(w)*elgamal.CiphertextSize)
	if err != nil {
		return nil, err
	}
	r, err := elgamal.ParseRows(b, w)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

// Last returns the rows that are to be decrypted: a list after the last mix.
func (s *State) Last(id election.ListID) (*elgamal.Rows, error) {
	return s.mixRows(len(s.Mixes)-1, id)
}

// Newest returns the rows that the next mix takes in.
func (s *State) Newest(id election.ListID) (*elgamal.Rows, error) {
	if len(s.Mixes) > 0 {
		return s.Last(id)
	}
	if s.inputFolder() == nil {
		return nil, needsSealed
	}
	for i := range s.Input.Lists {
		if l := &s.Input.Lists[i]; l.ID() == id {
			return s.inputRows(l)
		}
	}
	return nil, fmt.Errorf("%s has no list %s", election.InputFile, id)
}

// NewestHash returns the hash of the document of the last mix, or of the input
// if nothing is mixed yet.
func (s *State) NewestHash() election.Hash {
	if n := len(s.Mixes); n > 0 {
		h, _ := s.artefact(election.KindMix, n-1)
		return h
	}
	h, _ := s.artefact(election.KindInput, 0)
	return h
}

// describe fills in what the report says about the election.
func (s *State) describe(r *Report) {
	if s.Manifest == nil {
		return
	}
	r.Election = s.Manifest.ID
	r.Rehearsal = s.Manifest.Rehearsal
	r.Title = s.Manifest.Title.In(s.Manifest.Languages[0])
	r.Fingerprint = s.Manifest.Fingerprint().String()
	r.Entries = len(s.Entries)
	r.Result = s.Result
	r.names = map[string]string{}
	for _, l := range s.Manifest.Lists {
		for _, slate := range l.Lists {
			for _, c := range slate.Choices {
				r.names[l.Contest+" "+c.Code] = c.Name
			}
		}
	}
}

// sealed returns the sealed part, or what it needs.
func (s *State) sealed() (fs.FS, error) {
	if s.in.Sealed == nil {
		return nil, needsSealed
	}
	return s.in.Sealed, nil
}

// exists reports whether a file is there.
func exists(fsys fs.FS, path string) bool {
	_, err := fs.Stat(fsys, path)
	return !errors.Is(err, fs.ErrNotExist)
}
