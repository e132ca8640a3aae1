package secret

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// ErrExposed says that others than its owner may read a secret's file.
var ErrExposed = errors.New("others may read this private key; give it mode 0600")

// ErrTooLong says that a file is longer than anything of its kind.
var ErrTooLong = errors.New("the file is too long")

// textLimit is more than any PIN or passphrase has, in bytes.
const textLimit = 4096

func checkMode(path string, info os.FileInfo) error {
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s: %w", path, ErrExposed)
	}
	return nil
}

// ReadFile reads a file of at most limit bytes that only its owner may read. The
// mode is that of the opened file, so that it cannot be another by then.
func ReadFile(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if err := checkMode(path, info); err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("%s: %w", path, ErrTooLong)
	}
	return b, err
}

// ReadText reads a PIN or a passphrase out of a file that only its owner may read,
// without the line's end.
func ReadText(path string) (Text, error) {
	b, err := ReadFile(path, textLimit)
	if err != nil {
		return Text{}, err
	}
	return New(bytes.TrimRight(b, "\r\n")), nil
}
