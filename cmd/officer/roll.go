package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"valik/tally"
)

// rollCommand makes the next version of the voter roll from a changeset.
func rollCommand() *cobra.Command {
	authority := new(authorityFlags)
	var lists, changed []string
	c := &cobra.Command{
		Use:   "roll DIR",
		Short: "Make the next version of the voter roll; the collector takes it over on SIGHUP",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f := open(args[0], cmd.ErrOrStderr())
			m, err := f.Manifest()
			if err != nil {
				return err
			}
			register, err := tally.ReadRegister(m, lists, changed)
			if err != nil {
				return err
			}
			return authority.with(cmd.Context(), func(officials *tally.Authority) error {
				roll, err := f.AddRoll(register, officials)
				if err != nil {
					return err
				}
				change, err := f.RollChange(roll.Changeset)
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "version %d of the roll has %d voters: %d added, %d removed; it goes up to changeset %d\n",
					roll.Changeset, len(roll.List), change.Added, change.Removed, register.Latest())
				return nil
			})
		},
	}
	authority.declare(c)
	c.Flags().StringArrayVar(&lists, "list", nil, "VIS3 voter list: the initial one, then every changeset, in order")
	c.Flags().StringArrayVar(&changed, "changed", nil, "personal codes that changed, applied after the lists; again for every file so far, in order")
	if err := c.MarkFlagRequired("list"); err != nil {
		panic(err)
	}
	return c
}
