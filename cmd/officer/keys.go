package main

import (
	"crypto/ed25519"
	"encoding/hex"
	"fmt"

	"github.com/spf13/cobra"

	"valik/internal/keyfile"
)

// keysCommand makes the keys of a board, a collector or a mixer. It prints the
// public key, which goes into the plan of the election.
func keysCommand() *cobra.Command {
	c := &cobra.Command{Use: "keys", Short: "Make the keys of a board, a collector or a mixer"}
	var origin string
	boardKey := &cobra.Command{
		Use:   "board FILE",
		Short: "Make the key that signs the board's checkpoints, and print its public key",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			k, err := keyfile.NewBoard(args[0], origin)
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), k.Public())
			return nil
		},
	}
	required(boardKey, &origin, "origin", "name of the log, such as vote.example.ee/rk2027")
	c.AddCommand(boardKey, &cobra.Command{
		Use:   "ed25519 FILE",
		Short: "Make the key of a collector's receipts or of a mixer, and print its public key",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			k, err := keyfile.NewEd25519(args[0])
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), hex.EncodeToString(k.Public().(ed25519.PublicKey)))
			return nil
		},
	})
	return c
}
