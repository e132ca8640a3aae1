package vis3

import (
	"crypto/rand"
	"fmt"
	"regexp"

	"valik/eid"
	"valik/election"
)

// Revocations is the file that takes persons' online ballots out of the count,
// or takes them back in.
type Revocations struct {
	Election string
	Action   string // election.Revoke or election.Restore
	Persons  []string
}

var (
	action = regexp.MustCompile(`^(revoke|restore)$`)
	person = regexp.MustCompile(`^[0-9A-Za-z+/.-]{1,32}$`)
)

// ParseRevocations reads the file, with personal codes of the country's rules. Errors: *[Error].
//
// It implements Import.Revocations of docs/protocol/processing.md.
func ParseRevocations(b []byte, rules *eid.Rules) (*Revocations, error) {
	r, err := newReader("revocations", b)
	if err != nil {
		return nil, err
	}
	r.codes = true
	v := new(Revocations)
	err = r.whole(map[string]func() error{
		"election": func() (err error) { v.Election, err = r.match(electionID); return err },
		"type":     func() (err error) { v.Action, err = r.match(action); return err },
		"persons":  func() (err error) { v.Persons, err = r.list(person); return err },
	})
	if err != nil {
		return nil, err
	}
	for i, p := range v.Persons {
		if _, err := rules.ParseCode(p); err != nil {
			return nil, r.fail("person %d: %v", i+1, err)
		}
	}
	return v, nil
}

// Document returns the election's document number k with the same content and a
// fresh salt.
func (v *Revocations) Document(m *election.Manifest, k int) (*election.Revocations, error) {
	if v.Election != m.ID {
		return nil, fmt.Errorf("vis3: revocations of %s in the election %s", v.Election, m.ID)
	}
	var salt election.Salt
	rand.Read(salt[:])
	return election.NewRevocations(m.Fingerprint(), k, v.Action, salt, v.Persons)
}
