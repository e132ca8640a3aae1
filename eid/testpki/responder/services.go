package responder

import (
	"bytes"
	"crypto/elliptic"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ocsp"
)

// validFor is how long an answer and a list may be used.
const validFor = time.Hour

// statusRequest is what the library leaves out of an OCSPRequest.
type statusRequest struct {
	Fields struct {
		Version    int           `asn1:"explicit,tag:0,default:0,optional"`
		Requestor  asn1.RawValue `asn1:"explicit,tag:1,optional"`
		List       []asn1.RawValue
		Extensions []pkix.Extension `asn1:"explicit,tag:2,optional"`
	}
}

// nonceOf reads the nonce that the library leaves out; nil if there is none.
func nonceOf(request []byte) ([]byte, error) {
	var r statusRequest
	if _, err := asn1.Unmarshal(request, &r); err != nil {
		return nil, err
	}
	for _, e := range r.Fields.Extensions {
		if e.Id.Equal(oidNonce) {
			var nonce []byte
			_, err := asn1.Unmarshal(e.Value, &nonce)
			return nonce, err
		}
	}
	return nil, nil
}

// status answers OCSP. Every serial number below the authority is good until it is
// revoked.
func (r *Responder) status(body []byte, fault Fault) ([]byte, error) {
	request, err := ocsp.ParseRequest(body)
	if err != nil {
		return ocsp.MalformedRequestErrorResponse, nil
	}
	nonce, err := nonceOf(body)
	if err != nil {
		return ocsp.MalformedRequestErrorResponse, nil
	}
	if fault == Refuse {
		return ocsp.TryLaterErrorResponse, nil
	}
	if fault == NoNonce {
		nonce = nil
	}
	who := r.who(fault)
	issuer, key := r.right.list256.Certificate(), who.p256
	if bytes.Equal(request.IssuerKeyHash, digest(request.HashAlgorithm, keyBits(r.right.list384.Certificate()))) {
		issuer, key = r.right.list384.Certificate(), who.p384
	} else if !bytes.Equal(request.IssuerKeyHash, digest(request.HashAlgorithm, keyBits(issuer))) {
		return ocsp.UnauthorizedErrorResponse, nil
	}
	when := r.when(fault)
	answer := Answer{
		Issuer: issuer, Serial: request.SerialNumber, Hash: request.HashAlgorithm,
		ThisUpdate: when, NextUpdate: when.Add(validFor), ProducedAt: when,
		Nonce: nonce, Certificates: []*x509.Certificate{key.Certificate()},
	}
	entry, isRevoked := r.revoked[request.SerialNumber.String()]
	switch {
	case fault == Unknown:
		answer.Status = ocsp.Unknown
	case isRevoked:
		answer.Status, answer.RevokedAt, answer.Reason = ocsp.Revoked, entry.RevocationTime, entry.ReasonCode
	}
	return answer.Sign(key)
}

type stampRequest struct {
	Version    int
	Imprint    imprint
	Policy     asn1.ObjectIdentifier `asn1:"optional"`
	Nonce      *big.Int              `asn1:"optional"`
	CertReq    bool                  `asn1:"optional"`
	Extensions []pkix.Extension      `asn1:"optional,tag:0"`
}

// stampRefused is a TimeStampResp with the status rejection.
var stampRefused = []byte{0x30, 5, 0x30, 3, 2, 1, 2}

// stamp answers RFC 3161.
func (r *Responder) stamp(body []byte, fault Fault) ([]byte, error) {
	var request stampRequest
	_, err := asn1.Unmarshal(body, &request)
	if err != nil || !request.Imprint.Algorithm.Algorithm.Equal(oidSHA256) || fault == Refuse {
		return stampRefused, nil
	}
	if fault == NoNonce {
		request.Nonce = nil
	}
	token, err := Stamp{
		Digest: request.Imprint.Digest, Time: r.when(fault), Accuracy: 1, Nonce: request.Nonce, Omit: !request.CertReq,
	}.Sign(r.who(fault).stamp)
	if err != nil {
		return nil, err
	}
	return Granted(token)
}

// list serves the revocation list of the authority for a curve.
func (r *Responder) list(curve elliptic.Curve) func([]byte, Fault) ([]byte, error) {
	return func(_ []byte, fault Fault) ([]byte, error) {
		if fault == Refuse {
			return nil, errors.New("try later")
		}
		key := r.who(fault).list256
		if curve == elliptic.P384() {
			key = r.who(fault).list384
		}
		when := r.when(fault)
		// In order, so that two downloads at one time agree but for the signature.
		entries := slices.SortedFunc(maps.Values(r.revoked), func(a, b x509.RevocationListEntry) int {
			return strings.Compare(a.SerialNumber.String(), b.SerialNumber.String())
		})
		return key.RevocationList(entries, when, when.Add(validFor))
	}
}
