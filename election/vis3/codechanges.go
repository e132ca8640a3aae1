package vis3

import (
	"fmt"
	"maps"
	"slices"

	"valik/eid"
	"valik/election"
)

// CodeChanges says which personal codes replaced which: the voter list has no
// field for it, so that a person whose code changed would be two voters.
type CodeChanges struct {
	Election string
	Changes  []CodeChange // in the order of the file

	hash election.Hash // of the file
}

// CodeChange is one person's old and new code.
type CodeChange struct{ From, To string }

const codeChanges = "code changes"

// ParseCodeChanges reads the file: an object of old codes to new ones. Errors:
// *[Error].
//
// It implements Import.CodeChanges of docs/protocol/roll.md.
func ParseCodeChanges(b []byte, rules *eid.Rules) (*CodeChanges, error) {
	r, err := newReader(codeChanges, b)
	if err != nil {
		return nil, err
	}
	r.codes = true
	v := new(CodeChanges)
	change := func(from string) error {
		to, err := r.match(person)
		if err != nil {
			return err
		}
		for _, code := range []string{from, to} {
			if _, err := rules.ParseCode(code); err != nil {
				return r.fail("%v", err)
			}
		}
		v.Changes = append(v.Changes, CodeChange{from, to})
		return nil
	}
	err = r.whole(map[string]func() error{
		"election": func() (err error) { v.Election, err = r.match(electionID); return err },
		"changed":  func() error { return r.object(change) },
	})
	v.hash = election.HashOf(b)
	return v, err
}

// Link makes one voter of the old and the new code of every change, after the lists
// so far. The new code has been on the list, where it may have changed again or been
// removed since; the old one is not on it, and is no other person's. After an error
// the register is as before.
//
// It implements Import.Link of docs/protocol/roll.md.
func (r *Register) Link(c *CodeChanges) error {
	if c.Election != r.election {
		return fmt.Errorf("vis3: code changes of %s in the election %s", c.Election, r.election)
	}
	former := maps.Clone(r.former)
	for i, change := range c.Changes {
		if !r.seen[change.To] {
			return fmt.Errorf("vis3: %s: change %d: the new code was never on the voter list", codeChanges, i+1)
		}
		if _, there := r.voters[change.From]; there {
			return fmt.Errorf("vis3: %s: change %d: the old code is still on the voter list", codeChanges, i+1)
		}
		if owned(former, change.From) {
			return fmt.Errorf("vis3: %s: change %d: the old code was changed before", codeChanges, i+1)
		}
		if owned(former, change.To) {
			// In this order the voter would lose the old code, and be two voters.
			return fmt.Errorf("vis3: %s: change %d: the new code was changed before", codeChanges, i+1)
		}
		// A code that changed twice: the person keeps what the one in between was linked to.
		codes := append([]string{change.From}, former[change.From]...)
		former[change.To] = append(slices.Clone(former[change.To]), codes...)
		delete(former, change.From)
	}
	r.former = former
	r.changed = append(r.changed, c.hash)
	return nil
}

// owned says whether a code is a former one of somebody.
func owned(former map[string][]string, code string) bool {
	for _, codes := range former {
		if slices.Contains(codes, code) {
			return true
		}
	}
	return false
}
