package board

import (
	"errors"
	"fmt"
)

// The reasons for which this package refuses something. Every returned error
// wraps exactly the reasons that apply, for errors.Is.
var (
	ErrKey        = errors.New("board: malformed key")
	ErrPolicy     = errors.New("board: policy cannot be met or counts one party twice")
	ErrMalformed  = errors.New("board: not in canonical form")
	ErrSignature  = errors.New("board: a signature is wrong or the log's is missing")
	ErrOrigin     = errors.New("board: checkpoint of another log")
	ErrQuorum     = errors.New("board: too few witnesses")
	ErrTooLarge   = errors.New("board: size or length above the limit")
	ErrOutside    = errors.New("board: outside the tree of this size")
	ErrInclusion  = errors.New("board: entry is not at this index of this tree")
	ErrRollback   = errors.New("board: checkpoint is older than one already seen")
	ErrFork       = errors.New("board: log shows two histories")
	ErrNoFork     = errors.New("board: the two checkpoints are of one history")
	ErrProof      = errors.New("board: proof is not one of the newer checkpoint's tree")
	ErrStore      = errors.New("board: stored hashes or entries contradict the checkpoint")
	ErrMissing    = errors.New("board: file is missing")
	ErrUnexpected = errors.New("board: file does not belong to the log")
	ErrContent    = errors.New("board: file contradicts the checkpoint")
	ErrBroken     = errors.New("board: an append failed, open the folder again to repair it")
)

// FileError names the file of a log that is at fault.
type FileError struct {
	Path string // slash-separated, relative to the log's root
	Err  error
}

func (e *FileError) Error() string { return fmt.Sprintf("%q: %v", e.Path, e.Err) }

// Unwrap gives the reason.
func (e *FileError) Unwrap() error { return e.Err }

// EntryError names the entry of a log that is at fault.
type EntryError struct {
	Index uint64 // from 0, in the whole log
	Err   error
}

func (e *EntryError) Error() string { return fmt.Sprintf("entry %d: %v", e.Index, e.Err) }

// Unwrap gives the reason.
func (e *EntryError) Unwrap() error { return e.Err }

// QuorumError says how many of the policy's witnesses have cosigned.
type QuorumError struct{ Have, Want int }

func (e *QuorumError) Error() string {
	return fmt.Sprintf("%v: %d of the %d that are required", ErrQuorum, e.Have, e.Want)
}

// Unwrap gives ErrQuorum.
func (e *QuorumError) Unwrap() error { return ErrQuorum }
