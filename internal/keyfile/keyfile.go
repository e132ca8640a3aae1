// Package keyfile reads and writes the private keys of programs: a board's key
// in the text form of signed notes, and Ed25519 keys (a collector's receipt key,
// a mixer's key) as PKCS #8 in PEM. A file that others may read is refused.
package keyfile

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"

	"valik/board"
	"valik/eid/secret"
)

const pemType = "PRIVATE KEY"

// NewBoard makes the key of a board with an origin and writes it to a new file.
func NewBoard(path, origin string) (*board.Key, error) {
	k, err := board.NewKey(origin)
	if err != nil {
		return nil, err
	}
	return k, create(path, []byte(k.Secret()+"\n"))
}

// Board reads a board's key.
func Board(path string) (*board.Key, error) {
	b, err := read(path)
	if err != nil {
		return nil, err
	}
	k, err := board.ParseKey(strings.TrimSuffix(string(b), "\n"))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return k, nil
}

// NewEd25519 makes an Ed25519 key and writes it to a new file.
func NewEd25519(path string) (ed25519.PrivateKey, error) {
	_, k, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		return nil, err
	}
	return k, create(path, pem.EncodeToMemory(&pem.Block{Type: pemType, Bytes: der}))
}

// Ed25519 reads an Ed25519 key.
func Ed25519(path string) (ed25519.PrivateKey, error) {
	b, err := read(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(b)
	if block == nil || block.Type != pemType {
		return nil, fmt.Errorf("%s: not a private key in PEM", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: not a private key in PKCS #8", path)
	}
	k, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%s: not an Ed25519 key", path)
	}
	return k, nil
}

// limit is more than any key's file has, in bytes.
const limit = 64 << 10

func read(path string) ([]byte, error) { return secret.ReadFile(path, limit) }

// create writes a new file; a key is never overwritten.
func create(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}
