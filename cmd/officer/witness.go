package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

// witnessCommand gets the board's checkpoint cosigned after a step of the count,
// over files: the machine that counts has no network.
func witnessCommand() *cobra.Command {
	c := &cobra.Command{Use: "witness", Short: "Get the board cosigned by its witnesses, over files"}
	var old uint64
	request := &cobra.Command{
		Use:   "request DIR",
		Short: "Print the request to a witness, the body of its add-checkpoint",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := open(args[0], cmd.ErrOrStderr()).WitnessRequest(old)
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(b)
			return err
		},
	}
	request.Flags().Uint64Var(&old, "old", 0, "how many entries the witness has seen last; it answers 409 with the number if this is another")
	c.AddCommand(request, &cobra.Command{
		Use:   "add DIR ANSWER...",
		Short: "Add the answers of the witnesses to the board's checkpoint",
		Args:  cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			var answers [][]byte
			for _, path := range args[1:] {
				b, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				answers = append(answers, b)
			}
			size, err := open(args[0], cmd.ErrOrStderr()).Cosign(answers...)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "the witnesses have cosigned the board with %d entries\n", size)
			return nil
		},
	})
	return c
}
