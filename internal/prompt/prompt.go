// Package prompt asks a person at the terminal for what must not be shown: a
// passphrase, or the PIN of a card.
package prompt

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"

	"golang.org/x/term"

	"valik/eid"
	"valik/eid/keyring"
	"valik/eid/secret"
	"valik/eid/token"
)

// Hidden reads a line from the terminal without showing it. Where there is no
// terminal, the error says the hint: how else the secret can be given.
func Hidden(question, hint string) (secret.Text, error) {
	in := int(os.Stdin.Fd())
	state, err := term.GetState(in)
	if err != nil {
		return secret.Text{}, fmt.Errorf("no terminal to ask for the %s: %w", hint, err)
	}
	defer restoreOnInterrupt(in, state)()
	fmt.Fprint(os.Stderr, question)
	b, err := term.ReadPassword(in)
	fmt.Fprintln(os.Stderr)
	return secret.New(b), err
}

// restoreOnInterrupt lets an interrupt end the program with a terminal that shows
// again what is typed. The returned function ends the watch.
func restoreOnInterrupt(in int, state *term.State) func() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	go func() {
		if _, interrupted := <-signals; interrupted {
			_ = term.Restore(in, state)
			fmt.Fprintln(os.Stderr)
			os.Exit(1)
		}
	}()
	return func() {
		signal.Stop(signals)
		close(signals)
	}
}

// Asks lets a card's PIN and a file's passphrase be typed at the terminal.
func Asks() keyring.Asks {
	return keyring.Asks{
		PIN: func(_ context.Context, p token.Prompt) (secret.Text, error) {
			if p.PinPad {
				fmt.Fprintln(os.Stderr, Question(p))
				return secret.Text{}, nil
			}
			return Hidden(Question(p)+": ", "PIN (give it by pin-source=file:PATH in the card's URI)")
		},
		Passphrase: func(_ context.Context, path string) (secret.Text, error) {
			return Hidden("Passphrase of "+path+": ", "passphrase")
		},
		Show: func(code string) {
			fmt.Fprintf(os.Stderr, "Control code: %s. Confirm on your phone only if it shows the same.\n", code)
		},
	}
}

// Question is what a person is asked before giving a PIN: whose, for what, and how
// near the card is to being locked.
func Question(p token.Prompt) string {
	var warnings []string
	if p.Again {
		warnings = append(warnings, "The last PIN was wrong.")
	}
	switch {
	case p.Final:
		warnings = append(warnings, "ONE ATTEMPT IS LEFT: another wrong PIN locks the card. An empty line stops.")
	case p.Low:
		warnings = append(warnings, "Few attempts are left.")
	}
	where := "PIN"
	if p.PinPad {
		where = "At the reader's own keys, give the PIN"
	}
	purpose := "to sign"
	if p.Usage == eid.Authentication {
		purpose = "to say who you are"
	}
	return strings.Join(append(warnings, fmt.Sprintf("%s of %q %s", where, p.Token, purpose)), " ")
}
