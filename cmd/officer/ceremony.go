package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"valik/internal/keyfile"
	"valik/tally"
)

// trusteeFlags say how a trustee's file is opened.
type trusteeFlags struct {
	file, passphraseFile string
	workFactor           int
}

func (f *trusteeFlags) declare(c *cobra.Command) {
	required(c, &f.file, "trustee", "the trustee's encrypted file")
	c.Flags().StringVar(&f.passphraseFile, "passphrase-file", "", "read the passphrase from this file instead of asking")
	c.Flags().IntVar(&f.workFactor, "work-factor", tally.DefaultWorkFactor, "logarithm of the cost of one try of the passphrase")
}

func (f *trusteeFlags) vault() (*tally.Vault, error) {
	passphrase, err := f.passphrase()
	if err != nil {
		return nil, err
	}
	if passphrase == "" {
		return nil, fmt.Errorf("an empty passphrase protects nothing")
	}
	return tally.NewVault(passphrase, f.workFactor), nil
}

func (f *trusteeFlags) passphrase() (string, error) {
	if f.passphraseFile != "" {
		b, err := os.ReadFile(f.passphraseFile)
		return strings.TrimRight(string(b), "\r\n"), err
	}
	fmt.Fprint(os.Stderr, "Passphrase of "+f.file+": ")
	b, err := term.ReadPassword(int(os.Stdin.Fd()))
	fmt.Fprintln(os.Stderr)
	if err != nil {
		return "", fmt.Errorf("no terminal to ask for the passphrase (use --passphrase-file): %w", err)
	}
	return string(b), nil
}

func (f *trusteeFlags) open() (*tally.Trustee, error) {
	v, err := f.vault()
	if err != nil {
		return nil, err
	}
	return tally.OpenTrustee(f.file, v)
}

// trusteeCommand makes a trustee's keys and card.
func trusteeCommand() *cobra.Command {
	flags := new(trusteeFlags)
	var name, card string
	c := &cobra.Command{
		Use:   "trustee",
		Short: "Make a trustee's keys, and the card that goes into the manifest",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			v, err := flags.vault()
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
	return c
}

// ceremonyCommand holds the rounds of the key ceremony.
func ceremonyCommand() *cobra.Command {
	c := &cobra.Command{Use: "ceremony", Short: "The rounds of the key ceremony"}
	attempt := c.PersistentFlags().Int("attempt", 1, "which attempt at the ceremony this is")
	for _, r := range []struct {
		name, short string
		run         func(*tally.Ceremony, *tally.Trustee) error
	}{
		{"commit", "Round 1: every trustee commits to what they will deal", (*tally.Ceremony).Commit},
		{"deal", "Round 2: every trustee deals a share to each other one", (*tally.Ceremony).Deal},
		{"confirm", "Round 3: every trustee checks what they got, and confirms or complains", (*tally.Ceremony).Confirm},
		{"drill", "Round 4: every trustee shows that their share decrypts", (*tally.Ceremony).Drill},
	} {
		c.AddCommand(roundCommand(r.name, r.short, attempt, r.run))
	}
	c.AddCommand(finishCommand(attempt))
	return c
}

func roundCommand(name, short string, attempt *int, run func(*tally.Ceremony, *tally.Trustee) error) *cobra.Command {
	flags := new(trusteeFlags)
	c := &cobra.Command{
		Use:   name + " DIR",
		Short: short,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ceremony, err := open(args[0], cmd.ErrOrStderr()).Ceremony(*attempt)
			if err != nil {
				return err
			}
			t, err := flags.open()
			if err != nil {
				return err
			}
			if err := run(ceremony, t); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %s done\n", t.Name(), name)
			return nil
		},
	}
	flags.declare(c)
	return c
}

func finishCommand(attempt *int) *cobra.Command {
	var boardKey string
	c := &cobra.Command{
		Use:   "finish DIR",
		Short: "Verify the ceremony and put it on the board",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			key, err := keyfile.Board(boardKey)
			if err != nil {
				return err
			}
			ceremony, err := open(args[0], cmd.ErrOrStderr()).Ceremony(*attempt)
			if err != nil {
				return err
			}
			if err := ceremony.Finish(key); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), "the ceremony is verified and on the board")
			return nil
		},
	}
	required(c, &boardKey, "board-key", "key file of the board")
	return c
}
