package vis3

import (
	"fmt"
	"regexp"
	"strconv"

	"valik/election"
)

// Skip is an order to leave out a changeset. It stands in the changeset's place.
type Skip struct {
	Election  string
	Changeset int

	hash election.Hash // of the file
}

const skipOrder = "skip order"

var changesetNumber = regexp.MustCompile(`^[1-9][0-9]{0,8}$`)

// IsSkip says whether a file that is handed in as a voter list is an order to skip
// one: a voter list begins with its version, an order with an object.
func IsSkip(b []byte) bool { return len(b) > 0 && b[0] == '{' }

// ParseSkip reads the order. The caller verifies its signature. Errors: *[Error].
//
// It implements Import.Skip of docs/protocol/roll.md.
func ParseSkip(b []byte) (*Skip, error) {
	r, err := newReader(skipOrder, b)
	if err != nil {
		return nil, err
	}
	v := &Skip{hash: election.HashOf(b)}
	err = r.whole(map[string]func() error{
		"election": func() (err error) { v.Election, err = r.match(electionID); return err },
		"skip": func() error {
			number, err := r.match(changesetNumber)
			if err == nil {
				v.Changeset, err = strconv.Atoi(number)
			}
			return err
		},
	})
	return v, err
}

// Skip leaves out the changeset whose turn it is. The caller has verified the
// signature of the order. After an error the register is as before.
func (r *Register) Skip(s *Skip) error {
	if s.Election != r.election {
		return fmt.Errorf("vis3: %s of %s in the election %s", skipOrder, s.Election, r.election)
	}
	if s.Changeset != r.next || r.latest == nil {
		return fmt.Errorf("vis3: changeset %d cannot be skipped, %d comes next", s.Changeset, r.next)
	}
	r.next++
	r.lists = append(r.lists, s.hash)
	return nil
}
