package shuffle

import (
	"fmt"

	"valik/crypto/group"
)

const redacted = "[redacted]"

// Witness is what a mixer knows of its shuffle: the permutation and the
// randomness. Who has it can link every vote of the output to its ballot. It
// prints as [redacted] and has no encoding: it stays in the memory of the one
// run that made it.
type Witness struct {
	statement   Statement
	options     Options
	permutation permutation
	r           []group.Scalar // r'_{i,k}, row after row
	erased      bool
}

// Erase overwrites the secrets; the witness proves nothing any more. Go may have
// moved copies of them: a mixer is switched off after its job.
func (w *Witness) Erase() {
	clear(w.permutation)
	clear(w.r)
	w.erased = true
}

// fits refuses to prove another statement than that of the shuffle: such a
// proof would not verify, and its difference to a right one tells about the
// permutation.
func (w *Witness) fits(s *Statement) error {
	if err := s.check(); err != nil {
		return err
	}
	if w.erased {
		return &Error{Part: partStatement, Index: noIndex, Err: ErrErased}
	}
	if !w.statement.equal(s) {
		return &Error{Part: partStatement, Index: noIndex, Err: ErrWitness}
	}
	return nil
}

// String returns "[redacted]".
func (w *Witness) String() string { return redacted }

// GoString returns "[redacted]".
func (w *Witness) GoString() string { return redacted }

// Format prints "[redacted]" for every verb.
func (w *Witness) Format(f fmt.State, _ rune) { fmt.Fprint(f, redacted) }
