package main

import (
	"github.com/spf13/cobra"

	"valik/collector/daemon"
)

func statisticsCommand(file *string) *cobra.Command {
	var sheet bool
	cmd := &cobra.Command{
		Use:   "statistics",
		Short: "Print casts, voters and re-votes by time and district, as far as they may be told",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			settings, err := daemon.ReadSettings(*file)
			if err != nil {
				return err
			}
			s, err := daemon.Statistics(cmd.Context(), settings)
			if err != nil {
				return err
			}
			encode, end := s.Bytes, "\n"
			if sheet {
				encode, end = s.CSV, ""
			}
			b, err := encode()
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(append(b, end...))
			return err
		},
	}
	cmd.Flags().BoolVar(&sheet, "csv", false, "for a spreadsheet, instead of JSON")
	return cmd
}

func totalCommand(file *string) *cobra.Command {
	return &cobra.Command{
		Use:   "total",
		Short: "Print how many have voted, as a VIS3 file",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			settings, err := daemon.ReadSettings(*file)
			if err != nil {
				return err
			}
			b, err := daemon.Total(cmd.Context(), settings)
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(b)
			return err
		},
	}
}
