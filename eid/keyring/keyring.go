// Package keyring opens a person's means to sign and to authenticate, whatever they
// are, from one line that the person gives to a program:
//
//	voter.pem                  a test card or an official's test key in a file (eid/testpki)
//	file:voter.pem             the same
//	pkcs12:official.p12        a PKCS #12 file, its passphrase asked for
//	pkcs11:token=…?module-path=…   a card or a token by a URI of RFC 7512
//	mobile-id:phone.toml       a phone's SIM card, by the settings of a file
//	smart-id:phone.toml        a phone's app, the same
//
// Files with keys must be their owner's alone.
//
// A program with a window finds cards and files by itself (Find), and opens files that a
// person chose in it by their contents (OpenContents).
package keyring

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"valik/eid"
	"valik/eid/pkcs12"
	"valik/eid/secret"
	"valik/eid/testpki"
	"valik/eid/token"
)

// What begins a line; a bare path is a file:.
const (
	fileScheme     = "file:"
	pkcs12Scheme   = "pkcs12:"
	mobileIDScheme = "mobile-id:"
	smartIDScheme  = "smart-id:"
)

// means is one kind of key holder.
type means interface {
	// signer gives the key for a use; an RSA key that signs by PS256 if pss.
	signer(ctx context.Context, usage eid.Usage, pss bool) (eid.Signer, error)
	close() error
}

// authenticating are means whose certificate is known only with an answer.
type authenticating interface {
	authenticator() (eid.Authenticator, error)
}

// Ring is a person's opened means, for one goroutine; the signers that it gives may be
// used by many.
type Ring struct{ means means }

// Open opens means from a line. A card's module is loaded, and a passphrase asked
// for; a PIN is asked for only with the first signature. Errors name the file or the
// module, and wrap those of packages token, pkcs12 and secret.
func Open(ctx context.Context, spec string, asks Asks) (*Ring, error) {
	open := openFile
	switch {
	case strings.HasPrefix(spec, uriScheme):
		open = openToken
	case strings.HasPrefix(spec, pkcs12Scheme):
		open = openPKCS12
	case strings.HasPrefix(spec, mobileIDScheme):
		open = openMobileID
	case strings.HasPrefix(spec, smartIDScheme):
		open = openSmartID
	}
	m, err := open(ctx, spec, asks)
	if err != nil {
		return nil, err
	}
	return &Ring{m}, nil
}

// Signer gives the key for a usage. It is good until Close.
func (r *Ring) Signer(ctx context.Context, usage eid.Usage) (eid.Signer, error) {
	return r.means.signer(ctx, usage, false)
}

// TLSSigner gives the authentication key as TLS 1.3 wants it: an RSA key signs by PS256.
// It is good until Close. Phones cannot do that: [ErrUsage].
func (r *Ring) TLSSigner(ctx context.Context) (eid.Signer, error) {
	return r.means.signer(ctx, eid.Authentication, true)
}

// Authenticator gives the means to answer challenges. It is good until Close.
func (r *Ring) Authenticator(ctx context.Context) (eid.Authenticator, error) {
	if phone, ok := r.means.(authenticating); ok {
		return phone.authenticator()
	}
	s, err := r.Signer(ctx, eid.Authentication)
	if err != nil {
		return nil, err
	}
	return eid.AuthenticateWith(s), nil
}

// Close logs out of a card and lets its module go.
func (r *Ring) Close() error { return r.means.close() }

// keys are the test keys of a file.
type keys []*testpki.Key

func openFile(_ context.Context, spec string, _ Asks) (means, error) {
	path := strings.TrimPrefix(spec, fileScheme)
	b, err := secret.ReadFile(path, pkcs12.Limit)
	if err != nil {
		return nil, err
	}
	k, err := parseKeys(b)
	if err != nil {
		return nil, fmt.Errorf("%s is neither a test card nor a key with its certificate: %w", path, err)
	}
	return k, nil
}

func parseKeys(b []byte) (keys, error) {
	if card, err := testpki.ParseCard(b); err == nil {
		return keys{card.Signing, card.Authentication}, nil
	}
	key, err := testpki.ParseKey(b)
	if err != nil {
		return nil, err
	}
	return keys{key}, nil
}

func (k keys) signer(_ context.Context, usage eid.Usage, pss bool) (eid.Signer, error) {
	for _, key := range k {
		switch {
		case !usage.Fits(key.Certificate()):
		case pss && key.Algorithm() == eid.RS256:
			return key.PSS(), nil
		default:
			return key, nil
		}
	}
	return nil, fmt.Errorf("%w: the file has none for %s", ErrUsage, usage)
}

func (keys) close() error { return nil }

// bag is an opened PKCS #12 file.
type bag struct{ file *pkcs12.File }

func openPKCS12(ctx context.Context, spec string, asks Asks) (means, error) {
	path := strings.TrimPrefix(spec, pkcs12Scheme)
	b, err := secret.ReadFile(path, pkcs12.Limit)
	if err != nil {
		return nil, err
	}
	return openBag(ctx, path, b, asks)
}

// openBag asks for the passphrase by the file's name.
func openBag(ctx context.Context, name string, der []byte, asks Asks) (means, error) {
	f, err := pkcs12.Open(ctx, der, func(ctx context.Context) (secret.Text, error) {
		if asks.Passphrase == nil {
			return secret.Text{}, nil
		}
		return asks.Passphrase(ctx, name)
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return bag{f}, nil
}

func (b bag) signer(_ context.Context, usage eid.Usage, pss bool) (eid.Signer, error) {
	return b.file.Signer(usage, pss)
}

func (bag) close() error { return nil }

// card is a token's module and the keys that were taken of it.
type card struct {
	module *token.Module
	choice token.Choice
	keys   map[use]*token.Key
}

// use is what a key of a card was taken for.
type use struct {
	usage eid.Usage
	pss   bool
}

func openToken(_ context.Context, spec string, asks Asks) (means, error) {
	u, err := ParseURI(spec)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrURI, err)
	}
	m, err := token.Open(u.Module)
	if err != nil {
		return nil, err
	}
	c := &card{m, u.choice(), map[use]*token.Key{}}
	c.choice.PIN = asks.PIN
	if u.PINSource != "" {
		c.choice.PIN = pinFrom(u.PINSource)
	}
	return c, nil
}

func (c *card) signer(ctx context.Context, usage eid.Usage, pss bool) (eid.Signer, error) {
	if k, there := c.keys[use{usage, pss}]; there {
		return k, nil
	}
	choice := c.choice
	choice.Usage, choice.PSS = usage, pss
	k, err := c.module.Key(ctx, choice)
	if err != nil {
		return nil, err
	}
	c.keys[use{usage, pss}] = k
	return k, nil
}

func (c *card) close() error {
	var failures []error
	for _, k := range c.keys {
		failures = append(failures, k.Close())
	}
	return errors.Join(append(failures, c.module.Close())...)
}

func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r == unicode.ReplacementChar || !unicode.IsPrint(r) })
}

func sortedNames(m map[string]func(string) error) []string { return slices.Sorted(maps.Keys(m)) }
