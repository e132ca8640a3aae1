// Command vote is a voter's program on the command line, for scripts and tests:
// what the desktop program does, without its window. It signs with a card of
// eid/testpki, which is a file.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"valik/eid"
	"valik/eid/testpki"
	"valik/election"
	voter "valik/voter-app"
)

const manual = `Cast a vote in a Valik election from the command line.

The program trusts two things: the election's fingerprint, which comes from a
source of your own, and your card. It checks everything that the collector says.

It ends with 0 if all went well, 1 if it did not and no vote was cast, and 2 if it
is not known whether the vote was cast.`

// The program's exit codes.
const (
	exitFailed  = 1
	exitUnknown = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run gives the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	s := new(settings)
	c := command(s)
	c.SetArgs(args)
	c.SetOut(stdout)
	c.SetErr(stderr)
	err := c.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	if !s.asked {
		fmt.Fprintln(stderr, "vote:", err)
		return exitFailed
	}
	fmt.Fprintf(stderr, "vote: %s\n(%v)\n", voter.Explain(err), err)
	var failed *voter.CastError
	if errors.As(err, &failed) && failed.Outcome == voter.Unknown {
		return exitUnknown
	}
	return exitFailed
}

// settings are the flags that every command needs.
type settings struct {
	collector, election, card, state string
	asked                            bool // the collector: before, nothing is known of the election
}

func command(s *settings) *cobra.Command {
	root := &cobra.Command{
		Use:           "vote",
		Short:         "Cast a vote in a Valik election from the command line",
		Long:          manual,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	f := root.PersistentFlags()
	f.StringVar(&s.collector, "collector", "", "address of the collector, e.g. https://vote.example.ee")
	f.StringVar(&s.election, "election", "", "the election's fingerprint, 64 hex digits, from a source that you trust")
	f.StringVar(&s.card, "card", "", "file of the voter's card (officer testpki card)")
	f.StringVar(&s.state, "state", "", "keep here what the board has shown: the next run notices if it is taken back")
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
	*settings
	election *voter.Election
	card     *testpki.Card
	voter    *election.Eligibility
}

func (s *settings) open(ctx context.Context) (*session, error) {
	fingerprint, err := election.ParseHash(s.election)
	if err != nil {
		return nil, fmt.Errorf("--election: %w", err)
	}
	card, err := testpki.LoadCard(s.card)
	if err != nil {
		return nil, fmt.Errorf("--card: %w", err)
	}
	seen, err := loadState(s.state)
	if err != nil {
		return nil, fmt.Errorf("--state: %w", err)
	}
	s.asked = true
	e, err := voter.Open(ctx, s.collector, fingerprint, seen, nil)
	if err != nil {
		return nil, s.keepEvidence(err)
	}
	opened := &session{settings: s, election: e, card: card}
	if opened.voter, err = e.Identify(ctx, eid.AuthenticateWith(card.Authentication)); err != nil {
		return nil, opened.end(err)
	}
	return opened, nil
}

// end keeps what the board has shown, whatever came of the session.
func (s *session) end(err error) error {
	return errors.Join(s.keepEvidence(err), saveState(s.state, s.election))
}
