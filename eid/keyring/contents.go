package keyring

import (
	"context"
	"errors"
	"fmt"

	"valik/eid"
	"valik/eid/pkcs12"
)

// MaxFiles is the most files of OpenContents: a person has one for each use, and each
// passphrase is asked for.
const MaxFiles = 8

// Content is a file that a person chose in a window, with its content.
type Content struct {
	Name  string // shown to the person who is asked for its passphrase
	Bytes []byte
}

// OpenContents opens keys from the contents of files: PKCS #12 files, whose passphrase
// is asked for by name, and test cards. A person with a file for each use gives both;
// of the files exactly one must have a key for a use, when that is asked for. Who may
// read the files is not judged: a PKCS #12 file is protected by its passphrase.
//
// Errors: ErrNoFiles, ErrTooManyFiles, and with the file's name ErrFile, before any
// passphrase is asked for, or those of package pkcs12. The Ring's: ErrUsage, ErrSeveral.
func OpenContents(ctx context.Context, files []Content, asks Asks) (*Ring, error) {
	if len(files) == 0 {
		return nil, ErrNoFiles
	}
	if len(files) > MaxFiles {
		return nil, fmt.Errorf("%w: %d of at most %d", ErrTooManyFiles, len(files), MaxFiles)
	}
	for _, f := range files {
		if err := f.check(); err != nil {
			return nil, err
		}
	}
	var all contents
	for _, f := range files {
		m, err := f.open(ctx, asks)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return &Ring{all}, nil
}

// check knows the kinds of files by their form.
func (f Content) check() error {
	if len(f.Bytes) > pkcs12.Limit {
		return fmt.Errorf("%w: %q has more than %d bytes", ErrFile, f.Name, pkcs12.Limit)
	}
	if _, err := parseKeys(f.Bytes); err != nil && !pkcs12.Recognise(f.Bytes) {
		return fmt.Errorf("%w: %q", ErrFile, f.Name)
	}
	return nil
}

func (f Content) open(ctx context.Context, asks Asks) (means, error) {
	if k, err := parseKeys(f.Bytes); err == nil {
		return k, nil
	}
	return openBag(ctx, f.Name, f.Bytes, asks)
}

// contents are the opened files.
type contents []means

func (c contents) signer(ctx context.Context, usage eid.Usage, pss bool) (eid.Signer, error) {
	var fits []eid.Signer
	for _, m := range c {
		s, err := m.signer(ctx, usage, pss)
		switch {
		case err == nil:
			fits = append(fits, s)
		case !errors.Is(err, ErrUsage) && !errors.Is(err, pkcs12.ErrUsage):
			return nil, err
		}
	}
	switch len(fits) {
	case 0:
		return nil, fmt.Errorf("%w: the files have none for %s", ErrUsage, usage)
	case 1:
		return fits[0], nil
	}
	return nil, fmt.Errorf("%w: %d for %s", ErrSeveral, len(fits), usage)
}

func (contents) close() error { return nil }
