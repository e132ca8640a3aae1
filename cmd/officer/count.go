package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"valik/board"
	"valik/election"
	"valik/internal/keyfile"
	"valik/tally"
)

// step makes a command of one step of the count: it opens the folder and the
// board's key.
func step(use, short string, run func(out io.Writer, f *tally.Folder, key *board.Key) error) *cobra.Command {
	var boardKey string
	known := new(pins)
	c := &cobra.Command{
		Use:   use + " DIR",
		Short: short,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			key, err := keyfile.Board(boardKey)
			if err != nil {
				return err
			}
			f := open(args[0], cmd.ErrOrStderr())
			if err := known.apply(f); err != nil {
				return err
			}
			return run(cmd.OutOrStdout(), f, key)
		},
	}
	required(c, &boardKey, "board-key", "key file of the board")
	known.declare(c)
	return c
}

func revokeCommand() *cobra.Command {
	var order string
	authority := new(authorityFlags)
	c := step("revoke", "Take persons' ballots out of the count, or back in, by a signed order", func(out io.Writer, f *tally.Folder, key *board.Key) error {
		m, err := f.Manifest()
		if err != nil {
			return err
		}
		persons, err := tally.ReadRevocations(m, order)
		if err != nil {
			return err
		}
		return authority.with(context.Background(), func(officials *tally.Authority) error {
			if err := f.Revoke(persons, officials, key); err != nil {
				return err
			}
			fmt.Fprintf(out, "%s: %d persons\n", persons.Action, len(persons.Persons))
			return nil
		})
	})
	authority.declare(c)
	required(c, &order, "order", "revocation or restoration in the VIS3 form")
	return c
}

func processCommand() *cobra.Command {
	return step("process", "Decide about every ballot and fix the input of the mix", func(out io.Writer, f *tally.Folder, key *board.Key) error {
		outcome, err := f.Process(key)
		if err != nil {
			return err
		}
		counts := outcome.Decisions.Count()
		for _, reason := range election.Reasons() {
			if n := counts[reason]; n > 0 {
				fmt.Fprintf(out, "%7d %s\n", n, reason)
			}
		}
		return nil
	})
}

func mixCommand() *cobra.Command {
	var mixer string
	var constantTime bool
	c := step("mix", "Mix the ballots as one of the mixers", func(out io.Writer, f *tally.Folder, key *board.Key) error {
		k, err := keyfile.Ed25519(mixer)
		if err != nil {
			return err
		}
		if err := f.Mix(tally.Mixer{Key: k, ConstantTime: constantTime}, key); err != nil {
			return err
		}
		fmt.Fprintln(out, "mixed")
		return nil
	})
	required(c, &mixer, "mixer", "key file of the mixer")
	c.Flags().BoolVar(&constantTime, "constant-time", false, "compute in constant time, for a machine that runs other people's programs too; takes several times as long")
	return c
}

func decryptCommand() *cobra.Command {
	flags := new(trusteeFlags)
	c := step("decrypt", "Decrypt the last mix with a trustee's share of the key", func(out io.Writer, f *tally.Folder, key *board.Key) error {
		t, err := flags.open()
		if err != nil {
			return err
		}
		if err := f.Decrypt(t, key); err != nil {
			return err
		}
		fmt.Fprintf(out, "%s has decrypted\n", t.Name())
		return nil
	})
	flags.declare(c)
	return c
}

func tallyCommand() *cobra.Command {
	authority := new(authorityFlags)
	c := step("tally", "Put the decryptions together, count, and sign the result", func(out io.Writer, f *tally.Folder, key *board.Key) error {
		return authority.with(context.Background(), func(officials *tally.Authority) error {
			result, err := f.Tally(officials, key)
			if err != nil {
				return err
			}
			t := result.Totals
			fmt.Fprintf(out, "%d ballots, %d votes, %d blank, %d invalid\n", t.Ballots, t.Votes, t.Blank, t.Invalid)
			return nil
		})
	})
	authority.declare(c)
	return c
}
