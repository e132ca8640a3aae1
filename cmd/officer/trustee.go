package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"valik/internal/prompt"
	"valik/tally"
)

// trusteeFlags say how a trustee's file is opened.
type trusteeFlags struct {
	file, passphraseFile string
}

// passphraseVariable names the file with the passphrase for rehearsals and tests,
// where nobody types.
const passphraseVariable = "VALIK_PASSPHRASE_FILE"

func (f *trusteeFlags) declare(c *cobra.Command) {
	required(c, &f.file, "trustee", "the trustee's encrypted file")
	c.Flags().StringVar(&f.passphraseFile, "passphrase-file", os.Getenv(passphraseVariable), "read the passphrase from this file instead of asking; also $"+passphraseVariable)
}

// vault returns what opens the file. The work factor counts for a new file only.
func (f *trusteeFlags) vault(workFactor int, twice bool) (*tally.Vault, error) {
	passphrase, err := f.passphrase(twice)
	if err != nil {
		return nil, err
	}
	if passphrase == "" {
		return nil, errors.New("an empty passphrase protects nothing")
	}
	return tally.NewVault(passphrase, workFactor), nil
}

func (f *trusteeFlags) passphrase(twice bool) (string, error) {
	if f.passphraseFile != "" {
		b, err := os.ReadFile(f.passphraseFile)
		return strings.TrimRight(string(b), "\r\n"), err
	}
	first, err := ask("Passphrase of " + f.file + ": ")
	if err != nil || !twice {
		return first, err
	}
	second, err := ask("The same again: ")
	if err == nil && first != second {
		err = errors.New("the two passphrases differ")
	}
	return first, err
}

// ask reads a passphrase from the terminal without showing it.
func ask(question string) (string, error) {
	text, err := prompt.Hidden(question, "passphrase (use --passphrase-file)")
	return string(text.Reveal()), err
}

func (f *trusteeFlags) open() (*tally.Trustee, error) {
	v, err := f.vault(tally.DefaultWorkFactor, false)
	if err != nil {
		return nil, err
	}
	return tally.OpenTrustee(f.file, v)
}

// trusteeCommand makes a trustee's keys and card.
func trusteeCommand() *cobra.Command {
	flags := new(trusteeFlags)
	var name, card string
	var workFactor int
	c := &cobra.Command{
		Use:   "trustee",
		Short: "Make a trustee's keys, and the card that goes into the manifest",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			v, err := flags.vault(workFactor, true)
			if err != nil {
				return err
			}
			t, err := tally.NewTrustee(name, flags.file, v)
			if err != nil {
				return err
			}
			if err := os.WriteFile(card, t.Card().Bytes(), 0o644); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "keys of %s in %s, card in %s\n", name, flags.file, card)
			return nil
		},
	}
	flags.declare(c)
	required(c, &name, "name", "the trustee's name, as it is published")
	required(c, &card, "card", "file for the public card")
	c.Flags().IntVar(&workFactor, "work-factor", tally.DefaultWorkFactor, "logarithm to base 2 of the cost of one try of the passphrase")
	return c
}
