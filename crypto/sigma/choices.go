package sigma

import (
	"errors"
	"fmt"

	"valik/crypto/group"
	"valik/crypto/internal/tuplehash"
)

// MaxChoices is the longest list a membership proof speaks about.
const MaxChoices = 1 << 16

// ErrDuplicate refuses a list in which a point occurs twice.
var ErrDuplicate = errors.New("the point occurs twice")

// Choices is the list of points M_0 … M_{N-1} of a membership proof. It is public
// and does not change; make it once and use it for every proof of a contest.
type Choices struct {
	points []group.Element
	digest []byte // stands for the points, in order, in the challenge
}

// NewChoices returns the list of points. It refuses an empty list, one longer
// than [MaxChoices], the identity, and a point that occurs twice.
func NewChoices(points []group.Element) (*Choices, error) {
	if len(points) < 1 || len(points) > MaxChoices {
		return nil, &Error{Proof: membership, Part: "choices", Err: fmt.Errorf(
			"%w: %d points", ErrLength, len(points))}
	}
	encodings := group.EncodeAll(points)
	if err := checkDistinct(points, encodings); err != nil {
		return nil, err
	}
	own := append([]group.Element(nil), points...)
	return &Choices{points: own, digest: digestChoices(encodings)}, nil
}

// Len returns N.
func (l *Choices) Len() int { return len(l.points) }

// digits returns m.
func (l *Choices) digits() int { return digits(len(l.points)) }

func checkDistinct(points []group.Element, encodings []byte) error {
	seen := make(map[[fieldSize]byte]bool, len(points))
	for i := range points {
		key := [fieldSize]byte(encodings[i*fieldSize:])
		var err error
		switch {
		case points[i].IsIdentity():
			err = ErrIdentity
		case seen[key]:
			err = ErrDuplicate
		default:
			seen[key] = true
			continue
		}
		return &Error{Proof: membership, Part: fmt.Sprintf("choice %d", i), Err: err}
	}
	return nil
}

// digestChoices hashes the list once, so that a thousand ballots of one contest
// do not hash it a thousand times. Every point is a string of its own, so the
// digest fixes their number and their order.
func digestChoices(encodings []byte) []byte {
	h := tuplehash.New("valik/1 choices")
	for ; len(encodings) > 0; encodings = encodings[fieldSize:] {
		h.WriteString(encodings[:fieldSize])
	}
	return h.XOF(64)
}
