package testpki

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
)

// PEM gives the certificates and private keys of the root, the P-256 and the
// P-384 authority, each certificate before its key.
func (a *Authority) PEM() ([]byte, error) { return encodeKeys(a.root, a.p256, a.p384) }

// ParseAuthority reads what PEM writes. It issues to Estonians.
func ParseAuthority(b []byte) (*Authority, error) {
	keys, err := parseKeys(b, 3)
	if err != nil {
		return nil, err
	}
	return &Authority{root: keys[0], p256: keys[1], p384: keys[2], country: estonia}, nil
}

// Save writes the authority to a file that only its owner can read.
func (a *Authority) Save(path string) error { return save(path, a.PEM) }

// LoadAuthority reads a file of Save.
func LoadAuthority(path string) (*Authority, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return ParseAuthority(b)
}

// PEM gives the certificates and private keys that sign and authenticate, each
// certificate before its key.
func (c *Card) PEM() ([]byte, error) { return encodeKeys(c.Signing, c.Authentication) }

// ParseCard reads what PEM writes.
func ParseCard(b []byte) (*Card, error) {
	keys, err := parseKeys(b, 2)
	if err != nil {
		return nil, err
	}
	return &Card{keys[0], keys[1]}, nil
}

// Save writes the card to a file that only its owner can read.
func (c *Card) Save(path string) error { return save(path, c.PEM) }

// LoadCard reads a file of Save.
func LoadCard(path string) (*Card, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return ParseCard(b)
}

// PEM gives the certificate and the private key.
func (k *Key) PEM() ([]byte, error) { return encodeKeys(k) }

// ParseKey reads what PEM writes.
func ParseKey(b []byte) (*Key, error) {
	keys, err := parseKeys(b, 1)
	if err != nil {
		return nil, err
	}
	return keys[0], nil
}

// Save writes the key to a file that only its owner can read.
func (k *Key) Save(path string) error { return save(path, k.PEM) }

// LoadKey reads a file of Save.
func LoadKey(path string) (*Key, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return ParseKey(b)
}

// EncodeCertificates gives certificates in PEM, for a manifest or for openssl.
func EncodeCertificates(certs ...*x509.Certificate) []byte {
	var b bytes.Buffer
	for _, cert := range certs {
		b.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))
	}
	return b.Bytes()
}

func encodeKeys(keys ...*Key) ([]byte, error) {
	var b bytes.Buffer
	for _, k := range keys {
		der, err := x509.MarshalPKCS8PrivateKey(k.private)
		if err != nil {
			return nil, err
		}
		b.Write(EncodeCertificates(k.cert))
		b.Write(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	}
	return b.Bytes(), nil
}

// parseKeys reads exactly n certificates, each with its key.
func parseKeys(b []byte, n int) ([]*Key, error) {
	keys := make([]*Key, n)
	for i := range keys {
		var err error
		if keys[i], b, err = parseKey(b); err != nil {
			return nil, fmt.Errorf("testpki: key %d of %d: %w", i+1, n, err)
		}
	}
	if len(bytes.TrimSpace(b)) != 0 {
		return nil, fmt.Errorf("testpki: more follows the %d keys", n)
	}
	return keys, nil
}

func parseKey(b []byte) (*Key, []byte, error) {
	certBlock, b := pem.Decode(b)
	if certBlock == nil || certBlock.Type != "CERTIFICATE" {
		return nil, nil, errors.New("there is no certificate")
	}
	cert, err := x509.ParseCertificate(certBlock.Bytes)
	if err != nil {
		return nil, nil, err
	}
	keyBlock, b := pem.Decode(b)
	if keyBlock == nil || keyBlock.Type != "PRIVATE KEY" {
		return nil, nil, errors.New("there is no private key")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(keyBlock.Bytes)
	if err != nil {
		return nil, nil, err
	}
	private, ok := parsed.(crypto.Signer)
	public, comparable := cert.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !comparable || !public.Equal(private.Public()) {
		return nil, nil, errors.New("the certificate is not of the key")
	}
	return NewKey(cert, private), b, nil
}

// save makes the file private before anything is in it, even where it was there.
func save(path string, encode func() ([]byte, error)) error {
	b, err := encode()
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if err := f.Chmod(0o600); err != nil {
		return errors.Join(err, f.Close())
	}
	if _, err := f.Write(b); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}
