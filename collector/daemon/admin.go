package daemon

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"valik/collector/store"
)

// Admin is the section [admin]: the listener for operators. Without it there is none.
type Admin struct {
	// Listen is its address, such as "127.0.0.1:8402". No voter has to reach it.
	Listen string `toml:"listen"`
	// Clients is a PEM file with the certificates of those who may use it. Any certificate
	// will do, also one that its owner made: just these are accepted, whoever issued them and
	// however old they are. Send SIGHUP after a change.
	Clients string `toml:"clients"`
	// Certificate and Key are PEM files of the server's certificate; without them it is that
	// of tls_certificate.
	Certificate string `toml:"certificate"`
	Key         string `toml:"key"`
}

func (a Admin) check(s *Settings) error {
	switch {
	case a == Admin{}:
		return nil
	case a.Listen == "":
		return errors.New("configuration: admin.listen is missing")
	case a.Clients == "":
		return errors.New("configuration: admin.clients is missing: without it nobody may use the admin listener")
	case (a.Certificate == "") != (a.Key == ""):
		return errors.New("configuration: admin.certificate and admin.key go together")
	case a.Certificate == "" && s.TLSCertificate == "":
		return errors.New("configuration: admin needs admin.certificate and admin.key, or tls_certificate and tls_key")
	}
	return nil
}

// Journal prints the journal, a line of number, hash and entry for each of its lines, and
// says at the end whether its chain is whole. Error: store.ErrJournal, after all lines, if
// it is not, and those of the database.
func Journal(ctx context.Context, s *Settings, w io.Writer) error {
	db, err := store.Open(ctx, s.database(), store.Options{})
	if err != nil {
		return err
	}
	return errors.Join(printJournal(ctx, db, w), db.Close())
}

func printJournal(ctx context.Context, db *store.Store, w io.Writer) error {
	var last *store.JournalLine
	var wrong error
	for line, err := range db.Journal(ctx) {
		if line != nil {
			last = line
			if _, err := fmt.Fprintf(w, "%d %s %s\n", line.Number, hex.EncodeToString(line.Hash[:]), line.Entry); err != nil {
				return err
			}
		}
		if err != nil {
			wrong = errors.Join(wrong, err)
		}
	}
	if wrong != nil {
		return wrong
	}
	if last == nil {
		_, err := fmt.Fprintln(w, "whole: no lines")
		return err
	}
	_, err := fmt.Fprintf(w, "whole: %d lines, the last hash is %s\n", last.Number, hex.EncodeToString(last.Hash[:]))
	return err
}
