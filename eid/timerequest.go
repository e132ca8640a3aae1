package eid

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"math/big"

	"github.com/smallstep/pkcs7"
	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// TimeLimit is the greatest size of a time-stamp and of the answer with it, in bytes.
const TimeLimit = 64 << 10

const timeDepth = 32 // a time-stamp with certificates inside has about 14

// The statuses of RFC 3161, 2.4.2, with which a time-stamp comes.
const (
	timeGranted         = 0
	timeGrantedWithMods = 1
)

// NewTimeStampRequest makes the request for a time-stamp of message in DER
// (RFC 3161, 2.4.1): with its SHA-256, asking for the authority's certificate, and
// with a fresh nonce, which CheckTimeStampNonce wants to see again.
//
// It implements Time.Request of docs/protocol/eid.md.
func NewTimeStampRequest(message []byte) (request []byte, nonce *big.Int, err error) {
	var random [16]byte
	rand.Read(random[:]) // never fails
	nonce = new(big.Int).SetBytes(random[:])
	digest := sha256.Sum256(message)
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1) // version
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier(pkcs7.OIDDigestAlgorithmSHA256)
				b.AddASN1NULL()
			})
			b.AddASN1OctetString(digest[:])
		})
		b.AddASN1BigInt(nonce)
		b.AddASN1Boolean(true) // certReq
	})
	request, err = b.Bytes()
	return request, nonce, err
}

// ParseTimeStampResponse takes the time-stamp, which is kept, out of an
// authority's answer (RFC 3161, 2.4.2). Nothing in it is judged. The errors' codes
// are "time_missing", "time_form" and "time_refused".
func ParseTimeStampResponse(b []byte) (token []byte, err error) {
	if err := checkTimeForm(b); err != nil {
		return nil, err
	}
	var fields, info, stamped cryptobyte.String
	var status int
	whole := cryptobyte.String(b)
	if !whole.ReadASN1(&fields, casn1.SEQUENCE) || !fields.ReadASN1(&info, casn1.SEQUENCE) || !info.ReadASN1Integer(&status) {
		return nil, refuse(CodeTimeForm, "it is no answer of a time-stamping authority")
	}
	if status != timeGranted && status != timeGrantedWithMods {
		return nil, refuse(CodeTimeRefused, "the time-stamping authority answers with status %d", status)
	}
	if !fields.ReadASN1Element(&stamped, casn1.SEQUENCE) || !fields.Empty() {
		return nil, refuse(CodeTimeForm, "the answer has no time-stamp")
	}
	return stamped, nil
}

// CheckTimeStampNonce: the time-stamp answers the request with this nonce. Who
// asked checks so at once; later readers do not know the nonce, and need not:
// they compare the time with the cast's. The errors' codes are those of a
// time-stamp that cannot be read, and "time_replayed".
func CheckTimeStampNonce(token []byte, nonce *big.Int) error {
	t, err := parseTimeStamp(token)
	if err != nil {
		return err
	}
	if t.info.Nonce == nil || t.info.Nonce.Cmp(nonce) != 0 {
		return refuse(CodeTimeReplayed, "the time-stamp answers another request")
	}
	return nil
}

func checkTimeForm(b []byte) error {
	if len(b) == 0 {
		return refuse(CodeTimeMissing, "there is no time-stamp")
	}
	if len(b) > TimeLimit || !isDER(b, timeDepth) {
		return refuse(CodeTimeForm, "it is not one value in DER of at most %d bytes", TimeLimit)
	}
	return nil
}

// imprint is the MessageImprint of RFC 3161.
type imprint struct {
	Algorithm asn1.RawValue
	Digest    []byte
}

// isSHA256 says whether the imprint's algorithm is SHA-256, without parameters or
// with NULL.
func (i *imprint) isSHA256() bool {
	var oid asn1.ObjectIdentifier
	s := cryptobyte.String(i.Algorithm.Bytes)
	return s.ReadASN1ObjectIdentifier(&oid) && oid.Equal(pkcs7.OIDDigestAlgorithmSHA256) && isNoParameter(s)
}
