package tally

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"valik/crypto/threshold"
)

// ComplaintError says that a trustee found another's message wrong. The
// complaint is in a file that anyone can judge; the ceremony must be begun again
// without the culprit.
type ComplaintError struct {
	Path string
	Err  *threshold.FaultError
}

func (e *ComplaintError) Error() string {
	return fmt.Sprintf("%v; the complaint with its evidence is in %s", e.Err, e.Path)
}

// Unwrap returns what was wrong.
func (e *ComplaintError) Unwrap() error { return e.Err }

// complain writes a trustee's complaint, if the error is one.
func (c *Ceremony) complain(err error) error {
	var fault *threshold.FaultError
	if !errors.As(err, &fault) || fault.Complaint == nil {
		return err
	}
	name := fmt.Sprintf("complaint-%d-against-%d.bin", fault.Complaint.Accuser(), fault.Complaint.Accused())
	if err := write(c.path(), name, fault.Complaint.Bytes(), public); err != nil {
		return err
	}
	return &ComplaintError{filepath.Join(c.path(), name), fault}
}

// Judgement is what a complaint comes to.
type Judgement struct {
	Accuser, Accused, Culprit string // the trustees' names
	Fault                     threshold.Fault
	Proved                    bool // the culprit is the accused, and not the accuser
}

func (j *Judgement) String() string {
	verdict := "The complaint proves it"
	if !j.Proved {
		verdict = "The complaint proves nothing"
	}
	return fmt.Sprintf("%s says of %s: %v. %s: the culprit is %s.", j.Accuser, j.Accused, j.Fault, verdict, j.Culprit)
}

// Judge reads a complaint and says whose fault it is: the accused's if the
// evidence proves it, and otherwise the accuser's. Nobody's word is needed.
//
// It implements Step.Judge of docs/protocol/steps.md.
func (c *Ceremony) Judge(path string) (*Judgement, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	complaint, err := threshold.ParseComplaint(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	culprit, err := complaint.Judge(c.params)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	name := func(j int) string { return c.params.Cards[j-1].Name() }
	return &Judgement{
		Accuser: name(complaint.Accuser()), Accused: name(complaint.Accused()), Culprit: name(culprit),
		Fault: complaint.Fault(), Proved: culprit == complaint.Accused(),
	}, nil
}
