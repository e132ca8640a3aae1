package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"valik/collector/daemon"
	"valik/internal/progress"
)

func backupCommand(file *string) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "backup",
		Short: "Copy the database into a new file, at any time, and verify the copy",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			settings, err := daemon.ReadSettings(*file)
			if err != nil {
				return err
			}
			bars := progress.New(cmd.ErrOrStderr())
			err = daemon.Backup(cmd.Context(), settings, out, bars.Draw)
			bars.Clear()
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), "collectord: verified, and written to", out)
			return nil
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "file to make")
	if err := cmd.MarkFlagRequired("out"); err != nil {
		panic(err)
	}
	return cmd
}

func restoreCommand(file *string) *cobra.Command {
	var from string
	var checkpoints []string
	cmd := &cobra.Command{
		Use:   "restore",
		Short: "Put a backup into an empty database, if it is the newest state of the board",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			settings, keys, err := configure(*file)
			if err != nil {
				return err
			}
			bars := progress.New(cmd.ErrOrStderr())
			err = daemon.Restore(cmd.Context(), settings, keys, logger(), from, checkpoints, bars.Draw)
			bars.Clear()
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), "collectord: verified against the board, and restored")
			return nil
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "file of a backup")
	cmd.Flags().StringArrayVar(&checkpoints, "checkpoint", nil, "file with a checkpoint from elsewhere, or the state of a monitor; may be repeated")
	if err := cmd.MarkFlagRequired("from"); err != nil {
		panic(err)
	}
	return cmd
}
