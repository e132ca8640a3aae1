package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"valik/eid"
	"valik/election"
	voter "valik/voter-app"
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
	session, err := s.open(cmd.Context())
	if err != nil {
		return err
	}
	if session.election.Manifest.Rehearsal {
		fmt.Fprintln(cmd.ErrOrStderr(), "*** This is a REHEARSAL: a ballot cast here counts for nothing ***")
	}
	sealed, receipt, err := session.cast(cmd.Context(), selections)
	if err = session.end(err); receipt == nil {
		return err
	}
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "cast: entry %d of the board, ballot %s, at %s%s\n", receipt.Index, receipt.Ballot, receipt.Time, session.election.Manifest.Mark())
	if receipt.Waits(session.election.Manifest) {
		fmt.Fprintln(out, "Your certificate is still to be checked: its issuer's service is away. If it was valid when you cast, the vote counts.")
	}
	if link {
		fmt.Fprintln(out, session.election.Link(sealed, receipt).Reveal())
	}
	if receiptFile != "" {
		err = errors.Join(err, voter.WriteFile(receiptFile, receipt.Bytes()))
	}
	if err != nil {
		// The vote counts, and that must not be lost in what follows.
		fmt.Fprintln(cmd.ErrOrStderr(), "vote: the vote is cast, but not all could be kept:", err)
	}
	return nil
}

// cast prepares, seals and casts.
func (s *session) cast(ctx context.Context, selections map[string][]string) (*voter.Sealed, *election.Receipt, error) {
	prepared, err := s.election.Prepare(ctx, s.voter, selections)
	if err != nil {
		return nil, nil, err
	}
	key, err := s.card.Signer(ctx, eid.Signing)
	if err != nil {
		return nil, nil, err
	}
	sealed, err := s.election.Seal(ctx, prepared, key, time.Now())
	if err != nil {
		return nil, nil, err
	}
	receipt, err := s.election.CastPatiently(ctx, sealed, voter.Usual, func(err error) {
		fmt.Fprintln(os.Stderr, "vote: no receipt yet, the ballot is sent again:", voter.Explain(err))
	})
	return sealed, receipt, err
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
