// Command collectord takes the ballots of an election and publishes its board.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"valik/collector/daemon"
	"valik/eid/secret"
	"valik/internal/keyfile"
	"valik/verifier/web"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := secret.NoCore()
	if err == nil {
		err = command().ExecuteContext(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "collectord:", err)
		os.Exit(1)
	}
}

func command() *cobra.Command {
	root := &cobra.Command{
		Use:           "collectord",
		Short:         "Take the ballots of a Valik election and publish its board",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	file := root.PersistentFlags().String("config", "", "configuration file, in TOML")
	root.AddCommand(statisticsCommand(file), totalCommand(file))
	if err := root.MarkPersistentFlagRequired("config"); err != nil {
		panic(err)
	}
	root.AddCommand(serveCommand(file), exportCommand(file), backupCommand(file), restoreCommand(file), journalCommand(file))
	return root
}

func serveCommand(file *string) *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Serve until SIGTERM; SIGHUP reads the election's folder and the certificates again",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			settings, keys, err := configure(*file)
			if err != nil {
				return err
			}
			ready := func(a daemon.Addresses) {
				fmt.Fprintln(cmd.OutOrStdout(), "collectord: listening on", a.Public)
				if a.Cards != "" {
					fmt.Fprintln(cmd.OutOrStdout(), "collectord: cards sign on at", a.Cards)
				}
				if a.Admin != "" {
					fmt.Fprintln(cmd.OutOrStdout(), "collectord: admins at", a.Admin)
				}
			}
			return daemon.Serve(cmd.Context(), settings, keys, logger(), hangups(cmd.Context()), ready)
		},
	}
}

func exportCommand(file *string) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write record/ and sealed/ into a new folder, after the close",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			settings, keys, err := configure(*file)
			if err != nil {
				return err
			}
			return daemon.Export(cmd.Context(), settings, keys, logger(), out)
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "folder to make")
	if err := cmd.MarkFlagRequired("out"); err != nil {
		panic(err)
	}
	return cmd
}

func journalCommand(file *string) *cobra.Command {
	return &cobra.Command{
		Use:   "journal",
		Short: "Print what officials asked of the collectors, and verify its chain",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			settings, err := daemon.ReadSettings(*file)
			if err != nil {
				return err
			}
			return daemon.Journal(cmd.Context(), settings, cmd.OutOrStdout())
		},
	}
}

// configure reads the configuration file and the keys that it names.
func configure(file string) (s *daemon.Settings, keys daemon.Keys, err error) {
	if s, err = daemon.ReadSettings(file); err != nil {
		return nil, keys, err
	}
	s.BuiltInPage = web.Page()
	boardFile, receiptFile := s.KeyFiles()
	if keys.Board, err = keyfile.Board(boardFile); err != nil {
		return nil, keys, err
	}
	keys.Receipt, err = keyfile.Ed25519(receiptFile)
	return s, keys, err
}

func logger() *slog.Logger { return slog.New(slog.NewJSONHandler(os.Stderr, nil)) }

// hangups turns SIGHUP into values, until ctx ends.
func hangups(ctx context.Context) <-chan struct{} {
	signals, values := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(signals, syscall.SIGHUP)
	go func() {
		defer signal.Stop(signals)
		for {
			select {
			case <-signals:
				select {
				case values <- struct{}{}:
				case <-ctx.Done():
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	return values
}
