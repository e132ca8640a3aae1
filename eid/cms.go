package eid

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"slices"

	"github.com/smallstep/pkcs7"
	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// CMSLimit is the greatest size of a detached signature in bytes.
const CMSLimit = 64 << 10

const (
	cmsDepth         = 32   // a signature of a certificate with many extensions has 12
	classConstructed = 0x20 // the tag's bit for a value that is made of values
)

// Attributes that a CMS signature must sign, once each (RFC 5652, 11). A
// signature without signed attributes is refused: attributes that were signed
// elsewhere could be shown as a document, and the other way round.
var (
	contentTypeData = []byte{asn1.TagOID, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1}
	signedOnce      = []asn1.ObjectIdentifier{pkcs7.OIDAttributeContentType, pkcs7.OIDAttributeMessageDigest}
)

// The pairs of digest and signature algorithm that are accepted. rsaEncryption
// stands for PKCS #1 v1.5 with the digest beside it.
var cmsAlgorithms = [][2]asn1.ObjectIdentifier{
	{pkcs7.OIDDigestAlgorithmSHA256, pkcs7.OIDEncryptionAlgorithmRSA},
	{pkcs7.OIDDigestAlgorithmSHA256, pkcs7.OIDEncryptionAlgorithmRSASHA256},
	{pkcs7.OIDDigestAlgorithmSHA384, pkcs7.OIDEncryptionAlgorithmRSASHA384},
	{pkcs7.OIDDigestAlgorithmSHA512, pkcs7.OIDEncryptionAlgorithmRSASHA512},
	{pkcs7.OIDDigestAlgorithmSHA256, pkcs7.OIDDigestAlgorithmECDSASHA256},
	{pkcs7.OIDDigestAlgorithmSHA384, pkcs7.OIDDigestAlgorithmECDSASHA384},
	{pkcs7.OIDDigestAlgorithmSHA512, pkcs7.OIDDigestAlgorithmECDSASHA512},
}

// SignCMS makes an official's detached CMS signature of a document, in DER with
// the certificate inside, by any algorithm but PS256. Anybody can check it with
// `openssl cms -verify -binary -inform DER -content document -in signature`.
//
// It implements CMS.Sign of docs/protocol/eid.md.
func SignCMS(ctx context.Context, data []byte, s Signer) ([]byte, error) {
	if err := s.Algorithm().checkAllowed(s.Certificate()); err != nil {
		return nil, err
	}
	if s.Algorithm() == PS256 {
		return nil, refuse(CodeSignatureAlgorithm, "officials' signatures are not made by RSA-PSS")
	}
	if err := checkUsage(s.Certificate(), Signing); err != nil {
		return nil, err
	}
	signed, err := pkcs7.NewSignedData(data)
	if err != nil {
		return nil, err
	}
	signed.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSHA256)
	if s.Algorithm().Hash() == crypto.SHA384 {
		signed.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSHA384)
	}
	if err := signed.AddSigner(s.Certificate(), CryptoSigner(ctx, s), pkcs7.SignerInfoConfig{}); err != nil {
		return nil, err
	}
	signed.Detach()
	signature, err := signed.Finish()
	if err != nil {
		return nil, err
	}
	// A broken card, or a clock outside of the certificate's validity (CMS signs
	// the present time), shows here and not at the receiver.
	if _, err := VerifyCMS(data, signature); err != nil {
		return nil, err
	}
	return signature, nil
}

// VerifyCMS checks a detached CMS signature of data and gives the certificate of
// its one signer. The signature is good for that certificate's key; whether this
// certificate may sign such a document is for the caller, who compares it with
// the one that is expected, or asks Issuers.Verify. The errors' codes are
// "cms_form", "data_digest", "signature_invalid" and "certificate_key_type".
//
// It implements CMS.Verify of docs/protocol/eid.md.
func VerifyCMS(data, signature []byte) (*x509.Certificate, error) {
	if len(signature) > CMSLimit {
		return nil, refuse(CodeCMSForm, "%d bytes, the limit is %d", len(signature), CMSLimit)
	}
	if !isDER(signature, cmsDepth) {
		return nil, refuse(CodeCMSForm, "it is not one value in DER")
	}
	message, err := pkcs7.Parse(signature)
	if err != nil {
		return nil, refuse(CodeCMSForm, "%w", err)
	}
	if err := checkCMS(message); err != nil {
		return nil, err
	}
	if !isCMSFrame(signature, message.Signers[0].DigestAlgorithm.Algorithm) {
		return nil, refuse(CodeCMSForm, "what the signature does not cover has not its one value")
	}
	cert := message.GetOnlySigner()
	if cert == nil {
		return nil, refuse(CodeCMSForm, "the signer's certificate is not in it")
	}
	if _, err := AlgorithmsOf(cert.PublicKey); err != nil {
		return nil, err
	}
	message.Content = data
	if err := message.Verify(); err != nil {
		if errors.As(err, new(*pkcs7.MessageDigestMismatchError)) {
			return nil, refuse(CodeDataDigest, "the signature is of other data")
		}
		return nil, refuse(CodeSignatureInvalid, "%w", err)
	}
	return cert, nil
}

// isDER says whether b is one value in DER, nested at most depth deep. The
// library reads BER too, ignores what follows, and works for a time that grows
// with size times depth.
func isDER(b []byte, depth int) bool {
	rest, content, tag := cryptobyte.String(b), cryptobyte.String(nil), casn1.Tag(0)
	if depth == 0 || !rest.ReadAnyASN1(&content, &tag) || !rest.Empty() {
		return false
	}
	for tag&classConstructed != 0 && !content.Empty() {
		var inner cryptobyte.String
		if !content.ReadAnyASN1Element(&inner, new(casn1.Tag)) || !isDER(inner, depth-1) {
			return false
		}
	}
	return true
}

// checkCMS asks for what the library leaves open.
func checkCMS(message *pkcs7.PKCS7) error {
	if len(message.Content) != 0 {
		return refuse(CodeCMSForm, "it carries content: it is not detached")
	}
	if len(message.Signers) != 1 {
		return refuse(CodeCMSForm, "it has %d signers, not one", len(message.Signers))
	}
	signer := message.Signers[0]
	if signer.Version != 1 {
		return refuse(CodeCMSForm, "the signer's part has version %d", signer.Version)
	}
	if !slices.ContainsFunc(cmsAlgorithms, func(pair [2]asn1.ObjectIdentifier) bool {
		return pair[0].Equal(signer.DigestAlgorithm.Algorithm) && pair[1].Equal(signer.DigestEncryptionAlgorithm.Algorithm)
	}) {
		return refuse(CodeCMSForm, "digest %s with signature %s is not accepted",
			signer.DigestAlgorithm.Algorithm, signer.DigestEncryptionAlgorithm.Algorithm)
	}
	for _, oid := range signedOnce {
		values := signedAttributes(message, oid)
		if len(values) != 1 {
			return refuse(CodeCMSForm, "it signs the attribute %s %d times, not once", oid, len(values))
		}
		if oid.Equal(pkcs7.OIDAttributeContentType) && !bytes.Equal(values[0], contentTypeData) {
			return refuse(CodeCMSForm, "the signed content type is not data")
		}
	}
	return nil
}

// isCMSFrame says whether what is around the signer's part, which nothing signs
// and the library does not look at, has the one value that follows from the rest:
//
//	signedData [0] { version 1, { digest }, { data }, … { version 1, … } }
//
// A byte of the file that anybody could change unnoticed would not be the
// official's.
func isCMSFrame(signature []byte, digest asn1.ObjectIdentifier) bool {
	var outer, explicit, data, digests, algorithm, content cryptobyte.String
	var kind, contentType, used asn1.ObjectIdentifier
	var version int
	file := cryptobyte.String(signature)
	return file.ReadASN1(&outer, casn1.SEQUENCE) &&
		outer.ReadASN1ObjectIdentifier(&kind) && kind.Equal(pkcs7.OIDSignedData) &&
		outer.ReadASN1(&explicit, casn1.Tag(0).ContextSpecific().Constructed()) &&
		explicit.ReadASN1(&data, casn1.SEQUENCE) &&
		data.ReadASN1Integer(&version) && version == 1 &&
		data.ReadASN1(&digests, casn1.SET) &&
		digests.ReadASN1(&algorithm, casn1.SEQUENCE) && digests.Empty() &&
		algorithm.ReadASN1ObjectIdentifier(&used) && used.Equal(digest) && isNoParameter(algorithm) &&
		data.ReadASN1(&content, casn1.SEQUENCE) &&
		content.ReadASN1ObjectIdentifier(&contentType) && contentType.Equal(pkcs7.OIDData) && content.Empty()
}

// isNoParameter says whether nothing or NULL is left of an algorithm.
func isNoParameter(rest cryptobyte.String) bool {
	return rest.Empty() || bytes.Equal(rest, asn1.NullBytes)
}

// signedAttributes lists the values of one signed attribute.
func signedAttributes(message *pkcs7.PKCS7, oid asn1.ObjectIdentifier) [][]byte {
	var values [][]byte
	for _, attribute := range message.Signers[0].AuthenticatedAttributes {
		if attribute.Type.Equal(oid) {
			values = append(values, attribute.Value.Bytes)
		}
	}
	return values
}
