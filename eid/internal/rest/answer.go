package rest

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"valik/eid"
)

// Parse reads an answer: one JSON value and nothing after it. Fields that the program
// does not know are left out, as the services ask of their clients.
func (c *Client) Parse(answer []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(answer))
	if err := d.Decode(into); err != nil {
		return c.Refuse(AnswerForm) // the error of encoding/json may repeat the answer
	}
	if _, err := d.Token(); err != io.EOF {
		return c.Refuse(AnswerForm)
	}
	return nil
}

// Person reads a certificate in base64 and checks that it is of the person asked for
// and has a key usage. The person is one whose subject has exactly one serialNumber,
// equal to the semantics identifier (ETSI EN 319 412-1) byte for byte: the country's
// rules for codes are not needed to see that two are the same.
//
// Who issued the certificate is not judged here but by whoever takes the signature.
func (c *Client) Person(encoded, identifier string, usage x509.KeyUsage) (*x509.Certificate, error) {
	der, err := c.decode(encoded)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, c.Refuse(AnswerForm)
	}
	if !slices.Equal(serialNumbers(cert), []string{identifier}) {
		return nil, c.Refuse(OtherPerson)
	}
	if cert.KeyUsage&usage == 0 || cert.IsCA {
		return nil, c.Refuse(Certificate)
	}
	if _, err := eid.AlgorithmsOf(cert.PublicKey); err != nil {
		return nil, c.Refuse(OtherAlgorithm)
	}
	return cert, nil
}

var oidSerialNumber = asn1.ObjectIdentifier{2, 5, 4, 5}

func serialNumbers(cert *x509.Certificate) []string {
	var values []string
	for _, attribute := range cert.Subject.Names {
		if attribute.Type.Equal(oidSerialNumber) {
			value, _ := attribute.Value.(string) // what is no string is nobody's identifier
			values = append(values, value)
		}
	}
	return values
}

// algorithms are the services' names of what they sign by, in lower case: the
// documents write sha256WithRSAEncryption and SHA256WithECEncryption.
var algorithms = map[string]eid.Algorithm{
	"sha256withecencryption":  eid.ES256,
	"sha256withrsaencryption": eid.RS256,
}

// Algorithm gives how a service signs with a certificate's key when it is asked for
// SHA-256.
func (c *Client) Algorithm(cert *x509.Certificate) (eid.Algorithm, error) {
	allowed, err := eid.AlgorithmsOf(cert.PublicKey)
	if err != nil || allowed[0] != eid.ES256 && allowed[0] != eid.RS256 {
		return 0, c.Refuse(OtherAlgorithm)
	}
	return allowed[0], nil
}

// Signed reads a signature in base64 and checks that it is of the digest, by the
// certificate's key, and made as the service says that it was. ECDSA signatures come
// as r ‖ s.
func (c *Client) Signed(cert *x509.Certificate, name, encoded string, digest []byte) (eid.Algorithm, []byte, error) {
	a, err := c.Algorithm(cert)
	if err != nil {
		return 0, nil, err
	}
	if said, ok := algorithms[strings.ToLower(name)]; !ok || said != a {
		return 0, nil, c.Refuse(OtherAlgorithm)
	}
	signature, err := c.decode(encoded)
	if err != nil {
		return 0, nil, err
	}
	if err := a.VerifyDigest(cert, digest, signature); err != nil {
		return 0, nil, c.Refuse(BadSignature)
	}
	return a, signature, nil
}

func (c *Client) decode(encoded string) ([]byte, error) {
	b, err := base64.StdEncoding.Strict().DecodeString(encoded)
	// Go leaves out line ends, which the services do not write.
	if err != nil || len(b) == 0 || strings.ContainsAny(encoded, "\r\n") {
		return nil, c.Refuse(AnswerForm)
	}
	return b, nil
}
