package office

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"valik/board"
	"valik/eid/testpki"
	"valik/tally"
)

// The trustees, of whom so many decrypt.
const (
	trustees  = 3
	threshold = 2
)

// workFactor is of the trustees' files: a random passphrase needs no slow hash.
const workFactor = 2

func (o *Office) makeKeys(p *Plan) (err error) {
	now := time.Now()
	if o.issuer, err = testpki.NewAuthority(p.Name, now.AddDate(0, 0, -1), now.AddDate(1, 0, 0)); err != nil {
		return err
	}
	if o.official, err = o.issuer.Official("Electoral office"); err != nil {
		return err
	}
	if o.BoardKey, err = board.NewKey(origin(p)); err != nil {
		return err
	}
	if _, o.ReceiptKey, err = ed25519.GenerateKey(nil); err != nil {
		return err
	}
	return o.makeTrustees()
}

func origin(p *Plan) string { return "board.example/" + strings.ToLower(p.ID) }

func (o *Office) makeTrustees() error {
	for j := range trustees {
		path := filepath.Join(o.Dir, fmt.Sprintf("trustee-%d.age", j+1))
		t, err := tally.NewTrustee(fmt.Sprint("Trustee ", j+1), path, tally.NewVault(rand.Text(), workFactor))
		if err != nil {
			return err
		}
		o.trustees = append(o.trustees, t)
	}
	return nil
}

// The files of WriteKeys.
const (
	BoardKeyFile   = "board.key"
	ReceiptKeyFile = "receipt.key"
)

// WriteKeys writes the collector's keys into the folder, as the program collectord reads
// them, for nobody but the owner of the files.
func (o *Office) WriteKeys() error {
	pkcs8, err := x509.MarshalPKCS8PrivateKey(o.ReceiptKey)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(o.Dir, BoardKeyFile), []byte(o.BoardKey.Secret()+"\n"), 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(o.Dir, ReceiptKeyFile), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}), 0o600)
}
