package forge

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"time"

	"github.com/smallstep/pkcs7"
	"golang.org/x/crypto/ocsp"

	"valik/eid"
	"valik/eid/testpki"
)

// fullEvidence is all that a receiver can add to a container.
func (w *world) fullEvidence(c *eid.Container) eid.Evidence {
	issuer := w.issuerOf(c.Certificate)
	e := w.evidence(c.Certificate, issuer)
	responder := w.service(issuer, "OCSP responder", oidOCSPSigning)
	e.OCSPs = [][]byte{answer(c.Certificate, issuer.Certificate(), responder)}
	e.Certificates = append(e.Certificates, responder.Certificate())
	e.CRLs = [][]byte{must(x509.CreateRevocationList(rand.Reader, &x509.RevocationList{
		Number: big.NewInt(1), ThisUpdate: judgedAt, NextUpdate: judgedAt.Add(time.Hour),
	}, issuer.Certificate(), issuer.Private()))}
	e.TimeStamp = token(c.SignatureValueElement(), w.service(issuer, "Time-stamps", oidTimeStamping))
	return e
}

// evidence is the issuer's own answer about a certificate.
func (w *world) evidence(cert *x509.Certificate, issuer *testpki.Key) eid.Evidence {
	return eid.Evidence{
		Certificates: []*x509.Certificate{issuer.Certificate()},
		OCSPs:        [][]byte{answer(cert, issuer.Certificate(), issuer)},
	}
}

// issuerOf is the authority's key that signed a certificate.
func (w *world) issuerOf(cert *x509.Certificate) *testpki.Key {
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384()} {
		if issuer := w.authority.Issuer(curve); cert.CheckSignatureFrom(issuer.Certificate()) == nil {
			return issuer
		}
	}
	panic("forge: no issuer of the certificate")
}

// service is the key of a service of an issuer: RFC 6960 lets a responder speak only
// for the issuer that certified it.
func (w *world) service(issuer *testpki.Key, name string, usage asn1.ObjectIdentifier) *testpki.Key {
	template := w.authority.Template("", "", "")
	template.Subject = pkix.Name{CommonName: name}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	// RFC 3161 wants the usage critical, which the library does not write.
	template.ExtraExtensions = []pkix.Extension{{
		Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: must(asn1.Marshal([]asn1.ObjectIdentifier{usage})),
	}}
	private := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	return testpki.NewKey(must(issuer.Sign(template, private.Public())), private)
}

var (
	oidTimeStamping = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8}
	oidOCSPSigning  = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 9}
)

// answer says of a certificate that it is good.
func answer(cert, issuer *x509.Certificate, responder *testpki.Key) []byte {
	response := ocsp.Response{
		Status: ocsp.Good, SerialNumber: cert.SerialNumber,
		ThisUpdate: judgedAt, NextUpdate: judgedAt.Add(time.Hour), IssuerHash: crypto.SHA256,
	}
	return must(ocsp.CreateResponse(issuer, responder.Certificate(), response, responder.Private()))
}

// timeStampInfo is TSTInfo of RFC 3161.
type timeStampInfo struct {
	Version int
	Policy  asn1.ObjectIdentifier
	Imprint struct {
		Algorithm pkix.AlgorithmIdentifier
		Digest    []byte
	}
	Number *big.Int
	Time   time.Time `asn1:"generalized"`
}

var (
	oidTimeStampInfo        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidSigningCertificateV2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
)

// token is a time-stamp token of a message, signed by a time-stamping key.
func token(message []byte, key *testpki.Key) []byte {
	info := timeStampInfo{Version: 1, Policy: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 99999, 3}, Number: big.NewInt(1), Time: judgedAt}
	sum := sha256.Sum256(message)
	info.Imprint.Algorithm.Algorithm, info.Imprint.Digest = pkcs7.OIDDigestAlgorithmSHA256, sum[:]
	signed := must(pkcs7.NewSignedData(must(asn1.Marshal(info))))
	signed.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSHA256)
	signed.GetSignedData().ContentInfo.ContentType = oidTimeStampInfo
	// ESSCertIDv2 (RFC 5035): the certificate's digest, SHA-256 being the default.
	own := sha256.Sum256(key.Certificate().Raw)
	certificate := struct{ Certificates []struct{ Digest []byte } }{[]struct{ Digest []byte }{{own[:]}}}
	must(0, signed.AddSigner(key.Certificate(), key.Private(), pkcs7.SignerInfoConfig{
		ExtraSignedAttributes: []pkcs7.Attribute{{Type: oidSigningCertificateV2, Value: certificate}},
	}))
	signed.GetSignedData().Version = 3 // RFC 5652, 5.1: the content is not data
	return must(signed.Finish())
}
