package verifier

import (
	"errors"
	"fmt"
	"io/fs"

	"valik/election"
)

// Input is what a verification is given.
type Input struct {
	// Record is the published record: a folder or an archive.
	Record fs.FS
	// Sealed is what only accredited observers and the officials have, or nil.
	Sealed fs.FS
	// Fingerprint is the election that the record ought to be of, from a source
	// other than the record, or nil.
	Fingerprint *election.Hash
	// Checkpoint is a checkpoint of the board that the caller has from elsewhere,
	// such as from a receipt or a monitor, or nil.
	Checkpoint []byte
	// Progress, if not nil, is told about checks that take a while: done of total
	// items of the check with this id.
	Progress func(id string, done, total int)
}

// Stage is a moment in the life of an election up to which a record is verified.
type Stage int

// The stages, each including those before it.
const (
	Prepared  Stage = iota + 1 // manifest, ceremony and roll are on the board
	Closed                     // the polls are closed
	Processed                  // the input of the mix is fixed
	Mixed                      // some mixes are done, perhaps not all
	Decrypted                  // all mixes, some decryptions
	Finished                   // the result is there, and nothing is missing
)

// ErrUnreadable says that there is no record to verify.
var ErrUnreadable = errors.New("nothing to verify")

// Verify runs every check over a finished record. Whatever is wrong with the
// record stands in the report; the error, which wraps [ErrUnreadable], says that
// there is none.
//
// It implements Record.Verify of docs/protocol/verify.md.
func Verify(in Input) (*Report, error) {
	_, report, err := VerifyTo(in, Finished)
	return report, err
}

// VerifyTo runs the checks that are possible at a stage: for those who continue
// the count, who must not build on what does not verify. The state is of use
// only if the report says that the record is verified.
func VerifyTo(in Input, stage Stage) (*State, *Report, error) {
	if !exists(in.Record, election.ManifestFile) {
		return nil, nil, fmt.Errorf("%w: this is not the record of an election, %s %w", ErrUnreadable, election.ManifestFile, errMissing)
	}
	s := newState(in, stage)
	report := s.runAll(checks())
	return s, report, nil
}
