package responder

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"slices"
	"time"

	"github.com/smallstep/pkcs7"

	"valik/eid/testpki"
)

// Stamp is an RFC 3161 time-stamp before it is signed, sound or not. The CMS
// library's SignedData cannot be taken: it signs the present time.
type Stamp struct {
	Digest     []byte           // SHA-256 of the message
	Time       time.Time        // kept to the second
	Accuracy   int              // seconds, 0: not said
	Nonce      *big.Int         // nil: none
	Extensions []pkix.Extension // of the content

	Version     int                   // of the content, 0 is 1
	ContentType asn1.ObjectIdentifier // nil is that of a time-stamp
	Imprint     asn1.ObjectIdentifier // the algorithm that is said, nil is SHA-256
	Algorithm   asn1.ObjectIdentifier // of the signature, nil is the key's
	NamedSHA1   bool                  // name the certificate by the first form of the attribute
	Named       *x509.Certificate     // the one that is named, nil is the signer
	Unnamed     bool                  // name no certificate
	Signers     int                   // 0 is one
	Omit        bool                  // leave the certificate out
}

// Object identifiers of RFC 3161, RFC 2634 and RFC 5035.
var (
	oidTSTInfo   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidNamed     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12}
	oidNamedV2   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidPolicy    = asn1.ObjectIdentifier{0, 4, 0, 2023, 1, 1} // ETSI EN 319 421, best practice
	stampGranted = []int{0}
)

type (
	stampResponse struct {
		Status []int
		Token  asn1.RawValue `asn1:"optional"`
	}
	stampInfo struct {
		Version    int
		Policy     asn1.ObjectIdentifier
		Imprint    imprint
		Serial     *big.Int
		Time       time.Time        `asn1:"generalized"`
		Accuracy   []int            `asn1:"optional,omitempty"`
		Nonce      *big.Int         `asn1:"optional"`
		Extensions []pkix.Extension `asn1:"optional,omitempty,tag:1"`
	}
	imprint struct {
		Algorithm pkix.AlgorithmIdentifier
		Digest    []byte
	}
	contentInfo struct {
		Type    asn1.ObjectIdentifier
		Content any `asn1:"explicit,tag:0"`
	}
	signedData struct {
		Version      int
		Digests      []pkix.AlgorithmIdentifier `asn1:"set"`
		Content      contentInfo
		Certificates asn1.RawValue `asn1:"optional"`
		Signers      []signerInfo  `asn1:"set"`
	}
	signerInfo struct {
		Version    int
		Issuer     asn1.RawValue // IssuerAndSerialNumber
		Digest     pkix.AlgorithmIdentifier
		Attributes asn1.RawValue
		Algorithm  pkix.AlgorithmIdentifier
		Signature  []byte
	}
	issuerAndSerial struct {
		Issuer asn1.RawValue
		Serial *big.Int
	}
	attribute struct {
		Type   asn1.ObjectIdentifier
		Values []any `asn1:"set"`
	}
	names struct{ Certificates []name }
	name  struct{ Hash []byte }
)

// Sign makes the time-stamp in DER.
func (s Stamp) Sign(key *testpki.Key) ([]byte, error) {
	kind := s.ContentType
	if kind == nil {
		kind = oidTSTInfo
	}
	content, err := s.info()
	if err != nil {
		return nil, err
	}
	signer, err := s.signer(key, kind, content)
	if err != nil {
		return nil, err
	}
	d := signedData{
		Version: 3,
		Digests: []pkix.AlgorithmIdentifier{signer.Digest},
		Content: contentInfo{kind, content},
		Signers: slices.Repeat([]signerInfo{*signer}, max(1, s.Signers)),
	}
	if !s.Omit {
		d.Certificates = asn1.RawValue{Class: classContext, Tag: 0, IsCompound: true, Bytes: key.Certificate().Raw}
	}
	return asn1.Marshal(contentInfo{pkcs7.OIDSignedData, d})
}

func (s Stamp) info() ([]byte, error) {
	algorithm := s.Imprint
	if algorithm == nil {
		algorithm = oidSHA256
	}
	info := stampInfo{
		Version:    max(1, s.Version),
		Policy:     oidPolicy,
		Imprint:    imprint{pkix.AlgorithmIdentifier{Algorithm: algorithm, Parameters: null}, s.Digest},
		Serial:     big.NewInt(s.Time.UnixNano()),
		Time:       s.Time.UTC().Truncate(time.Second),
		Nonce:      s.Nonce,
		Extensions: s.Extensions,
	}
	if s.Accuracy != 0 {
		info.Accuracy = []int{s.Accuracy}
	}
	return asn1.Marshal(info)
}

func (s Stamp) signer(key *testpki.Key, kind asn1.ObjectIdentifier, content []byte) (*signerInfo, error) {
	hash := key.Algorithm().Hash()
	attributes, err := s.attributes(key.Certificate(), kind, digest(hash, content))
	if err != nil {
		return nil, err
	}
	set, err := asn1.Marshal(asn1.RawValue{Tag: asn1.TagSet, IsCompound: true, Bytes: attributes})
	if err != nil {
		return nil, err
	}
	signature, err := sign(key, set)
	if err != nil {
		return nil, err
	}
	issuer, err := asn1.Marshal(issuerAndSerial{asn1.RawValue{FullBytes: key.Certificate().RawIssuer}, key.Certificate().SerialNumber})
	if err != nil {
		return nil, err
	}
	algorithm := s.Algorithm
	if algorithm == nil {
		algorithm = signatureOIDs[key.Algorithm()]
	}
	return &signerInfo{
		Version:    1,
		Issuer:     asn1.RawValue{FullBytes: issuer},
		Digest:     pkix.AlgorithmIdentifier{Algorithm: digestOIDs[hash]},
		Attributes: asn1.RawValue{Class: classContext, Tag: 0, IsCompound: true, Bytes: attributes},
		Algorithm:  pkix.AlgorithmIdentifier{Algorithm: algorithm},
		Signature:  signature,
	}, nil
}

// attributes gives the signed attributes, in the order of DER's sets.
func (s Stamp) attributes(signer *x509.Certificate, kind asn1.ObjectIdentifier, contentDigest []byte) ([]byte, error) {
	list := []attribute{
		{pkcs7.OIDAttributeContentType, []any{kind}},
		{pkcs7.OIDAttributeMessageDigest, []any{contentDigest}},
	}
	if !s.Unnamed {
		list = append(list, s.named(signer))
	}
	var encoded [][]byte
	for _, a := range list {
		b, err := asn1.Marshal(a)
		if err != nil {
			return nil, err
		}
		encoded = append(encoded, b)
	}
	slices.SortFunc(encoded, bytes.Compare)
	return bytes.Join(encoded, nil), nil
}

func (s Stamp) named(signer *x509.Certificate) attribute {
	if s.Named != nil {
		signer = s.Named
	}
	if s.NamedSHA1 {
		return attribute{oidNamed, []any{names{[]name{{digest(crypto.SHA1, signer.Raw)}}}}}
	}
	return attribute{oidNamedV2, []any{names{[]name{{digest(crypto.SHA256, signer.Raw)}}}}}
}

// Granted is the answer with which an authority hands out a time-stamp.
func Granted(token []byte) ([]byte, error) {
	return asn1.Marshal(stampResponse{stampGranted, asn1.RawValue{FullBytes: token}})
}
