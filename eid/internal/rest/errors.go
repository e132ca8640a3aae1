package rest

import (
	"context"
	"errors"
)

// The kinds of errors: what a program can do about one. Each error is of one kind at
// most, by errors.Is.
var (
	ErrCancelled = errors.New("the person said no")
	ErrTimedOut  = errors.New("the person did not answer in time")
	ErrNoAccount = errors.New("the person cannot use this means")
	ErrService   = errors.New("the service does not work")
	ErrUntrue    = errors.New("the answer is not to be believed")
)

// Refusal is one reason why there is no signature: a row of a service's table.
type Refusal struct {
	Code     string // stable, for programs
	Sentence string // for the person: what happened, and what to do
	Kind     error  // one of the kinds, or nil
}

// Error is why a remote service gave no signature. Its text never has the relying
// party's secret, the person's code or phone number, nor anything that the service sent.
type Error struct {
	service string
	refusal Refusal
	cause   error
}

// Error gives the service, the code and the sentence.
func (e *Error) Error() string {
	text := e.service + ": " + e.refusal.Code + ": " + e.refusal.Sentence
	if e.cause != nil {
		text += " (" + e.cause.Error() + ")"
	}
	return text
}

// Code is stable: docs/remote-signing.md lists the codes.
func (e *Error) Code() string { return e.refusal.Code }

// Sentence says to the person what happened and what to do.
func (e *Error) Sentence() string { return e.refusal.Sentence }

// Unwrap gives the kind and the cause.
func (e *Error) Unwrap() []error {
	var list []error
	for _, err := range []error{e.refusal.Kind, e.cause} {
		if err != nil {
			list = append(list, err)
		}
	}
	return list
}

// CodeOf gives the code of the first *Error in err's tree, "" if there is none.
func CodeOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return ""
}

// The reasons that every service has.
var (
	Config         = Refusal{"config", "The voting program is not set up correctly. Please tell the electoral authority.", nil}
	Unreachable    = Refusal{"unreachable", "The service cannot be reached. Check your internet connection and try again.", ErrService}
	Interrupted    = Refusal{"interrupted", "The request was stopped. Start again when you are ready.", nil}
	TimeLimit      = Refusal{"time_limit", "The phone gave no answer in time. Start again and keep the phone at hand.", ErrTimedOut}
	AnswerTooLarge = Refusal{"answer_too_large", "The service gave a false answer. Try again later, or vote by another means.", ErrUntrue}
	AnswerForm     = Refusal{"answer_form", "The service gave an answer that cannot be understood. Try again later, or vote by another means.", ErrUntrue}
	ResultUnknown  = Refusal{"result_unknown", "The service gave a result that this program does not know. Get the newest program, or vote by another means.", ErrService}
	StatusUnknown  = Refusal{"http_status", "The service refused the request. Try again later, or vote by another means.", ErrService}
	Certificate    = Refusal{"certificate", "The service gave a certificate that is not good for this. Try again later, or vote by another means.", ErrUntrue}
	OtherPerson    = Refusal{"other_person", "The service answered for somebody else. Check the personal code, and tell the electoral authority if it was right.", ErrUntrue}
	OtherAlgorithm = Refusal{"algorithm", "The signature was made in a way that elections do not accept. Vote by another means.", ErrUntrue}
	BadSignature   = Refusal{"signature_invalid", "The service gave a signature that is not yours or not of your vote. Tell the electoral authority.", ErrUntrue}
)

// Common lists the reasons that every service has.
func Common() []Refusal {
	return []Refusal{
		Config, Unreachable, Interrupted, TimeLimit, AnswerTooLarge, AnswerForm, ResultUnknown, StatusUnknown,
		Certificate, OtherPerson, OtherAlgorithm, BadSignature,
	}
}

// Refuse makes the error of a reason.
func (c *Client) Refuse(r Refusal) error { return &Error{c.service, r, nil} }

// Config refuses a setting. The text names the setting and never its value.
func (c *Client) Config(text string) error { return c.fault(Config, errors.New(text)) }

func (c *Client) fault(r Refusal, cause error) error { return &Error{c.service, r, cause} }

// Because gives the row of a status, or that the status is unknown. Other errors stay.
func (c *Client) Because(err error, statuses map[int]Refusal) error {
	var status *StatusError
	if !errors.As(err, &status) {
		return err
	}
	if r, ok := statuses[status.Status]; ok {
		return c.fault(r, status)
	}
	if r, ok := statuses[500]; ok && status.Status > 500 && status.Status <= 599 {
		return c.fault(r, status)
	}
	return c.fault(StatusUnknown, status)
}

// Ended gives the row of a session's result, or that the result is unknown; nil for "OK".
func (c *Client) Ended(result string, results map[string]Refusal) error {
	if result == "OK" {
		return nil
	}
	if r, ok := results[result]; ok {
		return c.Refuse(r)
	}
	return c.Refuse(ResultUnknown)
}

// errLimit is the cause of a context that a Wait ended.
var errLimit = errors.New("the time limit is over")

func (c *Client) interrupted(ctx context.Context) error {
	if context.Cause(ctx) == errLimit {
		return c.Refuse(TimeLimit)
	}
	return c.fault(Interrupted, ctx.Err())
}
