package eid

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/crypto/ocsp"
)

// Greatest sizes of the evidence about a certificate's status, in bytes.
const (
	StatusLimit = 64 << 10 // an OCSP response
	CRLLimit    = 32 << 20 // a revocation list
)

// statusDomain keeps the nonce apart from every other hash of a signature.
const statusDomain = "valik/1 status\n"

// maxNonce is the greatest length of a nonce that RFC 9654 allows.
const maxNonce = 128

var oidNonce = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 2} // id-pkix-ocsp-nonce

// StatusRules say which statements about a certificate's status are evidence that
// it was good when a vote was cast. The statement is judged by them when it is
// obtained, and by anybody later: no clock is read and nobody is asked.
type StatusRules struct {
	// Responders answer for all issuers, beside each issuer itself and those to
	// whom it delegates.
	Responders []*x509.Certificate

	// Freshness is how old an OCSP answer may be at the cast.
	Freshness time.Duration
	// Settle is how long after the cast an OCSP answer may still be taken.
	Settle time.Duration
	// Skew is how far the clock of a responder may differ.
	Skew time.Duration

	// Nonce: an OCSP answer without the nonce is refused. An answer with another
	// nonce always is.
	Nonce bool
	// CRL: a revocation list is accepted in place of an OCSP answer.
	CRL bool
}

// StatusNonce is the nonce of the question for the status of the certificate that
// made a signature: 32 bytes that follow from the signature's value. So an answer
// is bound to the one signature it was obtained for, and an answer of another is
// found out years later, by those who only read.
func StatusNonce(signature []byte) []byte {
	h := sha256.New()
	h.Write([]byte(statusDomain))
	h.Write(signature)
	return h.Sum(nil)
}

// NewStatusRequest makes the OCSP request for a certificate in DER (RFC 6960, 4.1),
// with a nonce of 1 to 128 bytes (RFC 9654). The certificate is named with SHA-1,
// the one hash that all responders know (RFC 5019, 2.1.1). No collision of it
// helps anybody: both inputs, the issuer's name and key, are given, so that a
// second preimage is needed.
//
// It implements Status.Request of docs/protocol/eid.md.
func NewStatusRequest(cert, issuer *x509.Certificate, nonce []byte) ([]byte, error) {
	if len(nonce) == 0 || len(nonce) > maxNonce {
		return nil, refuse(CodeStatusForm, "a nonce of %d bytes, not 1 to %d", len(nonce), maxNonce)
	}
	plain, err := ocsp.CreateRequest(cert, issuer, nil)
	if err != nil {
		return nil, refuse(CodeStatusForm, "%w", err)
	}
	return addNonce(plain, nonce)
}

// addNonce adds the requestExtensions that the library does not write.
func addNonce(request, nonce []byte) ([]byte, error) {
	var outer, fields cryptobyte.String
	whole := cryptobyte.String(request)
	if !whole.ReadASN1(&outer, casn1.SEQUENCE) || !outer.ReadASN1(&fields, casn1.SEQUENCE) {
		return nil, refuse(CodeStatusForm, "the library's request is none")
	}
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddBytes(fields)
			b.AddASN1(explicit(2), func(b *cryptobyte.Builder) {
				b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { addNonceExtension(b, nonce) })
			})
		})
	})
	return b.Bytes()
}

func addNonceExtension(b *cryptobyte.Builder, nonce []byte) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidNonce)
		b.AddASN1(casn1.OCTET_STRING, func(b *cryptobyte.Builder) { b.AddASN1OctetString(nonce) })
	})
}

// explicit is the tag of a field [n] EXPLICIT.
func explicit(n uint8) casn1.Tag { return casn1.Tag(n).ContextSpecific().Constructed() }

// VerifyOCSP judges an OCSP response (RFC 6960) to the question about cert, which
// issuer signed (Issuers.IssuerOf), with the nonce: that cert was good at the
// time `at` of the cast. A revocation after the cast does not undo the vote. The
// errors' codes begin with "status_".
//
// It implements Status.VerifyOCSP of docs/protocol/eid.md.
func (r *StatusRules) VerifyOCSP(response []byte, cert, issuer *x509.Certificate, nonce []byte, at time.Time) error {
	a, err := parseAnswer(response)
	if err != nil {
		return err
	}
	if err := a.checkCertificate(cert, issuer); err != nil {
		return err
	}
	if err := r.checkSigner(a, issuer); err != nil {
		return err
	}
	if err := r.checkNonce(a, nonce); err != nil {
		return err
	}
	if err := r.checkTimes(a, at); err != nil {
		return err
	}
	return a.verdict(at)
}

func (r *StatusRules) checkNonce(a *answer, nonce []byte) error {
	if a.nonce == nil {
		if r.Nonce {
			return refuse(CodeStatusReplayed, "the answer has no nonce")
		}
		return nil
	}
	if !bytes.Equal(a.nonce, nonce) {
		return refuse(CodeStatusReplayed, "the answer is to another question")
	}
	return nil
}

// checkTimes: the answer was made for this cast, and was not out of date at it.
func (r *StatusRules) checkTimes(a *answer, at time.Time) error {
	earliest, latest := at.Add(-r.Freshness), at.Add(r.Settle+r.Skew)
	switch {
	case a.ThisUpdate.After(latest) || a.ProducedAt.After(latest):
		return refuse(CodeStatusFuture, "it tells of %s and was made at %s, too late for %s", stamp(a.ThisUpdate), stamp(a.ProducedAt), stamp(at))
	case a.ProducedAt.Before(a.ThisUpdate.Add(-r.Skew)):
		return refuse(CodeStatusFuture, "it was made at %s and tells of %s", stamp(a.ProducedAt), stamp(a.ThisUpdate))
	case a.ThisUpdate.Before(earliest) || a.ProducedAt.Before(earliest):
		return refuse(CodeStatusStale, "it tells of %s and was made at %s, too early for %s", stamp(a.ThisUpdate), stamp(a.ProducedAt), stamp(at))
	case a.NextUpdate.IsZero():
		return nil
	case a.NextUpdate.Before(a.ThisUpdate) || a.NextUpdate.Before(at.Add(-r.Skew)):
		return refuse(CodeStatusStale, "it was to be used until %s, not at %s", stamp(a.NextUpdate), stamp(at))
	}
	return nil
}

// verdict is what the answer says. Every reason of a revocation counts, a
// suspension (certificateHold) too.
func (a *answer) verdict(at time.Time) error {
	switch a.Status {
	case ocsp.Good:
		return nil
	case ocsp.Revoked:
		return checkRevocation(a.RevokedAt, at)
	}
	return refuse(CodeStatusUnknown, "the responder does not know the certificate")
}

func checkRevocation(revoked, at time.Time) error {
	if revoked.After(at) {
		return nil
	}
	return refuse(CodeStatusRevoked, "it was revoked at %s, judged at %s", stamp(revoked), stamp(at))
}
