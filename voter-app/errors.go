package voter

import (
	"errors"
	"fmt"

	"valik/board"
	"valik/election"
)

// What opening an election may find wrong, before anything is sent.
var (
	ErrAddress       = errors.New("voter: this is not the address of the election's collector")
	ErrOtherElection = errors.New("voter: the collector serves another election than the one asked for")
	ErrManifest      = errors.New("voter: the election is of a kind that this program does not know")
	ErrCeremony      = errors.New("voter: the election's key is not the one on the board")
	ErrSeen          = errors.New("voter: the checkpoint kept from an earlier time is not one of this election")
	ErrChannel       = errors.New("voter: the connection cannot be bound to the sign-on")
	ErrNoCards       = errors.New("voter: the election names no address for signing on by TLS")
	ErrBoard         = errors.New("voter: the board contradicts itself or what it has shown before")
)

// ErrUnreachable says that the collector gave no answer that is one. It wraps
// the reason: one of the next, a *[StatusError], an error of a document's form, or
// what the network says. What was sent may or may not have arrived.
var ErrUnreachable = errors.New("voter: the collector cannot be reached or gives no proper answer")

// Why an answer is none.
var (
	ErrRedirect = errors.New("the answer sends elsewhere")
	ErrCutOff   = errors.New("the answer breaks off")
	ErrTooLong  = errors.New("the answer does not end")
	ErrUnsigned = errors.New("the answer is a refusal that the collector has not signed for this request")
)

// ErrReceipt says that the collector's receipt shows nothing. It wraps the reason.
var ErrReceipt = errors.New("voter: the receipt is wrong")

// RefusedError is the collector's signed word that it did not take what was
// sent. Show it to an official if it seems wrong: the collector cannot deny it.
type RefusedError struct {
	Refusal *election.Refusal
}

// Error gives the collector's words to the voter, and the code.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("%s (%s)", e.Refusal.Message, e.Refusal.Code)
}

// refused turns an answer into a *RefusedError if the collector has signed it as
// a refusal of what has this hash.
func refused(err error, m *election.Manifest, inner election.Hash) error {
	var answer *StatusError
	if !errors.As(err, &answer) {
		return err
	}
	r, parseErr := election.ParseRefusal(answer.body)
	if parseErr != nil {
		return err
	}
	if err := r.Verify(m, inner); err != nil {
		return fmt.Errorf("%w: %w: %w", ErrUnreachable, ErrUnsigned, err)
	}
	return &RefusedError{r}
}

// BoardError is two checkpoints, both with the signatures that the manifest
// demands, that cannot be of one board: evidence that it was tampered with, to be
// kept and shown. It wraps [ErrBoard] and the reason, such as board.ErrFork.
type BoardError struct {
	Seen, Shown *board.Checkpoint // accepted earlier, and shown now
	Err         error
}

func (e *BoardError) Error() string {
	return fmt.Sprintf("%v: %d entries were seen, and now %d are shown: %v", ErrBoard, e.Seen.Size, e.Shown.Size, e.Err)
}

// Unwrap gives the reasons.
func (e *BoardError) Unwrap() []error { return []error{ErrBoard, e.Err} }
