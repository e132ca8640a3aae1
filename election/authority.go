package election

import (
	"crypto/x509"
	"errors"
	"fmt"
	"slices"

	"valik/eid"
)

// What is wrong with the signatures of the electoral authority.
var (
	ErrNotOfficial = errors.New("election: signed by somebody who is no official of the manifest")
	ErrSameTwice   = errors.New("election: the same official has signed twice")
)

// VerifyOfficials checks that officials have signed a document: as many as the
// manifest demands, each another one, with just the certificate that stands in the
// manifest. name is the document's file, read gives the content of the files of
// [SignatureFile]. It returns these contents in order. Errors name the file; they
// wrap [ErrNotOfficial], [ErrSameTwice], those of read and of eid.VerifyCMS.
//
// It implements Manifest.VerifyOfficials of docs/protocol/manifest.md.
func (m *Manifest) VerifyOfficials(name string, document []byte, read func(file string) ([]byte, error)) ([][]byte, error) {
	var signatures [][]byte
	var seen []*x509.Certificate
	for _, file := range m.SignatureFiles(name) {
		signature, err := read(file)
		if err != nil {
			return nil, err
		}
		signer, err := m.VerifyOfficial(document, signature)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if slices.ContainsFunc(seen, signer.Equal) {
			return nil, fmt.Errorf("%s: %w: %s", file, ErrSameTwice, signer.Subject)
		}
		seen = append(seen, signer)
		signatures = append(signatures, signature)
	}
	return signatures, nil
}

// VerifyOfficial checks one official's signature of a document and returns the
// official's certificate. Errors: [ErrNotOfficial] and those of eid.VerifyCMS.
func (m *Manifest) VerifyOfficial(document, signature []byte) (*x509.Certificate, error) {
	signer, err := eid.VerifyCMS(document, signature)
	if err != nil {
		return nil, err
	}
	// Byte for byte: who else has a certificate of the same issuer signs nothing here.
	if !slices.ContainsFunc(m.Officials(), signer.Equal) {
		return nil, fmt.Errorf("%w: %s", ErrNotOfficial, signer.Subject)
	}
	return signer, nil
}
