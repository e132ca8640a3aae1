package pkcs12

import (
	"errors"
	"fmt"

	library "software.sslmate.com/src/go-pkcs12"
)

// The codes of everything that is refused, for programs and docs/cards.md.
const (
	CodeForm                = "pkcs12_form"
	CodeCost                = "pkcs12_cost"
	CodePassphrase          = "pkcs12_passphrase"
	CodeCancelled           = "pkcs12_cancelled"
	CodeNoKey               = "pkcs12_no_key"
	CodeSeveralKeys         = "pkcs12_several_keys"
	CodeNoCertificate       = "pkcs12_no_certificate"
	CodeOtherKey            = "pkcs12_other_key"
	CodeUsage               = "pkcs12_usage"
	CodeSeveralCertificates = "pkcs12_several_certificates"
)

// Codes lists all codes of this package.
func Codes() []string {
	return []string{
		CodeForm, CodeCost, CodePassphrase, CodeCancelled, CodeNoKey, CodeSeveralKeys, CodeNoCertificate,
		CodeOtherKey, CodeUsage, CodeSeveralCertificates,
	}
}

// Error is a refusal: a stable code, and what happened and what to do.
type Error struct{ code, text string }

// Error gives code and text.
func (e *Error) Error() string { return e.code + ": " + e.text }

// Code is one of the Code constants.
func (e *Error) Code() string { return e.code }

// What is refused, for errors.Is.
var (
	ErrForm                = &Error{CodeForm, "it is not a PKCS #12 file of a kind that is read; write it again with openssl pkcs12 -export"}
	ErrCost                = &Error{CodeCost, "the file would cost minutes to open, which no honest file does; get it again from whoever issued it"}
	ErrPassphrase          = &Error{CodePassphrase, "the passphrase is wrong"}
	ErrCancelled           = &Error{CodeCancelled, "no passphrase was given"}
	ErrNoKey               = &Error{CodeNoKey, "the file has no private key, only certificates; export it together with the key"}
	ErrSeveralKeys         = &Error{CodeSeveralKeys, "the file has several private keys; export each to a file of its own"}
	ErrNoCertificate       = &Error{CodeNoCertificate, "the file has no certificate; export the key together with its certificate"}
	ErrOtherKey            = &Error{CodeOtherKey, "no certificate in the file is of its key; export the two that belong together"}
	ErrUsage               = &Error{CodeUsage, "the file's certificate is not"}
	ErrSeveralCertificates = &Error{CodeSeveralCertificates, "the file has several certificates of its key"}
)

// texts are the library's errors that have no value of their own; a test makes each.
var texts = map[string]*Error{
	"pkcs12: private key missing":          ErrNoKey,
	"pkcs12: expected exactly one key bag": ErrSeveralKeys,
	"pkcs12: certificate missing":          ErrNoCertificate,
}

// explain makes the library's errors ours.
func explain(err error) error {
	if errors.Is(err, library.ErrIncorrectPassword) || errors.Is(err, library.ErrDecryption) {
		return ErrPassphrase
	}
	if known, ok := texts[err.Error()]; ok {
		return known
	}
	return fmt.Errorf("%w: %w", ErrForm, err)
}
