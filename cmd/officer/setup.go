package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"valik/internal/keyfile"
	"valik/tally"
)

// setupCommand makes manifest, roll and board from a plan.
func setupCommand() *cobra.Command {
	var plan, boardKey, rehearsed string
	authority := new(authorityFlags)
	c := &cobra.Command{
		Use:   "setup DIR",
		Short: "Make manifest, voter roll and board of an election from a plan",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := tally.ReadPlan(plan)
			if err != nil {
				return err
			}
			key, err := keyfile.Board(boardKey)
			if err != nil {
				return err
			}
			m, roll, err := p.Build()
			if err != nil {
				return err
			}
			if rehearsed != "" {
				before, err := tally.NewFolder(rehearsed).Manifest()
				if err != nil {
					return err
				}
				if err := tally.CheckRehearsed(m, before); err != nil {
					return err
				}
			}
			err = authority.with(cmd.Context(), func(officials *tally.Authority) error {
				return open(args[0], cmd.ErrOrStderr()).Setup(m, roll, officials, key)
			})
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s with %d voters is set up%s; its fingerprint, to be published everywhere, is\n%s\n", m.ID, len(roll.List), m.Mark(), m.Fingerprint())
			return nil
		},
	}
	required(c, &plan, "plan", "the plan, a TOML file")
	authority.declare(c)
	required(c, &boardKey, "board-key", "key file of the board")
	c.Flags().StringVar(&rehearsed, "rehearsed", "", "folder of the rehearsal: refuse a plan that takes over its board or keys")
	return c
}

// exportCommand writes the result in the exchange format of the Estonian
// election information system.
func exportCommand() *cobra.Command {
	var contest string
	c := &cobra.Command{
		Use:   "export DIR",
		Short: "Print the result of a contest in the VIS3 format",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := open(args[0], cmd.ErrOrStderr()).ExportResult(contest)
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(b)
			return err
		},
	}
	required(c, &contest, "contest", "id of the contest")
	return c
}
