package tally

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"filippo.io/age"
)

// Vault encrypts the files of trustees under a passphrase, in the age format.
type Vault struct {
	passphrase string
	workFactor int
}

// DefaultWorkFactor makes one try of a passphrase cost about a second.
const DefaultWorkFactor = 18

// maxWorkFactor bounds what a file may make us compute.
const maxWorkFactor = 22

// ErrPassphrase says that a file does not open.
var ErrPassphrase = errors.New("tally: the passphrase is wrong, or the file is damaged")

// NewVault returns a vault. workFactor is the logarithm to base 2 of scrypt's
// cost: DefaultWorkFactor, or less for keys that protect nothing, such as a
// demonstration's.
func NewVault(passphrase string, workFactor int) *Vault {
	return &Vault{passphrase, workFactor}
}

// String hides the passphrase.
func (v *Vault) String() string { return redacted }

// GoString hides the passphrase.
func (v *Vault) GoString() string { return redacted }

// save replaces a file by an encryption of data.
func (v *Vault) save(path string, data []byte) error {
	recipient, err := age.NewScryptRecipient(v.passphrase)
	if err != nil {
		return err
	}
	recipient.SetWorkFactor(v.workFactor)
	var out bytes.Buffer
	w, err := age.Encrypt(&out, recipient)
	if err != nil {
		return err
	}
	if _, err := w.Write(data); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return write(filepath.Dir(path), filepath.Base(path), out.Bytes(), private)
}

// load decrypts a file. Errors wrap [ErrPassphrase] or are the file system's.
func (v *Vault) load(path string) ([]byte, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	identity, err := age.NewScryptIdentity(v.passphrase)
	if err != nil {
		return nil, err
	}
	identity.SetMaxWorkFactor(maxWorkFactor)
	r, err := age.Decrypt(bytes.NewReader(raw), identity)
	if err != nil {
		return nil, fmt.Errorf("%w: %s", ErrPassphrase, path)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %s", ErrPassphrase, path)
	}
	return data, nil
}
