package eid

import (
	"bytes"
	"crypto"
	_ "crypto/sha1" // registers SHA-1 for the names of certificates in time-stamps
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"slices"
	"time"

	"github.com/smallstep/pkcs7"
	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

var (
	oidTSTInfo              = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}  // id-ct-TSTInfo
	oidSigningCertificate   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12} // RFC 2634
	oidSigningCertificateV2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47} // RFC 5035
)

// timeAlgorithms are those of officials' signatures, and rsaEncryption with the
// longer hashes, which authorities use.
var timeAlgorithms = append(slices.Clone(cmsAlgorithms),
	[2]asn1.ObjectIdentifier{pkcs7.OIDDigestAlgorithmSHA384, pkcs7.OIDEncryptionAlgorithmRSA},
	[2]asn1.ObjectIdentifier{pkcs7.OIDDigestAlgorithmSHA512, pkcs7.OIDEncryptionAlgorithmRSA},
)

// The hashes that name a certificate in a time-stamp. SHA-1 alone is known to the
// first form of the attribute; the certificate is at hand, so that only a second
// preimage would deceive.
var nameHashes = []struct {
	oid  asn1.ObjectIdentifier
	hash crypto.Hash
}{
	{pkcs7.OIDDigestAlgorithmSHA256, crypto.SHA256},
	{pkcs7.OIDDigestAlgorithmSHA384, crypto.SHA384},
	{pkcs7.OIDDigestAlgorithmSHA512, crypto.SHA512},
}

// tstInfo is the TSTInfo of RFC 3161, 2.4.2.
type tstInfo struct {
	Version    int
	Policy     asn1.ObjectIdentifier
	Imprint    imprint
	Serial     *big.Int
	Time       time.Time        `asn1:"generalized"`
	Accuracy   accuracy         `asn1:"optional"`
	Ordering   bool             `asn1:"optional"`
	Nonce      *big.Int         `asn1:"optional"`
	Authority  asn1.RawValue    `asn1:"optional,explicit,tag:0"`
	Extensions []pkix.Extension `asn1:"optional,tag:1"`
}

// accuracy is the Accuracy of RFC 3161, 2.4.2: seconds, and thousandths of them.
type accuracy struct {
	Seconds int `asn1:"optional"`
	Millis  int `asn1:"optional,tag:0"`
	Micros  int `asn1:"optional,tag:1"`
}

// maxSeconds keeps an accuracy within what a Duration holds: no clock is so wrong.
const maxSeconds = 24 * 60 * 60

func (a accuracy) isSane() bool {
	return a.Seconds >= 0 && a.Seconds <= maxSeconds && a.Millis >= 0 && a.Millis < 1000 && a.Micros >= 0 && a.Micros < 1000
}

func (a accuracy) duration() time.Duration {
	return time.Duration(a.Seconds)*time.Second + time.Duration(a.Millis)*time.Millisecond + time.Duration(a.Micros)*time.Microsecond
}

// timeStamp is a time-stamp taken apart: nothing of it is judged.
type timeStamp struct {
	message *pkcs7.PKCS7
	info    tstInfo
}

// parseTimeStamp reads signed data with one signer over a TSTInfo.
func parseTimeStamp(token []byte) (*timeStamp, error) {
	if err := checkTimeForm(token); err != nil {
		return nil, err
	}
	if !isTimeFrame(token) {
		return nil, refuse(CodeTimeForm, "it is no signed time")
	}
	message, err := pkcs7.Parse(token)
	if err != nil {
		return nil, refuse(CodeTimeForm, "%w", err)
	}
	if len(message.Signers) != 1 {
		return nil, refuse(CodeTimeForm, "it has %d signers, not one", len(message.Signers))
	}
	t := &timeStamp{message: message}
	if !isDER(message.Content, timeDepth) {
		return nil, refuse(CodeTimeForm, "its content is not one value in DER")
	}
	if _, err := asn1.Unmarshal(message.Content, &t.info); err != nil {
		return nil, refuse(CodeTimeForm, "its content: %w", err)
	}
	return t, t.checkInfo()
}

func (t *timeStamp) checkInfo() error {
	if t.info.Version != 1 || !t.info.Accuracy.isSane() {
		return refuse(CodeTimeForm, "its content has version %d, or no possible accuracy", t.info.Version)
	}
	for _, e := range t.info.Extensions {
		if e.Critical {
			return refuse(CodeTimeForm, "the extension %s is critical and not known", e.Id)
		}
	}
	return nil
}

// isTimeFrame asks for what the library does not tell or check:
//
//	signedData [0] { version 3, { … }, { id-ct-TSTInfo, [0] OCTET STRING }, … }
func isTimeFrame(token []byte) bool {
	var outer, tagged, data, content, inner cryptobyte.String
	var kind, contentType asn1.ObjectIdentifier
	var version int
	file := cryptobyte.String(token)
	return file.ReadASN1(&outer, casn1.SEQUENCE) &&
		outer.ReadASN1ObjectIdentifier(&kind) && kind.Equal(pkcs7.OIDSignedData) &&
		outer.ReadASN1(&tagged, explicit(0)) && outer.Empty() &&
		tagged.ReadASN1(&data, casn1.SEQUENCE) && tagged.Empty() &&
		data.ReadASN1Integer(&version) && version == 3 &&
		data.SkipASN1(casn1.SET) &&
		data.ReadASN1(&content, casn1.SEQUENCE) &&
		content.ReadASN1ObjectIdentifier(&contentType) && contentType.Equal(oidTSTInfo) &&
		content.ReadASN1(&inner, explicit(0)) && content.Empty() &&
		inner.SkipASN1(casn1.OCTET_STRING) && inner.Empty()
}

// checkAttributes: content type and digest are signed once each, the type is that
// of a time, and the certificate that verifies the signature is the one signed
// (RFC 3161, 2.4.2; RFC 5816).
func (t *timeStamp) checkAttributes(signer *x509.Certificate) error {
	for _, oid := range signedOnce {
		if n := len(signedAttributes(t.message, oid)); n != 1 {
			return refuse(CodeTimeForm, "it signs the attribute %s %d times, not once", oid, n)
		}
	}
	var kind asn1.ObjectIdentifier
	value := cryptobyte.String(signedAttributes(t.message, pkcs7.OIDAttributeContentType)[0])
	if !value.ReadASN1ObjectIdentifier(&kind) || !value.Empty() || !kind.Equal(oidTSTInfo) {
		return refuse(CodeTimeForm, "the signed content type is not that of a time-stamp")
	}
	first, second := signedAttributes(t.message, oidSigningCertificate), signedAttributes(t.message, oidSigningCertificateV2)
	if len(first) > 1 || len(second) > 1 || len(first)+len(second) == 0 {
		return refuse(CodeTimeForm, "it does not sign whose it is")
	}
	for _, value := range first {
		if err := checkSigningCertificate(value, crypto.SHA1, signer); err != nil {
			return err
		}
	}
	for _, value := range second {
		if err := checkSigningCertificate(value, crypto.SHA256, signer); err != nil {
			return err
		}
	}
	return nil
}

// checkSigningCertificate compares the certificate that is signed, named by a hash
// that is unsaid where a form of the attribute implies it.
func checkSigningCertificate(value []byte, unsaid crypto.Hash, signer *x509.Certificate) error {
	hash, digest, ok := readSigningCertificate(value)
	if !ok {
		return refuse(CodeTimeForm, "the name of its certificate is not of the form")
	}
	if hash == 0 {
		hash = unsaid
	}
	if !bytes.Equal(digest, hashOf(hash, signer.Raw)) {
		return refuse(CodeTimeSignature, "it signs that it is of another certificate")
	}
	return nil
}

// readSigningCertificate reads the first name of a SigningCertificate or
// SigningCertificateV2, which is the signer's. The hash is 0 where it is not said.
func readSigningCertificate(value []byte) (hash crypto.Hash, digest []byte, ok bool) {
	var fields, list, name, algorithm cryptobyte.String
	var oid asn1.ObjectIdentifier
	s := cryptobyte.String(value)
	if !s.ReadASN1(&fields, casn1.SEQUENCE) || !s.Empty() || !fields.ReadASN1(&list, casn1.SEQUENCE) || !list.ReadASN1(&name, casn1.SEQUENCE) {
		return 0, nil, false
	}
	if name.PeekASN1Tag(casn1.SEQUENCE) {
		if !name.ReadASN1(&algorithm, casn1.SEQUENCE) || !algorithm.ReadASN1ObjectIdentifier(&oid) {
			return 0, nil, false
		}
		for _, known := range nameHashes {
			if known.oid.Equal(oid) {
				hash = known.hash
			}
		}
		if hash == 0 {
			return 0, nil, false
		}
	}
	ok = name.ReadASN1Bytes(&digest, casn1.OCTET_STRING)
	return hash, digest, ok
}
