package token

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// The codes of everything that goes wrong with a card. Programs and docs/cards.md
// name them; a code never changes its meaning.
const (
	CodeNoCgo       = "token_no_cgo"
	CodeModule      = "token_module"
	CodeClosed      = "token_closed"
	CodeChoice      = "token_choice"
	CodeMechanism   = "token_mechanism"
	CodeNoKey       = "token_no_key"
	CodeRemoved     = "token_removed"
	CodeOtherToken  = "token_other"
	CodeCancelled   = "token_cancelled"
	CodePINMissing  = "token_pin_missing"
	CodePINWrong    = "token_pin_wrong"
	CodePINLocked   = "token_pin_locked"
	CodePINRejected = "token_pin_rejected"
	CodeDriver      = "token_driver"
)

// Codes lists all codes of this package.
func Codes() []string {
	return []string{
		CodeNoCgo, CodeModule, CodeClosed, CodeChoice, CodeMechanism, CodeNoKey, CodeRemoved, CodeOtherToken,
		CodeCancelled, CodePINMissing, CodePINWrong, CodePINLocked, CodePINRejected, CodeDriver,
	}
}

// Error is something that went wrong: a stable code for programs, and for a person
// what happened and what to do.
type Error struct{ code, text string }

// Error gives code and text.
func (e *Error) Error() string { return e.code + ": " + e.text }

// Code is one of the Code constants.
func (e *Error) Code() string { return e.code }

// What can go wrong apart from the PIN, for errors.Is.
var (
	ErrNoCgo      = &Error{CodeNoCgo, "this program was built without support for cards; use one that was built with cgo"}
	ErrModule     = &Error{CodeModule, "the card's software (PKCS #11 module) does not load"}
	ErrClosed     = &Error{CodeClosed, "the card is not open any more; start again"}
	ErrMechanism  = &Error{CodeMechanism, "the card does not sign by an algorithm that is accepted; use another card or the other key"}
	ErrNoKey      = &Error{CodeNoKey, "the card has the certificate but not its key, or several that could be it; use another card"}
	ErrRemoved    = &Error{CodeRemoved, "the card was taken out, or its reader does not answer; put it back and repeat, nothing was signed"}
	ErrOtherToken = &Error{CodeOtherToken, "another card is in the reader than before; put the first one back and repeat"}
	ErrCancelled  = &Error{CodeCancelled, "no PIN was given, nothing was signed"}
	ErrPINMissing = &Error{CodePINMissing, "the card has no PIN yet; set one with the card's own program"}
)

func failModule(path, reason string) error { return fmt.Errorf("%w: %s: %s", ErrModule, path, reason) }

// PINError says that the token did not take the PIN. Whether to ask again is the
// caller's to decide. PKCS #11 tells no number of attempts, only these flags.
type PINError struct {
	PINState        // as the token tells it after the attempt
	Rejected bool   // not compared, so no attempt was used up: its length or its characters are wrong, or it has expired
	Reason   string // CKR_…, or what we saw
}

// Code is one of CodePINWrong, CodePINLocked and CodePINRejected.
func (e *PINError) Code() string {
	switch {
	case e.Locked:
		return CodePINLocked
	case e.Rejected:
		return CodePINRejected
	}
	return CodePINWrong
}

// Error says what is known of the attempts that are left.
func (e *PINError) Error() string {
	text := "the PIN is wrong"
	switch {
	case e.Locked:
		text = "the PIN is locked after too many wrong ones; unlock it with the PUK and the card's own program"
	case e.Rejected:
		text = "the card does not take such a PIN; check its length, or set a new one with the card's own program"
	case e.Final:
		text = "the PIN is wrong, and one attempt is left before the card locks it; check the PIN before the last one"
	case e.Low:
		text = "the PIN is wrong, and few attempts are left"
	}
	return e.Code() + ": " + text + " (" + e.Reason + ")"
}

// ChoiceError says that not exactly one token and certificate fits, and what there is.
type ChoiceError struct {
	Usage string   // signing or authentication
	Fits  int      // how many certificates do
	Have  []string // tokens and certificates by their labels, never by a person's name
}

// Code is CodeChoice.
func (e *ChoiceError) Code() string { return CodeChoice }

// Error lists what there is.
func (e *ChoiceError) Error() string {
	if len(e.Have) == 0 {
		return CodeChoice + ": no card is there; put it into the reader and repeat"
	}
	text := fmt.Sprintf("%d certificates fit for %s; say which one", e.Fits, e.Usage)
	if e.Fits == 0 {
		text = "no certificate fits for " + e.Usage + "; put the right card in or choose another one"
	}
	return CodeChoice + ": " + text + ". There is: " + strings.Join(e.Have, "; ")
}

// DriverError is any other failure of a module.
type DriverError struct {
	Call   string // C_Sign
	Result string // CKR_GENERAL_ERROR
}

// Code is CodeDriver.
func (e *DriverError) Code() string { return CodeDriver }

func (e *DriverError) Error() string {
	return CodeDriver + ": the card's software failed (" + e.Call + ": " + e.Result + "); take the card out, put it back and repeat"
}

// Error names the return value.
func (c rv) Error() string {
	if name, known := names[c]; known {
		return name
	}
	return fmt.Sprintf("CKR 0x%x", uint(c))
}

func codeOf(err error) rv {
	var c rv
	errors.As(err, &c)
	return c
}

// explain makes a return value an error of this package.
func explain(call string, err error) error {
	cause := &DriverError{call, err.Error()}
	switch codeOf(err) {
	case ckrDeviceRemoved, ckrTokenNotPresent, ckrTokenNotRecognized, ckrDeviceError, ckrSlotInvalid,
		ckrSessionInvalid, ckrSessionClosed, ckrObjectHandleInvalid, ckrKeyHandleInvalid, ckrNotInitialized:
		return fmt.Errorf("%w (%s: %s)", ErrRemoved, cause.Call, cause.Result)
	case ckrCancel, ckrFunctionCanceled:
		return ErrCancelled
	case ckrPINNotInitialized:
		return ErrPINMissing
	}
	return cause
}

// personal is the form of the personal codes that some cards have in their labels.
var personal = regexp.MustCompile(`[0-9]{6}-?[0-9]{5}`)

// Shown is a label as a person sees it in a window: without a personal code, without
// what cannot be printed.
func Shown(label string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, personal.ReplaceAllString(label, "…"))
}

// shown is a label as errors show it: without a personal code, without what would draw
// on a terminal.
func shown(label string) string { return fmt.Sprintf("%q", personal.ReplaceAllString(label, "…")) }
