package threshold

import (
	"errors"
	"fmt"
)

// Round numbers the four rounds of a ceremony; it is the tag of its messages.
type Round byte

// The rounds, in order.
const (
	RoundCommit Round = 1 + iota
	RoundDeal
	RoundConfirm
	RoundDrill
)

// String returns the name of the round.
func (r Round) String() string {
	names := [...]string{RoundCommit: "commit", RoundDeal: "deal", RoundConfirm: "confirm", RoundDrill: "drill"}
	if r < RoundCommit || r > RoundDrill {
		return fmt.Sprintf("round %d", byte(r))
	}
	return names[r]
}

// Fault is what can be wrong with the message of a trustee. It is an error, so
// that errors.Is(err, FaultBadShare) works.
type Fault byte

// Faults that a [Complaint] proves: they are the sender's doing.
const (
	// FaultNotOpened: the deal is not the one that was committed to.
	FaultNotOpened Fault = 1 + iota
	// FaultWrongDegree: not exactly t coefficients.
	FaultWrongDegree
	// FaultWrongShares: not exactly n encrypted shares.
	FaultWrongShares
	// FaultBadProof: a proof of knowledge does not verify.
	FaultBadProof
	// FaultUndecryptable: the encrypted share does not open.
	FaultUndecryptable
	// FaultBadShare: the share does not fit the coefficients.
	FaultBadShare
	// FaultEquivocation: two different signed messages for one round.
	FaultEquivocation
)

// Faults that prove nothing against the named trustee: somebody else may have
// mixed up, changed or held back a file, or have shown different trustees
// different messages.
const (
	// FaultMissing: there is no message of this trustee.
	FaultMissing Fault = 0x40 + iota
	// FaultMisplaced: in a ceremony the message stands at another's place.
	FaultMisplaced
	// FaultOtherCeremony: the message belongs to another ceremony or election.
	FaultOtherCeremony
	// FaultBadSignature: the message was not signed by the trustee it names.
	FaultBadSignature
	// FaultOtherView: the sender has seen other messages of the rounds before.
	FaultOtherView
	// FaultReplaced: it is not the message that this trustee itself sent.
	FaultReplaced
	// FaultBadDrill: the share of the drill does not verify. This one is the
	// trustee's own fault, and everybody sees it in the signed message.
	FaultBadDrill
)

var faultTexts = map[Fault]string{
	FaultNotOpened:     "the deal does not open the commitment",
	FaultWrongDegree:   "wrong number of coefficients",
	FaultWrongShares:   "wrong number of encrypted shares",
	FaultBadProof:      "a proof of knowledge does not verify",
	FaultUndecryptable: "the share does not decrypt",
	FaultBadShare:      "the share does not fit the coefficients",
	FaultEquivocation:  "two different messages for one round",
	FaultMissing:       "the message is missing",
	FaultMisplaced:     "the message stands at a wrong place",
	FaultOtherCeremony: "the message belongs to another ceremony",
	FaultBadSignature:  "the signature does not verify",
	FaultOtherView:     "the trustee has seen other messages of the rounds before",
	FaultReplaced:      "the message is not the one that was sent",
	FaultBadDrill:      "the decryption of the drill does not verify",
}

// Error says what is wrong.
func (f Fault) Error() string {
	if text, ok := faultTexts[f]; ok {
		return text
	}
	return fmt.Sprintf("fault %d", byte(f))
}

// FaultError says whose message is at fault in which round. It wraps the fault
// and the reason.
type FaultError struct {
	Trustee int // 1 to n
	Round   Round
	Fault   Fault
	// Complaint proves the fault to everybody. It is nil where the fault proves
	// nothing against the trustee, and where the finder is no trustee.
	Complaint *Complaint
	// Err is the reason, nil where the fault says all.
	Err error

	evidence *evidence
}

// Error names trustee, round, fault and reason.
func (e *FaultError) Error() string {
	text := fmt.Sprintf("threshold: trustee %d: %v: %v", e.Trustee, e.Round, e.Fault)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the fault and the reason.
func (e *FaultError) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Fault}
	}
	return []error{e.Fault, e.Err}
}

var (
	// ErrUsed refuses a second use of a state: a trustee that runs a round twice
	// may send two different messages, and so incriminate itself.
	ErrUsed = errors.New("threshold: this state was used before")
	// ErrOtherCeremony refuses a secret that belongs to other parameters.
	ErrOtherCeremony = errors.New("threshold: the secret belongs to another ceremony or trustee")
	// ErrDegenerateKey says that a key of a ceremony is the identity. It does not
	// happen if at least one trustee is honest.
	ErrDegenerateKey = errors.New("threshold: a public key is the identity")
)
