package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"valik/internal/keyfile"
	"valik/tally"
)

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
	c.AddCommand(judgeCommand(attempt), finishCommand(attempt))
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
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %s done, in the election with the fingerprint %s\n", t.Name(), name, ceremony.Fingerprint())
			return nil
		},
	}
	flags.declare(c)
	return c
}

func judgeCommand(attempt *int) *cobra.Command {
	return &cobra.Command{
		Use:   "judge DIR COMPLAINT",
		Short: "Say whose fault a complaint is: the accused's, or the accuser's",
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			ceremony, err := open(args[0], cmd.ErrOrStderr()).Ceremony(*attempt)
			if err != nil {
				return err
			}
			judgement, err := ceremony.Judge(args[1])
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), judgement)
			return nil
		},
	}
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
