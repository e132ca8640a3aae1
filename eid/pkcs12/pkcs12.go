// Package pkcs12 reads a key and its certificate out of a PKCS #12 file (RFC 7292),
// as banks, officials' token programs and openssl write them.
package pkcs12

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"log/slog"

	library "software.sslmate.com/src/go-pkcs12"

	"valik/eid"
	"valik/eid/secret"
)

// Limit is the greatest size of a file in bytes.
const Limit = 1 << 20

// Ask asks a person for the passphrase; an empty one cancels. It is wiped after use,
// though the library keeps copies of its own.
type Ask func(ctx context.Context) (secret.Text, error)

// Recognise says whether bytes are in the outer form of a PKCS #12 file: a SEQUENCE that
// begins with version 3 (RFC 7292, 4).
func Recognise(der []byte) bool {
	var outer asn1.RawValue
	var version int
	if _, err := asn1.Unmarshal(der, &outer); err != nil || outer.Tag != asn1.TagSequence {
		return false
	}
	_, err := asn1.Unmarshal(outer.Bytes, &version)
	return err == nil && version == 3
}

// File is an opened file: one private key with the certificates of it.
type File struct {
	private crypto.Signer
	certs   []*x509.Certificate
}

// Open reads a file. Its derivations of keys cost seconds at most: a file that asks
// for more of them than MaxIterations is refused before the passphrase is asked for.
// Counts that lie inside of an encrypted part are seen only by the library when it is
// too late; such a file needs an attacker who knows the passphrase that will be
// typed, and then ctx ends the wait, while the derivation goes on in the background
// until the program ends.
//
// Errors: ErrForm, ErrCost, ErrPassphrase, ErrCancelled, ErrNoKey, ErrSeveralKeys,
// ErrNoCertificate, ErrOtherKey, the context's, or what ask returned.
func Open(ctx context.Context, der []byte, ask Ask) (*File, error) {
	if err := checkCost(der); err != nil {
		return nil, err
	}
	passphrase, err := ask(ctx)
	defer passphrase.Wipe()
	if err != nil {
		return nil, err
	}
	if passphrase.Empty() {
		return nil, ErrCancelled
	}
	key, certs, err := decode(ctx, der, string(passphrase.Reveal()))
	if err != nil {
		return nil, err
	}
	return newFile(key, certs)
}

// decoded is what the library makes of a file.
type decoded struct {
	key  any
	leaf *x509.Certificate
	more []*x509.Certificate
	err  error
}

// decode waits for the library no longer than ctx allows.
func decode(ctx context.Context, der []byte, passphrase string) (key any, certs []*x509.Certificate, err error) {
	done := make(chan decoded, 1) // has room for what nobody waits for any more
	go func() {
		var d decoded
		d.key, d.leaf, d.more, d.err = library.DecodeChain(der, passphrase)
		done <- d
	}()
	select {
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	case d := <-done:
		if d.err != nil {
			return nil, nil, explain(d.err)
		}
		return d.key, append([]*x509.Certificate{d.leaf}, d.more...), nil
	}
}

// newFile keeps the certificates of the key; others in the file are its issuers'.
func newFile(key any, all []*x509.Certificate) (*File, error) {
	private, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("%w: the key does not sign", ErrForm)
	}
	f := &File{private: private}
	for _, cert := range all {
		public, ok := cert.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
		if ok && public.Equal(private.Public()) {
			f.certs = append(f.certs, cert)
		}
	}
	if len(f.certs) == 0 {
		return nil, ErrOtherKey
	}
	return f, nil
}

// Signer gives the file's key for a usage. RSA signs by RS256, or by PS256 if pss is
// true. Errors: ErrUsage, ErrSeveralCertificates, or package eid's of a key that it
// does not accept, "certificate_key_type".
func (f *File) Signer(usage eid.Usage, pss bool) (*eid.KeySigner, error) {
	var fits []*x509.Certificate
	for _, cert := range f.certs {
		if usage.Fits(cert) {
			fits = append(fits, cert)
		}
	}
	switch {
	case len(fits) == 0:
		return nil, fmt.Errorf("%w for %s", ErrUsage, usage)
	case len(fits) > 1:
		return nil, fmt.Errorf("%w for %s", ErrSeveralCertificates, usage)
	}
	allowed, err := eid.AlgorithmsOf(fits[0].PublicKey)
	if err != nil {
		return nil, err
	}
	a := allowed[0]
	if pss && a == eid.RS256 {
		a = eid.PS256
	}
	return eid.NewKeySigner(fits[0], f.private, a)
}

const redacted = "[redacted]"

// String hides the key.
func (f *File) String() string { return redacted }

// GoString hides the key.
func (f *File) GoString() string { return redacted }

// LogValue hides the key.
func (f *File) LogValue() slog.Value { return slog.StringValue(redacted) }
