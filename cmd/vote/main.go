// Command vote is a voter's program on the command line, for scripts and tests:
// what the desktop program does, without its window.
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

	"valik/eid/secret"
	voter "valik/voter-app"
)

const manual = `Cast a vote in a Valik election from the command line.

The program trusts two things: the election's fingerprint, which comes from a
source of your own, and your card. It checks everything that the collector says.

The card is a line: "pkcs11:?module-path=/PATH/opensc-pkcs11.so" for a card in a
reader, "pkcs12:FILE" for a PKCS #12 file, "mobile-id:FILE" or "smart-id:FILE" for a
phone by the settings in a file, and a bare path for a test card. docs/cards.md and
docs/remote-signing.md say more.

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
	if err := secret.NoCore(); err != nil {
		fmt.Fprintln(os.Stderr, "vote:", err)
		os.Exit(exitFailed)
	}
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
	tls                              bool // sign on by TLS client certificate
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
	f.StringVar(&s.card, "card", "", "the voter's card: pkcs11:…, pkcs12:FILE, mobile-id:FILE, smart-id:FILE, or the file of a test card")
	f.BoolVar(&s.tls, "tls-sign-on", false, "sign on by TLS client certificate, where the election has that")
	f.StringVar(&s.state, "state", "", "keep here what the board has shown: the next run notices if it is taken back")
	for _, name := range []string{"collector", "election", "card"} {
		if err := root.MarkPersistentFlagRequired(name); err != nil {
			panic(err)
		}
	}
	root.AddCommand(ballotCommand(s), castCommand(s), historyCommand(s))
	return root
}
