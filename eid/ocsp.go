package eid

import (
	"bytes"
	"crypto"
	"crypto/sha1"
	"crypto/x509"
	"encoding/asn1"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/crypto/ocsp"
)

const statusDepth = 32 // a response with a certificate inside has about 12

var oidBasicResponse = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1} // id-pkix-ocsp-basic

// answer is an OCSP response: what the library reads, and what it leaves out.
type answer struct {
	*ocsp.Response
	nameHash, keyHash []byte // of the issuer, by Response.IssuerHash
	nonce             []byte // nil: there is none
	certificates      []*x509.Certificate
}

// basicResponse is a BasicOCSPResponse cut into its fields, each still in DER.
type basicResponse struct {
	data, algorithm, signature, certificates cryptobyte.String
}

// parseAnswer reads a response about one certificate and judges nothing in it.
func parseAnswer(b []byte) (*answer, error) {
	basic, err := readResponse(b)
	if err != nil {
		return nil, err
	}
	a := new(answer)
	for !basic.certificates.Empty() {
		var der cryptobyte.String
		if !basic.certificates.ReadASN1Element(&der, casn1.SEQUENCE) {
			return nil, refuse(CodeStatusForm, "what is in place of a certificate is none")
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, refuse(CodeStatusForm, "its certificate: %w", err)
		}
		a.certificates = append(a.certificates, cert)
	}
	bare, err := basic.withoutCertificates()
	if err != nil {
		return nil, refuse(CodeStatusForm, "%w", err)
	}
	if a.Response, err = ocsp.ParseResponse(bare, nil); err != nil {
		return nil, refuse(CodeStatusForm, "%w", err)
	}
	return a, a.readData(basic.data)
}

// readResponse takes the layers off: OCSPResponse, ResponseBytes, BasicOCSPResponse.
func readResponse(b []byte) (*basicResponse, error) {
	if len(b) == 0 {
		return nil, refuse(CodeStatusMissing, "there is no OCSP response")
	}
	if len(b) > StatusLimit || !isDER(b, statusDepth) {
		return nil, refuse(CodeStatusForm, "it is not one value in DER of at most %d bytes", StatusLimit)
	}
	var outer, tagged, typed, inner cryptobyte.String
	var status int
	var kind asn1.ObjectIdentifier
	whole := cryptobyte.String(b)
	if !whole.ReadASN1(&outer, casn1.SEQUENCE) || !outer.ReadASN1Enum(&status) {
		return nil, refuse(CodeStatusForm, "it is no OCSP response")
	}
	if status != int(ocsp.Success) {
		return nil, refuse(CodeStatusRefused, "the responder answers: %s", ocsp.ResponseStatus(status))
	}
	if !outer.ReadASN1(&tagged, explicit(0)) || !outer.Empty() ||
		!tagged.ReadASN1(&typed, casn1.SEQUENCE) || !tagged.Empty() ||
		!typed.ReadASN1ObjectIdentifier(&kind) || !kind.Equal(oidBasicResponse) ||
		!typed.ReadASN1(&inner, casn1.OCTET_STRING) || !typed.Empty() || !isDER(inner, statusDepth) {
		return nil, refuse(CodeStatusForm, "it is no basic OCSP response")
	}
	basic, ok := readBasic(inner)
	if !ok {
		return nil, refuse(CodeStatusForm, "it is no basic OCSP response")
	}
	return basic, nil
}

func readBasic(inner cryptobyte.String) (*basicResponse, bool) {
	var r basicResponse
	var fields, tagged cryptobyte.String
	var some bool
	ok := inner.ReadASN1(&fields, casn1.SEQUENCE) &&
		fields.ReadASN1Element(&r.data, casn1.SEQUENCE) &&
		fields.ReadASN1Element(&r.algorithm, casn1.SEQUENCE) &&
		fields.ReadASN1Element(&r.signature, casn1.BIT_STRING) &&
		fields.ReadOptionalASN1(&tagged, &some, explicit(0)) && fields.Empty()
	if ok && some {
		ok = tagged.ReadASN1(&r.certificates, casn1.SEQUENCE) && tagged.Empty()
	}
	return &r, ok
}

// withoutCertificates is the same response for the library's parser, which would
// check the signature with whatever certificate lies inside. Who may sign, and
// whether he did, is decided in one place: checkSigner.
func (r *basicResponse) withoutCertificates() ([]byte, error) {
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Enum(int64(ocsp.Success))
		b.AddASN1(explicit(0), func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier(oidBasicResponse)
				b.AddASN1(casn1.OCTET_STRING, func(b *cryptobyte.Builder) {
					b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
						b.AddBytes(r.data)
						b.AddBytes(r.algorithm)
						b.AddBytes(r.signature)
					})
				})
			})
		})
	})
	return b.Bytes()
}

// readData reads of the signed part what the library does not give: the hashes
// that name the issuer, and the extensions of the whole response.
func (a *answer) readData(data cryptobyte.String) error {
	var fields, responses, single, id, extensions cryptobyte.String
	var some bool
	if !data.ReadASN1(&fields, casn1.SEQUENCE) ||
		!fields.SkipOptionalASN1(explicit(0)) || // version
		!fields.ReadAnyASN1(new(cryptobyte.String), new(casn1.Tag)) || // responderID
		!fields.SkipASN1(casn1.GeneralizedTime) || // producedAt
		!fields.ReadASN1(&responses, casn1.SEQUENCE) ||
		!responses.ReadASN1(&single, casn1.SEQUENCE) || !responses.Empty() ||
		!single.ReadASN1(&id, casn1.SEQUENCE) || !a.readIssuer(id) ||
		!fields.ReadOptionalASN1(&extensions, &some, explicit(1)) || !fields.Empty() {
		return refuse(CodeStatusForm, "its signed part is not of the form")
	}
	if some {
		return a.readExtensions(extensions)
	}
	return nil
}

func (a *answer) readIssuer(id cryptobyte.String) bool {
	return id.SkipASN1(casn1.SEQUENCE) && // hash algorithm
		id.ReadASN1Bytes(&a.nameHash, casn1.OCTET_STRING) &&
		id.ReadASN1Bytes(&a.keyHash, casn1.OCTET_STRING) &&
		id.SkipASN1(casn1.INTEGER) && id.Empty()
}

func (a *answer) readExtensions(tagged cryptobyte.String) error {
	var list cryptobyte.String
	if !tagged.ReadASN1(&list, casn1.SEQUENCE) || !tagged.Empty() {
		return refuse(CodeStatusForm, "its extensions are not of the form")
	}
	for !list.Empty() {
		var extension, value cryptobyte.String
		var oid asn1.ObjectIdentifier
		var critical bool
		if !list.ReadASN1(&extension, casn1.SEQUENCE) || !extension.ReadASN1ObjectIdentifier(&oid) ||
			!extension.ReadOptionalASN1Boolean(&critical, casn1.BOOLEAN, false) ||
			!extension.ReadASN1(&value, casn1.OCTET_STRING) || !extension.Empty() {
			return refuse(CodeStatusForm, "its extensions are not of the form")
		}
		if !oid.Equal(oidNonce) {
			if critical {
				return refuse(CodeStatusForm, "the extension %s is critical and not known", oid)
			}
			continue
		}
		if a.nonce != nil || !value.ReadASN1Bytes(&a.nonce, casn1.OCTET_STRING) || !value.Empty() {
			return refuse(CodeStatusForm, "it has not one nonce")
		}
	}
	return nil
}

// checkCertificate: the library compares nothing, and the serial number alone is
// unique only below one issuer.
func (a *answer) checkCertificate(cert, issuer *x509.Certificate) error {
	key, err := keyBits(issuer)
	if err != nil {
		return err
	}
	if a.SerialNumber.Cmp(cert.SerialNumber) != 0 ||
		!bytes.Equal(a.nameHash, hashOf(a.IssuerHash, issuer.RawSubject)) ||
		!bytes.Equal(a.keyHash, hashOf(a.IssuerHash, key)) {
		return refuse(CodeStatusOtherCertificate, "the answer is about another certificate")
	}
	return nil
}

// names says whether the response's responderID is of cert.
func (a *answer) names(cert *x509.Certificate) bool {
	if a.RawResponderName != nil {
		return bytes.Equal(a.RawResponderName, cert.RawSubject)
	}
	key, err := keyBits(cert)
	if err != nil {
		return false
	}
	hash := sha1.Sum(key) // RFC 6960, 4.2.1: a name for the key, SHA-1 by definition
	return bytes.Equal(a.ResponderKeyHash, hash[:])
}

// keyBits is the value of the BIT STRING subjectPublicKey.
func keyBits(cert *x509.Certificate) ([]byte, error) {
	var info, key cryptobyte.String
	raw := cryptobyte.String(cert.RawSubjectPublicKeyInfo)
	var bits asn1.BitString
	if !raw.ReadASN1(&info, casn1.SEQUENCE) || !info.ReadASN1(&key, casn1.SEQUENCE) || !info.ReadASN1BitString(&bits) {
		return nil, refuse(CodeCertificateForm, "its key is not of the form")
	}
	return bits.RightAlign(), nil
}

func hashOf(hash crypto.Hash, b []byte) []byte {
	h := hash.New()
	h.Write(b)
	return h.Sum(nil)
}
