package keyring

import (
	"context"

	"valik/eid/secret"
	"valik/eid/token"
)

// Asks are the questions to the person whose means are opened. Those that are nil
// are answered with nothing, which cancels.
type Asks struct {
	// PIN of a card: see token.Ask.
	PIN token.Ask
	// Passphrase of a PKCS #12 file, by the path or the name that it was given by.
	Passphrase func(ctx context.Context, name string) (secret.Text, error)
	// Show shows the control code of what is about to be signed, for a person to compare
	// with their phone's. Without it phones cannot be used.
	Show func(code string)
}

// pinFrom answers with a PIN of a private file, but neither after a wrong one nor in
// the last attempt, which is a person's.
func pinFrom(path string) token.Ask {
	return func(_ context.Context, p token.Prompt) (secret.Text, error) {
		if p.Again || p.Final {
			return secret.Text{}, ErrPINFile
		}
		if p.PinPad {
			return secret.Text{}, nil
		}
		return secret.ReadText(path)
	}
}
