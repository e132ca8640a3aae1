package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"valik/eid/testpki"
	"valik/internal/keyfile"
	"valik/tally"
)

// authorityFlags say which officials sign for the electoral authority.
type authorityFlags struct{ specs []string }

func (f *authorityFlags) declare(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.specs, "authority", nil, "key file of an official who signs; again for a second official")
	if err := c.MarkFlagRequired("authority"); err != nil {
		panic(err)
	}
}

func (f *authorityFlags) open() (*tally.Authority, error) {
	a := new(tally.Authority)
	for _, path := range f.specs {
		if err := keyfile.Check(path); err != nil {
			return nil, err
		}
		key, err := testpki.LoadKey(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		a.Signers = append(a.Signers, key)
	}
	return a, nil
}

// signCommand adds an official's signature where one is missing.
func signCommand() *cobra.Command {
	authority := new(authorityFlags)
	c := &cobra.Command{
		Use:   "sign DIR",
		Short: "Add an official's signature to every document that lacks one",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			officials, err := authority.open()
			if err != nil {
				return err
			}
			for _, signer := range officials.Signers {
				signed, err := open(args[0], cmd.ErrOrStderr()).Sign(signer)
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
		},
	}
	authority.declare(c)
	return c
}
