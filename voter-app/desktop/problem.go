package desktop

import (
	"errors"
	"strings"

	"valik/eid"
	"valik/eid/keyring"
	"valik/eid/pkcs12"
	"valik/eid/token"
	voter "valik/voter-app"
)

// The codes that this package itself gives.
const (
	CodeFolder      = "state"       // the program cannot use its own folder
	CodeSave        = "save"        // the receipt cannot be written where it should be
	CodePractice    = "practice"    // the practice election does not start
	CodeReplaced    = "replaced"    // the authority has replaced the election since it was last open
	CodeGone        = "gone"        // what was to be used is not there any more
	CodeCertificate = "certificate" // anything wrong with a certificate that has no words of its own
	CodeCard        = "card"        // anything else that is wrong with what somebody signs with
)

type (
	folderError   struct{ error }
	saveError     struct{ error }
	practiceError struct{ error }
)

func (e *folderError) Code() string    { return CodeFolder }
func (e *folderError) Unwrap() error   { return e.error }
func (e *saveError) Code() string      { return CodeSave }
func (e *saveError) Unwrap() error     { return e.error }
func (e *practiceError) Code() string  { return CodePractice }
func (e *practiceError) Unwrap() error { return e.error }

type codedError struct{ code, text string }

func (e *codedError) Error() string { return e.text }
func (e *codedError) Code() string  { return e.code }

var (
	errReplaced = &codedError{CodeReplaced, "desktop: the election is another than when it was last open"}
	errGone     = &codedError{CodeGone, "desktop: the card or file is not there any more"}
)

// worded are the codes of certificates for which the face has words of their own.
var worded = []string{
	eid.CodeCertificateExpired, eid.CodeCertificateNotYetValid, eid.CodeCertificateUntrusted, eid.CodeStatusRevoked, eid.CodePersonalCode,
}

// Codes are all codes of a Problem but those with which a collector refuses.
func Codes() []string {
	own := []string{CodeFolder, CodeSave, CodePractice, CodeReplaced, CodeGone, CodeCertificate, CodeCard}
	for _, more := range [][]string{worded, voter.Codes(), token.Codes(), pkcs12.Codes(), keyring.Codes()} {
		own = append(own, more...)
	}
	return own
}

// problem says what an error is to the voter; nil for none.
func (a *App) problem(err error) *Problem {
	if err == nil {
		return nil
	}
	p := &Problem{Code: a.codeOf(err), Detail: err.Error()}
	var failed *voter.CastError
	if errors.As(err, &failed) {
		p.Outcome = Unknown
		if failed.Outcome == voter.NotCast {
			p.Outcome = NotCast
		}
	}
	var pin *token.PINError
	if errors.As(err, &pin) {
		p.Low, p.Final = pin.Low, pin.Final
	}
	if evidence := voter.Evidence(err); evidence != nil {
		path, keepErr := a.keeps().keepEvidence(a.voting.fingerprint, evidence)
		if p.File = path; keepErr != nil {
			p.Detail += "; " + keepErr.Error()
		}
	}
	return p
}

// codeOf is the voter's code, with those of package eid brought together: of most of them a
// voter can only learn that another card is needed.
func (a *App) codeOf(err error) string {
	code := voter.CodeOf(err)
	var refusal *voter.RefusedError
	var own *eid.Error
	switch {
	case errors.As(err, &refusal), !errors.As(err, &own) || own.Code() != code:
		return code
	}
	for _, w := range worded {
		if w == code {
			return code
		}
	}
	if strings.HasPrefix(code, "certificate_") {
		return CodeCertificate
	}
	return CodeCard
}
