package shuffle

import (
	"errors"
	"fmt"
	"strconv"
)

var (
	// ErrEquation says that an equation of a proof does not hold.
	ErrEquation = errors.New("the equation does not hold")
	// ErrUnrelated says that no equation holds, so that the proof speaks about
	// something else. It wraps ErrEquation.
	ErrUnrelated = fmt.Errorf("no equation holds: the proof was changed, or made for another statement or context: %w", ErrEquation)
	// ErrLength refuses encodings and rows of a wrong length.
	ErrLength = errors.New("wrong length")
	// ErrErased tells a mixer that its witness is gone.
	ErrErased = errors.New("the witness was erased")
	// ErrWitness tells a mixer that its witness is not one of this statement.
	ErrWitness = errors.New("the witness belongs to another statement")
)

// The parts of a proof, as errors name them: its fields, and the equations by the
// commitment on their left side.
const (
	partStatement = "statement"
	partEncoding  = "encoding"
	partC         = "c"
	partChain     = "chain"
	partT1        = "t_1"
	partT2        = "t_2"
	partT3        = "t_3"
	partT4        = "t_4"
	partTHat      = "t_hat"
	partS1        = "s_1"
	partS2        = "s_2"
	partS3        = "s_3"
	partS4        = "s_4"
	partSHat      = "s_hat"
	partSTilde    = "s_tilde"
)

// noIndex is the Index of a part there is only one of.
const noIndex = -1

// Error says what is wrong with which part of a proof or of its statement. It
// wraps the reason: one of the errors of this package, or a decoding error of
// package group.
type Error struct {
	Part  string // the field or the equation, such as "t_hat"
	Index int    // the row, or for t_4 and s_4 the ciphertext of a row, counted from 0; -1 where there is only one
	Err   error
}

// Error names the part, its index and the reason.
func (e *Error) Error() string {
	part := e.Part
	if e.Index != noIndex {
		part += "[" + strconv.Itoa(e.Index) + "]"
	}
	return "shuffle: " + part + ": " + e.Err.Error()
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }
