package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// castCommand prepares, signs and casts a ballot and checks the receipt.
func castCommand(s *settings) *cobra.Command {
	var choices []string
	var receiptFile string
	var link bool
	c := &cobra.Command{
		Use:   "cast",
		Short: "Encrypt, sign and cast a ballot, and check the receipt",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			selections, err := parseChoices(choices)
			if err != nil {
				return err
			}
			return s.cast(cmd, selections, receiptFile, link)
		},
	}
	c.Flags().StringArrayVar(&choices, "choice", nil, "CONTEST=CODE, or CONTEST=CODE,CODE… where a contest has several slots; once for each contest")
	c.Flags().StringVar(&receiptFile, "receipt", "", "write the receipt to this file")
	c.Flags().BoolVar(&link, "link", false, "print the link that shows the vote on a second device; it is secret")
	return c
}

func (s *settings) cast(cmd *cobra.Command, selections map[string][]string, receiptFile string, link bool) error {
	ctx, out := cmd.Context(), cmd.OutOrStdout()
	session, err := s.open(ctx)
	if err != nil {
		return err
	}
	prepared, err := session.election.Prepare(ctx, session.voter, selections)
	if err != nil {
		return err
	}
	sealed, err := session.election.Seal(prepared, session.card.Signing, time.Now())
	if err != nil {
		return err
	}
	receipt, err := session.election.Cast(ctx, sealed)
	if err != nil {
		return fmt.Errorf("not cast: %w", err)
	}
	if receiptFile != "" {
		if err := os.WriteFile(receiptFile, receipt.Bytes(), 0o600); err != nil {
			return fmt.Errorf("the vote is cast, but the receipt cannot be written: %w", err)
		}
	}
	fmt.Fprintf(out, "cast: entry %d of the board, ballot %s, at %s\n", receipt.Index, receipt.Ballot, receipt.Time)
	if link {
		fmt.Fprintln(out, session.election.Link(sealed, receipt).Reveal())
	}
	return nil
}

// parseChoices reads CONTEST=CODE[,CODE…].
func parseChoices(choices []string) (map[string][]string, error) {
	selections := map[string][]string{}
	for _, c := range choices {
		contest, codes, ok := strings.Cut(c, "=")
		if !ok {
			return nil, fmt.Errorf("--choice %q: it has the form CONTEST=CODE", c)
		}
		if _, twice := selections[contest]; twice {
			return nil, fmt.Errorf("--choice: contest %s is there twice", contest)
		}
		selections[contest] = strings.Split(codes, ",")
	}
	return selections, nil
}
