package eid

import (
	"crypto/x509"
	"encoding/asn1"
	"strings"
	"unicode"
)

// Identity is the person whom a certificate names.
type Identity struct {
	// Code is the personal code, in a form of the profile.
	Code string
	// Name is "Given Surname" for people to read; it decides nothing.
	Name string
	// Certificate is the one that was verified.
	Certificate *x509.Certificate
}

var (
	oidCommonName   = asn1.ObjectIdentifier{2, 5, 4, 3}
	oidSurname      = asn1.ObjectIdentifier{2, 5, 4, 4}
	oidSerialNumber = asn1.ObjectIdentifier{2, 5, 4, 5}
	oidGivenName    = asn1.ObjectIdentifier{2, 5, 4, 42}
)

// IdentityOf reads the person out of a certificate's subject. It verifies
// nothing: only Container.Verify and Login.Verify say that somebody is this
// person. The subject has exactly one serialNumber, the profile's prefix and a
// personal code: with two, one program would read the first and another the last.
// The errors' codes are "personal_code" and "person_name".
//
// It implements Eid.Identity of docs/protocol/eid.md.
func (r *Rules) IdentityOf(cert *x509.Certificate) (*Identity, error) {
	numbers := subjectValues(cert, oidSerialNumber)
	if len(numbers) != 1 {
		return nil, refuse(CodePersonalCode, "the subject has %d serial numbers, not one", len(numbers))
	}
	rest, ok := strings.CutPrefix(numbers[0], r.prefix)
	if !ok {
		return nil, refuse(CodePersonalCode, "the serial number does not begin with %s", r.prefix)
	}
	code, err := r.ParseCode(rest)
	if err != nil {
		return nil, err
	}
	name, err := nameOf(cert)
	if err != nil {
		return nil, err
	}
	return &Identity{Code: code, Name: name, Certificate: cert}, nil
}

// nameOf joins given name and surname, or takes the common name where the
// certificate lacks either.
func nameOf(cert *x509.Certificate) (string, error) {
	parts := append(subjectValues(cert, oidGivenName), subjectValues(cert, oidSurname)...)
	if len(parts) != 2 {
		parts = subjectValues(cert, oidCommonName)
	}
	name := strings.Join(parts, " ")
	if name == "" {
		return "", refuse(CodePersonName, "the subject has no name")
	}
	// A name is shown and printed: control characters would let it draw on screens.
	if strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return "", refuse(CodePersonName, "it has characters that cannot be printed")
	}
	return name, nil
}

// subjectValues lists all values of one attribute of the subject, in order.
// (Certificate.Subject.SerialNumber would silently keep the last one.)
func subjectValues(cert *x509.Certificate, oid asn1.ObjectIdentifier) []string {
	var values []string
	for _, attribute := range cert.Subject.Names {
		if !attribute.Type.Equal(oid) {
			continue
		}
		value, _ := attribute.Value.(string) // anything that is no string is refused as an empty one
		values = append(values, value)
	}
	return values
}
