package main

import (
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"valik/eid/testpki"
	"valik/internal/keyfile"
)

// keysCommand makes the keys of a board, a collector or a mixer. It prints the
// public key, which goes into the plan of the election.
func keysCommand() *cobra.Command {
	c := &cobra.Command{Use: "keys", Short: "Make the keys of a board, a collector or a mixer"}
	var origin string
	boardKey := &cobra.Command{
		Use:   "board FILE",
		Short: "Make the key that signs the board's checkpoints, and print its public key",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			k, err := keyfile.NewBoard(args[0], origin)
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), k.Public())
			return nil
		},
	}
	required(boardKey, &origin, "origin", "name of the log, such as vote.example.ee/rk2027")
	c.AddCommand(boardKey, &cobra.Command{
		Use:   "ed25519 FILE",
		Short: "Make the key of a collector's receipts or of a mixer, and print its public key",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			k, err := keyfile.NewEd25519(args[0])
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), hex.EncodeToString(k.Public().(ed25519.PublicKey)))
			return nil
		},
	})
	return c
}

// testpkiCommand makes an eID issuer, an official and voters' cards in files.
func testpkiCommand() *cobra.Command {
	var voters, years int
	c := &cobra.Command{
		Use:   "testpki DIR",
		Short: "Make test eIDs: an issuer, an official who signs as the authority, and voters' cards. For trying only",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return writeTestPKI(args[0], voters, years)
		},
	}
	c.Flags().IntVar(&voters, "voters", 10, "how many voters' cards")
	c.Flags().IntVar(&years, "years", 2, "for how many years the certificates are valid")
	return c
}

func writeTestPKI(dir string, voters, years int) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	now := time.Now()
	a, err := testpki.NewAuthority("Valik test eID", now.Add(-time.Hour), now.AddDate(years, 0, 0))
	if err != nil {
		return err
	}
	if err := a.Save(filepath.Join(dir, "issuer.key")); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "issuers.pem"), testpki.EncodeCertificates(a.Certificates()...), 0o644); err != nil {
		return err
	}
	official, err := a.Official("Election authority")
	if err != nil {
		return err
	}
	if err := official.Save(filepath.Join(dir, "authority.key")); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "authority.pem"), testpki.EncodeCertificates(official.Certificate()), 0o644); err != nil {
		return err
	}
	for i := range voters {
		if err := writeCard(a, dir, i); err != nil {
			return err
		}
	}
	return nil
}
