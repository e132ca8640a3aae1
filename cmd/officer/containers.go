package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"
)

// containersCommand writes the signed ballots for those who look at them with other
// programs. It changes nothing in the folder and needs no key.
func containersCommand() *cobra.Command {
	var out string
	known := new(pins)
	c := &cobra.Command{
		Use:   "containers DIR",
		Short: "Write the signed ballots with their evidence, for accredited observers",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f := open(args[0], cmd.ErrOrStderr())
			if err := known.apply(f); err != nil {
				return err
			}
			levels, err := f.Containers(out)
			if err != nil {
				return err
			}
			for _, level := range slices.Sorted(maps.Keys(levels)) {
				fmt.Fprintf(cmd.OutOrStdout(), "%7d %s\n", levels[level], level)
			}
			return nil
		},
	}
	required(c, &out, "out", "folder to make; it names voters, like the sealed part")
	known.declare(c)
	return c
}
