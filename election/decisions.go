package election

import (
	"bytes"
	"io"
	"regexp"
	"slices"
)

// Reason says why a ballot was counted or not.
type Reason string

// The reasons, each with the rule that gives it. See docs/protocol/processing.md
// for the order in which they are looked for.
const (
	Counted             Reason = "counted"               // the voter's last ballot
	Superseded          Reason = "superseded"            // the voter cast a later one
	Stale               Reason = "stale"                 // made before an earlier logged ballot of the voter
	Revoked             Reason = "revoked"               // taken out by the authority
	Duplicate           Reason = "duplicate"             // the same ballot is on the board before
	Ineligible          Reason = "ineligible"            // not on the roll, or another voter's ballot
	WrongStyle          Reason = "wrong-style"           // not the contests and slots of the voter's district
	BadSignature        Reason = "bad-signature"         // the container's signature is wrong
	CertificateNotValid Reason = "certificate-not-valid" // of the signer, at the time of casting
	BadProof            Reason = "bad-proof"             // a slot may hold no choice at all
	BadAnchor           Reason = "bad-anchor"            // the anchor is no earlier state of the board
	RevokedCertificate  Reason = "revoked-certificate"   // revoked or suspended at the time of casting
	UnknownCertificate  Reason = "unknown-certificate"   // its issuer's responder does not know it
	NoStatus            Reason = "no-status"             // no evidence of the certificate's status
	BadStatus           Reason = "bad-status"            // the evidence of the status proves nothing, see code
	NoTime              Reason = "no-time"               // no time-stamp of the signature
	BadTime             Reason = "bad-time"              // the time-stamp proves nothing, see code
	OutsideHours        Reason = "outside-hours"         // taken when the polls were not open
	Malformed           Reason = "malformed"             // no ballot of this election
)

// OfEvidence says whether a reason is about the evidence of the signer's certificate,
// which may come after the ballot was taken.
func (r Reason) OfEvidence() bool {
	switch r {
	case RevokedCertificate, UnknownCertificate, NoStatus, BadStatus, NoTime, BadTime:
		return true
	}
	return false
}

var reasons = []Reason{
	Counted, Superseded, Stale, Revoked, Duplicate, Ineligible, WrongStyle,
	BadSignature, CertificateNotValid,
	RevokedCertificate, UnknownCertificate, NoStatus, BadStatus, NoTime, BadTime, BadProof, BadAnchor, OutsideHours, Malformed,
}

// Reasons lists all reasons.
func Reasons() []Reason { return slices.Clone(reasons) }

// Decision is what became of one ballot of the box.
type Decision struct {
	Index  uint64  `json:"index"` // of the entry on the board
	Reason Reason  `json:"reason"`
	By     *uint64 `json:"by,omitempty"`   // index of the ballot that made it superseded, stale or duplicate
	Code   string  `json:"code,omitempty"` // of a bad status or time: what is wrong with the evidence
}

// Decisions says for every ballot of the box whether it was counted, and why
// not. It is sealed: with it one sees who voted how often.
type Decisions struct {
	DecisionsHeader
	List []Decision // in the order of the board
}

// DecisionsHeader is the first line of the decisions.
type DecisionsHeader struct {
	Type     string `json:"type"`
	Version  int    `json:"version"`
	Election Hash   `json:"election"`
	Ballots  int    `json:"ballots"`
}

const decisionsKind = "decisions"

// NewDecisions returns the document; list is in the order of the board.
func NewDecisions(fingerprint Hash, list []Decision) *Decisions {
	d := header(decisionsKind)
	return &Decisions{DecisionsHeader{d.Type, d.Version, fingerprint, len(list)}, list}
}

// ParseDecisions reads the decisions. Errors: *[FormatError].
//
// It implements Decisions.Parse of docs/protocol/processing.md.
func ParseDecisions(b []byte) (*Decisions, error) {
	return ReadDecisions(bytes.NewReader(b))
}

// ReadDecisions reads the decisions as [ParseDecisions] does.
func ReadDecisions(in io.Reader) (*Decisions, error) {
	lines := newLineReader(decisionsKind, 1024, in)
	d := new(Decisions)
	if err := lines.header(&d.DecisionsHeader); err != nil {
		return nil, err
	}
	if d.Ballots < 0 {
		return nil, badField(decisionsKind, "ballots", "%d is out of range", d.Ballots)
	}
	var last uint64
	var err error
	d.List, err = readLines(lines, d.Ballots, func(i int, v *Decision) error {
		if v.Index > maxInteger || i > 0 && v.Index <= last {
			return badField(lines.name(), "index", "%d is out of order or range", v.Index)
		}
		last = v.Index
		return v.check(lines.name())
	})
	if err != nil {
		return nil, err
	}
	return d, nil
}

func (v *Decision) check(line string) error {
	if !slices.Contains(reasons, v.Reason) {
		return badField(line, "reason", "%.40q is not known", v.Reason)
	}
	byAnother := v.Reason == Superseded || v.Reason == Stale || v.Reason == Duplicate
	if byAnother != (v.By != nil) {
		return badField(line, "by", "it stands with superseded, stale and duplicate alone")
	}
	code, coded := evidenceCodes[v.Reason]
	if coded != (v.Code != "") {
		return badField(line, "code", "it stands with bad-status and bad-time alone")
	}
	if coded && !code.MatchString(v.Code) {
		return badField(line, "code", "it has not the form %s", code)
	}
	return nil
}

// evidenceCodes are the forms of codes by the reasons that have one.
var evidenceCodes = map[Reason]*regexp.Regexp{
	BadStatus: regexp.MustCompile(`^status_[a-z_]{1,60}$`),
	BadTime:   regexp.MustCompile(`^time_[a-z_]{1,60}$`),
}

// Bytes returns the stored form.
func (d *Decisions) Bytes() []byte {
	var b bytes.Buffer
	writeLine(&b, d.DecisionsHeader)
	for _, v := range d.List {
		writeLine(&b, v)
	}
	return b.Bytes()
}

// Count returns how many ballots have each reason that occurs.
func (d *Decisions) Count() map[Reason]int {
	count := map[Reason]int{}
	for _, v := range d.List {
		count[v.Reason]++
	}
	return count
}
