package collector

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"valik/collector/store"
	"valik/eid"
	"valik/election"
	"valik/election/processing"
)

// The codes of refusals that only a collector gives. All others are those of the packages
// processing and eid.
const (
	codeTooMany      = "too_many"      // requests from one address
	codeBusy         = "busy"          // more ballots wait than can be taken
	codeNotWitnessed = "not_witnessed" // in the log, but too few witnesses have signed
	codeNotVerified  = "not_verified"  // it is not certain that the database holds the whole board
	codeClock        = "clock"         // the collector's clock is not right
	codeUnavailable  = "unavailable"   // an internal error
	codeBadRequest   = "bad_request"   // not what the API asks for
	codeNotFound     = "not_found"     // no such path, entry or document
	codeChallenge    = "challenge"     // not a challenge of this election's collectors, too old, or answered
	codeLogin        = "login"         // the answer to the challenge is wrong
	codeChannel      = "channel"       // the answer is not bound to the channel on which it came
	codeSession      = "session"       // not a session of this election's collectors, or over
	codeCheckOver    = "check_over"    // the time for the check with a second device is over
	codeCheckLimit   = "check_limit"   // the ballot was checked as often as the manifest allows
	codeVoterLimit   = "voter_limit"   // one voter's ballots or sign-ons
)

// meaning is what a code means to a browser and to a person.
type meaning struct {
	status  int
	message string
}

var meanings = map[string]meaning{
	codeTooMany:      {http.StatusTooManyRequests, "Too many requests came from your network. Please wait a moment and try again."},
	codeBusy:         {http.StatusServiceUnavailable, "Very many people are voting at this moment, and your ballot was not taken. Please try again in a minute."},
	codeNotWitnessed: {http.StatusServiceUnavailable, "Your ballot was received, but not yet confirmed by the witnesses of this election. Please send it again in a minute to get your receipt."},
	codeNotVerified:  {http.StatusServiceUnavailable, "The voting service cannot take votes at the moment: it is not certain that it has all votes that were cast. Please try again later. If you have a receipt, keep it."},
	codeClock:        {http.StatusServiceUnavailable, "The voting service cannot take votes at the moment, since its clock is not right. Your ballot was not cast. Please try again later."},
	codeUnavailable:  {http.StatusServiceUnavailable, "The voting service has a fault at the moment. It is not certain that your ballot was cast. Please send it again in a minute: it is cast only once."},
	codeBadRequest:   {http.StatusBadRequest, "The request is not one that this service understands."},
	codeNotFound:     {http.StatusNotFound, "There is nothing here."},
	codeChallenge:    {http.StatusUnauthorized, "The sign-on took too long or was answered already. Please sign on again."},
	codeLogin:        {http.StatusUnauthorized, "You could not be signed on with this card. Please use the authentication key of your national eID and try again."},
	codeChannel:      {http.StatusUnauthorized, "The connection was interrupted while you signed on, or somebody sits between you and the voting service. Nothing was sent on. Please sign on again; if it happens again, use another network."},
	codeSession:      {http.StatusUnauthorized, "You signed on too long ago. Please sign on again."},
	codeCheckOver:    {http.StatusForbidden, "A vote can be checked only for a short time after it was cast, and this time is over."},
	codeCheckLimit:   {http.StatusForbidden, "This vote was checked as often as is allowed."},
	codeVoterLimit:   {http.StatusTooManyRequests, "Too much was sent with your eID in a short time. Please wait some minutes and try again. What you have cast stays: your last ballot counts."},
}

// Refusal says why the collector does not do what it was asked, with a stable code and,
// for a ballot, the hash that it is about. Everything that a voter may meet has one.
type Refusal struct {
	code    string
	message string // of the code unless set
	status  int    // of the code unless set
	ballot  *election.Hash
	after   time.Duration // when to try again, if not 0
	err     error         // details for the log, never for the voter
}

// Code is stable, for programs.
func (r *Refusal) Code() string { return r.code }

// Status is the HTTP status code.
func (r *Refusal) Status() int {
	if r.status != 0 {
		return r.status
	}
	return meanings[r.code].status
}

// Message is for people.
func (r *Refusal) Message() string {
	if r.message != "" {
		return r.message
	}
	return meanings[r.code].message
}

func (r *Refusal) Error() string {
	if r.err == nil {
		return "collector: " + r.code
	}
	return fmt.Sprintf("collector: %s: %v", r.code, r.err)
}

// Unwrap returns the details.
func (r *Refusal) Unwrap() error { return r.err }

// refusedBy turns a verdict of the judge into a refusal. candidate may be nil.
func refusedBy(p *processing.Refusal, candidate *processing.Candidate) error {
	r := &Refusal{code: p.Code, message: p.Message, status: statusOf(p), err: p.Err}
	if candidate != nil {
		r.ballot = &candidate.Inner
	}
	return r
}

// statuses says which status a reason has: what the voter can do about it differs.
var statuses = map[election.Reason]int{
	election.Malformed:           http.StatusBadRequest,
	election.OutsideHours:        http.StatusForbidden,
	election.Ineligible:          http.StatusForbidden,
	election.WrongStyle:          http.StatusUnprocessableEntity,
	election.BadSignature:        http.StatusUnprocessableEntity,
	election.CertificateNotValid: http.StatusUnprocessableEntity,
	election.RevokedCertificate:  http.StatusUnprocessableEntity,
	election.UnknownCertificate:  http.StatusUnprocessableEntity,
	election.NoStatus:            http.StatusServiceUnavailable,
	election.BadStatus:           http.StatusServiceUnavailable,
	election.NoTime:              http.StatusServiceUnavailable,
	election.BadTime:             http.StatusServiceUnavailable,
	election.BadProof:            http.StatusUnprocessableEntity,
	election.BadAnchor:           http.StatusUnprocessableEntity,
	election.Duplicate:           http.StatusConflict,
	election.Stale:               http.StatusConflict,
}

func statusOf(p *processing.Refusal) int {
	if p.Code == eid.CodeContainerTooLarge {
		return http.StatusRequestEntityTooLarge
	}
	return statuses[p.Reason]
}

// asRefusal turns what the sequencer answers into a refusal; other errors stay.
func asRefusal(err error) error {
	for _, r := range []struct {
		err  error
		code string
	}{
		{errNotOpen, processing.CodeNotOpen},
		{errClosed, processing.CodeClosed},
		{errReplayed, processing.CodeReplayed},
		{errStale, processing.CodeStale},
	} {
		if errors.Is(err, r.err) {
			return refusedBy(processing.Refuse(r.code, err), nil)
		}
	}
	switch {
	case errors.Is(err, errBusy), errors.Is(err, errStopping), errors.Is(err, errSlow):
		return &Refusal{code: codeBusy, after: busyPause(), err: err}
	case errors.Is(err, store.ErrWentBack):
		return &Refusal{code: codeNotVerified, err: err}
	case errors.Is(err, errBehind):
		return &Refusal{code: codeClock, err: err}
	}
	return err
}

// busyPause is after how long who was one too many may come again: not all at the same time.
func busyPause() time.Duration { return time.Duration(2+rand.IntN(9)) * time.Second }

func notOnRoll() error { return refusedBy(processing.Refuse(processing.CodeNotOnRoll, nil), nil) }

// concerning says which ballot a refusal is about. Other errors, and nil, stay.
func concerning(err error, candidate *processing.Candidate) error {
	var r *Refusal
	if errors.As(err, &r) && r.ballot == nil {
		about := *r
		about.ballot = &candidate.Inner
		return &about
	}
	return err
}

// refusalOf makes any error a refusal.
func refusalOf(err error) *Refusal {
	var r *Refusal
	if errors.As(err, &r) {
		return r
	}
	return &Refusal{code: codeUnavailable, err: err}
}

// document signs the refusal.
func (c *Collector) document(r *Refusal) *election.Refusal {
	return election.NewRefusal(c.config.ReceiptKey, c.manifest.Fingerprint(), r.ballot, r.Code(), r.Message(), c.now())
}
