package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

// ballotCommand shows the ballot of the voter's district.
func ballotCommand(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "ballot",
		Short: "Show the contests and choices of the voter's district",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			session, err := s.open(cmd.Context())
			if err != nil {
				return err
			}
			m, district := session.election.Manifest, session.voter.District
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, contest := range m.Style(district) {
				c, _ := m.Contest(contest)
				fmt.Fprintf(w, "%s\t%s\n", contest, c.Title.In(m.Languages[0]))
				for _, slate := range m.Slates(contest, district) {
					fmt.Fprintf(w, "\t%s\n", slate.Name)
					for _, choice := range slate.Choices {
						fmt.Fprintf(w, "\t  %s\t%s\n", choice.Code, choice.Name)
					}
				}
				if c.Blank {
					fmt.Fprintln(w, "\t  blank\t")
				}
			}
			return session.end(w.Flush())
		},
	}
}

// historyCommand shows when ballots were accepted in the voter's name.
func historyCommand(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "history",
		Short: "Show when ballots were accepted in the voter's name",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			session, err := s.open(cmd.Context())
			if err != nil {
				return err
			}
			if len(session.voter.Casts) == 0 {
				fmt.Fprintln(cmd.OutOrStdout(), "no ballot yet")
			}
			for _, at := range session.voter.Casts {
				fmt.Fprintln(cmd.OutOrStdout(), at)
			}
			return session.end(nil)
		},
	}
}
