// Command valik is the voter's desktop program: it opens an election, shows the ballot, and
// encrypts, signs and casts it. Built with the tag gui it has a window of its own; without, and
// with --browser, it shows its face in the browser of the same machine.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"valik/eid/keyring"
	"valik/eid/secret"
	voter "valik/voter-app"
	"valik/voter-app/desktop"
)

const manual = `Vote in a Valik election.

The program trusts what the election's authority has published, in the file of an
invitation or as a fingerprint, and your card. It checks everything that the collector
says. docs/desktop.md says more.

Without a window it serves its face on this machine alone, at an address with a secret
key: whoever has that may use the program as you.

It ends with 0, or with 1 after saying why it cannot go on.`

// version is the bundle's, which gives it to the linker.
var version = "of no release"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := secret.NoCore()
	if err == nil {
		err = command().ExecuteContext(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "valik:", err)
		os.Exit(1)
	}
}

// settings are the flags.
type settings struct {
	invitations, modules []string
	state, listen        string
	receipts             string
	browser, noOpen      bool
}

func command() *cobra.Command {
	s := new(settings)
	c := &cobra.Command{
		Use: "valik", Short: "Vote in a Valik election", Long: manual, Version: version,
		Args: cobra.NoArgs, SilenceUsage: true, SilenceErrors: true,
		RunE: func(cmd *cobra.Command, _ []string) error { return s.run(cmd) },
	}
	f := c.Flags()
	f.StringArrayVar(&s.invitations, "invitation", nil, "`FILE` of an election that can be opened by its name; may be repeated")
	f.StringArrayVar(&s.modules, "module", keyring.Modules(), "`FILE` of a card's PKCS #11 module; may be repeated, and replaces the usual ones")
	f.StringVar(&s.state, "state", "", "`FOLDER` for what the program keeps (default: in your folder of settings)")
	f.StringVar(&s.receipts, "receipts", xdg.UserDirs.Download, "`FOLDER` for receipts that you save")
	f.BoolVar(&s.browser, "browser", !hasWindow, "use the browser in place of a window")
	f.BoolVar(&s.noOpen, "no-open", false, "with --browser: print the address, and open no browser")
	f.StringVar(&s.listen, "listen", "127.0.0.1:0", "with --browser: `ADDRESS` of this machine alone, with a port")
	return c
}

func (s *settings) run(cmd *cobra.Command) error {
	config, err := s.config()
	if err != nil && !s.browser && !term.IsTerminal(int(os.Stderr.Fd())) {
		tell(cmd.Context(), err)
	}
	if err != nil {
		return err
	}
	app := desktop.New(config)
	show := openWindow
	if s.browser || !hasWindow {
		show = func(ctx context.Context, app *desktop.App) error { return s.serve(ctx, app, cmd.OutOrStdout()) }
	}
	return errors.Join(show(cmd.Context(), app), app.Close())
}

func (s *settings) config() (desktop.Config, error) {
	if s.state == "" {
		home, err := os.UserConfigDir()
		if err != nil {
			return desktop.Config{}, fmt.Errorf("there is no folder of settings; name one with --state: %w", err)
		}
		s.state = filepath.Join(home, "valik")
	}
	config := desktop.Config{Folder: s.state, Modules: s.modules, Places: keyring.Folders(), Receipts: s.receipts, Practice: startPractice}
	for _, path := range s.invitations {
		raw, err := os.ReadFile(path)
		if err != nil {
			return config, fmt.Errorf("--invitation: %w", err)
		}
		i, err := voter.ParseInvitation(raw)
		if err != nil {
			return config, fmt.Errorf("--invitation %s: %w", path, err)
		}
		name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
		config.Invitations = append(config.Invitations, desktop.Invitation{Name: name, Invitation: i})
	}
	return config, nil
}
