package sigma

import (
	"errors"

	"valik/crypto/group"
)

var (
	// ErrEquation says that an equation of a proof does not hold.
	ErrEquation = errors.New("the equation does not hold")
	// ErrIdentity refuses the identity where it would make a statement empty.
	ErrIdentity = errors.New("the identity is refused here")
	// ErrLength refuses an encoding or a list of a wrong length.
	ErrLength = errors.New("wrong length")
	// ErrFalseStatement tells a prover that what it wants to prove is not true.
	ErrFalseStatement = errors.New("the statement is false")
)

// Error says what is wrong with which part of which proof. It wraps the reason:
// one of the errors of this package, or a decoding error of package group.
type Error struct {
	Proof string // type of the proof, such as "membership"
	Part  string // the equation, the field or the part of the statement
	Err   error
}

// Error names the proof, its part and the reason.
func (e *Error) Error() string {
	return "sigma: " + e.Proof + ": " + e.Part + ": " + e.Err.Error()
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

// part names an element of a statement.
type part struct {
	name    string
	element *group.Element
}

// refuseIdentity returns an error for the first part that is the identity.
func refuseIdentity(proof string, parts ...part) error {
	for _, p := range parts {
		if p.element.IsIdentity() {
			return &Error{Proof: proof, Part: p.name, Err: ErrIdentity}
		}
	}
	return nil
}
