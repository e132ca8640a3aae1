// Command vote is a voter's program on the command line, for scripts and tests:
// what the desktop program does, without its window. It signs with a card of
// eid/testpki, which is a file.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/spf13/cobra"

	"valik/eid/testpki"
	"valik/election"
	voter "valik/voter-app"
)

// settings are the flags that every command needs.
type settings struct {
	collector, election, card string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := command().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "vote:", err)
		os.Exit(1)
	}
}

func command() *cobra.Command {
	s := new(settings)
	root := &cobra.Command{
		Use:           "vote",
		Short:         "Cast a vote in a Valik election from the command line",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	f := root.PersistentFlags()
	f.StringVar(&s.collector, "collector", "", "address of the collector, e.g. https://vote.example.ee")
	f.StringVar(&s.election, "election", "", "the election's fingerprint, 64 hex digits, from a source that you trust")
	f.StringVar(&s.card, "card", "", "file of the voter's card (officer testpki card)")
	for _, name := range []string{"collector", "election", "card"} {
		if err := root.MarkPersistentFlagRequired(name); err != nil {
			panic(err)
		}
	}
	root.AddCommand(ballotCommand(s), castCommand(s), historyCommand(s))
	return root
}

// session is an open election with a voter who has been recognised.
type session struct {
	election *voter.Election
	card     *testpki.Card
	voter    *election.Eligibility
}

func (s *settings) open(ctx context.Context) (*session, error) {
	fingerprint, err := election.ParseHash(s.election)
	if err != nil {
		return nil, fmt.Errorf("-election: %w", err)
	}
	card, err := testpki.LoadCard(s.card)
	if err != nil {
		return nil, fmt.Errorf("-card: %w", err)
	}
	e, err := voter.Open(ctx, s.collector, fingerprint, nil, &http.Client{Timeout: time.Minute})
	if err != nil {
		return nil, err
	}
	v, err := e.Identify(ctx, card.Authentication)
	if err != nil {
		return nil, err
	}
	return &session{e, card, v}, nil
}
