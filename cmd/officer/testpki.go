package main

import (
	"context"
	"crypto/elliptic"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"valik/eid/testpki"
	"valik/eid/testpki/responder"
)

// testpkiCommand makes an eID issuer, an official and voters' cards in files.
func testpkiCommand() *cobra.Command {
	var voters, years int
	var services string
	c := &cobra.Command{
		Use:   "testpki DIR",
		Short: "Make test eIDs: an issuer, an official who signs as the authority, and voters' cards. For trying only",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return writeTestPKI(args[0], voters, years, services)
		},
	}
	c.Flags().IntVar(&voters, "voters", 10, "how many voters' cards")
	c.Flags().IntVar(&years, "years", 2, "for how many years the certificates are valid")
	c.Flags().StringVar(&services, "services", "", "address of `officer testservices`, to stand in the cards: they are then asked about")
	return c
}

func writeTestPKI(dir string, voters, years int, services string) error {
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
	if services != "" {
		a = a.Online(services)
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

// writeCard makes the card of test voter i. Every third has a P-384 key, so that
// both curves are met.
func writeCard(a *testpki.Authority, dir string, i int) error {
	curve := elliptic.P256()
	if i%3 == 2 {
		curve = elliptic.P384()
	}
	code := testpki.PersonalCode(i)
	card, err := a.Issue(code, "TEST", fmt.Sprintf("VOTER%d", i+1), curve)
	if err != nil {
		return err
	}
	return card.Save(filepath.Join(dir, "card-"+code+".pem"))
}

// testServicesCommand answers about the cards of testpki: their status, revocation lists,
// and time-stamps.
func testServicesCommand() *cobra.Command {
	var listen string
	var revoked []string
	c := &cobra.Command{
		Use:   "testservices DIR",
		Short: "Answer about the test eIDs in DIR and make time-stamps, until interrupted. For trying only",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			services, err := openServices(args[0], revoked)
			if err != nil {
				return err
			}
			l, err := net.Listen("tcp", listen)
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), "officer: status and time at http://"+l.Addr().String())
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return serveUntil(ctx, l, services)
		},
	}
	c.Flags().StringVar(&listen, "listen", "127.0.0.1:8401", "address to serve on")
	c.Flags().StringArrayVar(&revoked, "revoked", nil, "file of a card that is revoked from the beginning")
	return c
}

func openServices(dir string, revoked []string) (*responder.Responder, error) {
	a, err := testpki.LoadAuthority(filepath.Join(dir, "issuer.key"))
	if err != nil {
		return nil, err
	}
	services, err := responder.New(a, nil)
	if err != nil {
		return nil, err
	}
	for _, file := range revoked {
		card, err := testpki.LoadCard(file)
		if err != nil {
			return nil, fmt.Errorf("--revoked: %s: %w", file, err)
		}
		from, _ := a.Validity()
		services.Revoke(card.Signing.Certificate(), from, 0)
		services.Revoke(card.Authentication.Certificate(), from, 0)
	}
	return services, nil
}

// serveUntil serves until ctx ends.
func serveUntil(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
