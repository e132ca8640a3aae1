package daemon

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"

	"valik/board"
)

// ErrMode is returned for a file with a secret that others than its owner can read.
var ErrMode = errors.New("the file can be read by others: chmod 600")

// secret refuses a file that others can read.
func secret(file string) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s: %w", file, ErrMode)
	}
	return nil
}

func readSecret(file string) ([]byte, error) {
	if err := secret(file); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
}

func readBoardKey(file string) (*board.Key, error) {
	raw, err := readSecret(file)
	if err != nil {
		return nil, err
	}
	key, err := board.ParseKey(strings.TrimSuffix(string(raw), "\n"))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return key, nil
}

func readReceiptKey(file string) (ed25519.PrivateKey, error) {
	raw, err := readSecret(file)
	if err != nil {
		return nil, err
	}
	block, rest := pem.Decode(raw)
	if block == nil || block.Type != "PRIVATE KEY" || len(strings.TrimSpace(string(rest))) > 0 {
		return nil, fmt.Errorf("%s: not one PEM block of a PRIVATE KEY", file)
	}
	// Errors of the parser may tell about the key's bytes: they are not passed on.
	key, _ := x509.ParsePKCS8PrivateKey(block.Bytes)
	signer, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%s: not an Ed25519 key in PKCS #8", file)
	}
	return signer, nil
}
