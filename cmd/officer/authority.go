package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"valik/eid"
	"valik/eid/keyring"
	"valik/internal/prompt"
	"valik/tally"
)

// authorityFlags say which officials sign for the electoral authority.
type authorityFlags struct{ specs []string }

func (f *authorityFlags) declare(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.specs, "authority", nil,
		"an official who signs: pkcs11:…, pkcs12:FILE, mobile-id:FILE, smart-id:FILE, or a test key's file; again for a second official")
	if err := c.MarkFlagRequired("authority"); err != nil {
		panic(err)
	}
}

// with opens the officials' means for as long as do runs.
func (f *authorityFlags) with(ctx context.Context, do func(*tally.Authority) error) (err error) {
	a := new(tally.Authority)
	for _, spec := range f.specs {
		ring, openErr := keyring.Open(ctx, spec, prompt.Asks())
		if openErr != nil {
			return fmt.Errorf("--authority: %w", openErr)
		}
		defer func() { err = errors.Join(err, ring.Close()) }()
		signer, openErr := ring.Signer(ctx, eid.Signing)
		if openErr != nil {
			return fmt.Errorf("--authority: %w", openErr)
		}
		a.Signers = append(a.Signers, signer)
	}
	return do(a)
}

// signCommand adds officials' signatures where they are missing.
func signCommand() *cobra.Command {
	authority := new(authorityFlags)
	c := &cobra.Command{
		Use:   "sign DIR",
		Short: "Add an official's signature to every document that lacks one",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f := open(args[0], cmd.ErrOrStderr())
			return authority.with(cmd.Context(), func(officials *tally.Authority) error {
				return signAll(cmd, f, officials)
			})
		},
	}
	authority.declare(c)
	return c
}

func signAll(cmd *cobra.Command, f *tally.Folder, officials *tally.Authority) error {
	for _, signer := range officials.Signers {
		signed, err := f.Sign(signer)
		for _, document := range signed {
			fmt.Fprintf(cmd.OutOrStdout(), "%s has signed %s\n", signer.Certificate().Subject.CommonName, document)
		}
		if err != nil {
			return err
		}
		if len(signed) == 0 {
			fmt.Fprintln(cmd.OutOrStdout(), "nothing to sign")
		}
	}
	return nil
}
