package token

import (
	"context"
	"unicode/utf8"

	"valik/eid"
	"valik/eid/secret"
)

// Prompt is what a person should know before giving the PIN.
type Prompt struct {
	Token  string    // label of the token
	Usage  eid.Usage // signing, or authentication
	Low    bool      // a wrong PIN was given since the last right one
	Final  bool      // one attempt is left
	Again  bool      // the last PIN of this key was wrong
	PinPad bool      // the PIN is given at the reader; what Ask returns is not used
}

// Ask asks a person for the PIN. It is called only when a login is needed, with the
// module held: it must not use the module. An empty PIN cancels. At a PIN pad it says
// what to do and returns at once. The PIN is wiped after use.
type Ask func(ctx context.Context, p Prompt) (secret.Text, error)

// checkLength refuses a PIN that the token would refuse, before it is sent: some
// tokens count that as an attempt.
func (t Token) checkLength(pin secret.Text) error {
	n, least, most := utf8.RuneCount(pin.Reveal()), t.pinLength[0], t.pinLength[1]
	if n < least || most > 0 && len(pin.Reveal()) > most {
		return &PINError{PINState: t.PIN, Rejected: true, Reason: "its length was seen before it was tried"}
	}
	return nil
}
