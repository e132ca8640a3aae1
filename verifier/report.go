package verifier

import (
	"encoding/json"

	"valik/election"
)

// Status is the outcome of one check.
type Status string

// The outcomes. A check that could not be made is never a pass.
const (
	Pass        Status = "pass"
	Fail        Status = "fail"
	NotPossible Status = "not possible"
)

// CheckResult is the outcome of one check.
type CheckResult struct {
	ID           string   `json:"id"`
	Title        string   `json:"title"`
	Status       Status   `json:"status"`
	Count        int      `json:"count"`            // items looked at: ballots, files, rows
	Detail       string   `json:"detail,omitempty"` // the first failure, or what is needed
	Note         string   `json:"note,omitempty"`   // what is to be known although it passes
	Failures     []string `json:"failures,omitempty"`
	FailureCount int      `json:"failureCount,omitempty"` // of which Failures lists the first

	excused bool // not possible, and that is no fault of the record
}

// Report is the outcome of a verification: every check, made or not.
type Report struct {
	Election    string           `json:"election"` // the manifest's id
	Title       string           `json:"title"`
	Fingerprint string           `json:"fingerprint"` // SHA-256 of the manifest
	Entries     int              `json:"entries"`     // of the board
	Pinned      bool             `json:"pinned"`      // the caller said what the record ought to be
	Sealed      bool             `json:"sealed"`      // the sealed part was given
	Verified    bool             `json:"verified"`
	Rehearsal   bool             `json:"rehearsal,omitempty"` // an election that decides nothing
	Checks      []CheckResult    `json:"checks"`
	Result      *election.Result `json:"result,omitempty"`

	names map[string]string // of choices, for the text
}

// JSON returns the report as an indented JSON document.
func (r *Report) JSON() ([]byte, error) {
	b, err := json.MarshalIndent(r, "", "  ")
	return append(b, '\n'), err
}

// Failed lists the ids of the checks that failed.
func (r *Report) Failed() []string { return r.with(Fail) }

// Missing lists the ids of the checks that were not possible.
func (r *Report) Missing() []string { return r.with(NotPossible) }

func (r *Report) with(s Status) []string {
	var ids []string
	for _, c := range r.Checks {
		if c.Status == s {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// conclude: verified is a record of which every check passes, but for those
// whose absence is no fault of the record.
func (r *Report) conclude() {
	r.Verified = len(r.Checks) > 0
	for _, c := range r.Checks {
		if c.Status == Fail || (c.Status == NotPossible && !c.excused) {
			r.Verified = false
		}
	}
}
