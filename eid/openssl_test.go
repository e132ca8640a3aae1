package eid_test

import (
	"crypto/elliptic"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/testpki"
	"valik/eid/testpki/forge"
)

// bench is a folder in which openssl works.
type bench struct {
	t      *testing.T
	folder string
}

func newBench(t *testing.T) *bench { return &bench{t, t.TempDir()} }

func (b *bench) write(name string, data []byte) {
	require.NoError(b.t, os.WriteFile(filepath.Join(b.folder, name), data, 0o600))
}

func (b *bench) read(name string) []byte {
	data, err := os.ReadFile(filepath.Join(b.folder, name))
	require.NoError(b.t, err)
	return data
}

// openssl runs a command line, which succeeds.
func (b *bench) openssl(line string) string {
	b.t.Helper()
	output, err := run(b.t, b.folder, "openssl", strings.Fields(line)...)
	require.NoError(b.t, err, "openssl %s: %s", line, output)
	return output
}

// refuses runs a command line, which fails.
func (b *bench) refuses(line string) {
	b.t.Helper()
	output, err := run(b.t, b.folder, "openssl", strings.Fields(line)...)
	require.Error(b.t, err, "openssl %s: %s", line, output)
}

// TestOpenSSLVerifiesSignedInfo: for every algorithm openssl finds the signature
// good of the bytes of SignedInfo as they stand in the file, and of no others.
func TestOpenSSLVerifiesSignedInfo(t *testing.T) {
	options := map[eid.Algorithm]string{
		eid.ES256: "-sha256", eid.ES384: "-sha384", eid.RS256: "-sha256",
		eid.PS256: "-sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -sigopt rsa_mgf1_md:sha256",
	}
	for a, option := range options {
		c, b := sealedBy(t, a), newBench(t)
		text := string(unpack(t, c.Bytes())["META-INF/signatures0.xml"])
		start, end := strings.Index(text, "<ds:SignedInfo "), strings.Index(text, "</ds:SignedInfo>")+len("</ds:SignedInfo>")
		b.write("info", []byte(text[start:end]))
		b.write("other", []byte(text[start:end]+"\n"))
		signature := c.Signature
		if a == eid.ES256 || a == eid.ES384 {
			signature = inASN1(t, signature)
		}
		b.write("signature", signature)
		public, err := x509.MarshalPKIXPublicKey(c.Certificate.PublicKey)
		require.NoError(t, err)
		b.write("key", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}))
		verify := "dgst " + option + " -verify key -signature signature "
		require.Contains(t, b.openssl(verify+"info"), "Verified OK", a)
		b.refuses(verify + "other")
	}
}

func inASN1(t *testing.T, signature []byte) []byte {
	t.Helper()
	half := len(signature) / 2
	r, s := new(big.Int).SetBytes(signature[:half]), new(big.Int).SetBytes(signature[half:])
	der, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
	require.NoError(t, err)
	return der
}

// services are an authority of the present day with its OCSP responder and its
// time-stamps, both of them openssl.
type services struct {
	*bench
	authority *testpki.Authority
}

const timeStampConfig = `[tsa]
default_tsa = own
[own]
serial = ./serial
crypto_device = builtin
signer_cert = ./tsa.pem
certs = ./tsa.pem
signer_key = ./tsa.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.3
digests = sha256, sha384
ess_cert_id_alg = sha256
`

func newServices(t *testing.T) *services {
	t.Helper()
	present := time.Now()
	authority, err := testpki.NewAuthority("Valik test", present.Add(-time.Hour), present.Add(time.Hour))
	require.NoError(t, err)
	s := &services{newBench(t), authority}
	s.write("all.pem", testpki.EncodeCertificates(authority.Certificates()...))
	s.writeKey("issuer", authority.Issuer(elliptic.P256()))
	s.writeKey("responder", s.service(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 9}))
	s.writeKey("tsa", s.service(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8}))
	s.write("tsa.conf", []byte(timeStampConfig))
	s.write("serial", []byte("01\n"))
	return s
}

func (s *services) service(usage asn1.ObjectIdentifier) *testpki.Key {
	template := s.authority.Template("", "", "")
	template.Subject, template.KeyUsage = pkix.Name{CommonName: "Service"}, x509.KeyUsageDigitalSignature
	value, err := asn1.Marshal([]asn1.ObjectIdentifier{usage})
	require.NoError(s.t, err)
	template.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: value}}
	key, err := s.authority.IssueKey(template, elliptic.P256())
	require.NoError(s.t, err)
	return key
}

func (s *services) writeKey(name string, key *testpki.Key) {
	secret, err := key.PEM()
	require.NoError(s.t, err)
	s.write(name+".key", secret)
	s.write(name+".pem", testpki.EncodeCertificates(key.Certificate()))
}

// evidence asks both services about a container.
func (s *services) evidence(c *eid.Container) eid.Evidence {
	s.write("element", c.SignatureValueElement())
	s.openssl("ts -query -data element -sha256 -cert -out query")
	s.openssl("ts -reply -config tsa.conf -section own -queryfile query -token_out -out token")

	s.write("voter.pem", testpki.EncodeCertificates(c.Certificate))
	s.write("index", fmt.Appendf(nil, "V\t%s\t\t%X\tunknown\t/CN=voter\n", c.Certificate.NotAfter.UTC().Format("060102150405Z"), c.Certificate.SerialNumber))
	s.openssl("ocsp -issuer issuer.pem -cert voter.pem -no_nonce -reqout request")
	s.openssl("ocsp -index index -rsigner responder.pem -rkey responder.key -CA issuer.pem -reqin request -ndays 1 -respout response")
	return eid.Evidence{
		TimeStamp:    s.read("token"),
		Certificates: []*x509.Certificate{s.authority.Issuer(elliptic.P256()).Certificate()},
		OCSPs:        [][]byte{s.read("response")},
	}
}

// TestOpenSSLEvidence: evidence that openssl made goes in and comes out, openssl
// then verifies what came out, and xmlsec1 the signature around it.
func TestOpenSSLEvidence(t *testing.T) {
	s := newServices(t)
	card := newCard(t, s.authority, elliptic.P256())
	c, err := eid.Seal(t.Context(), "EP2029.ballot", []byte("ballot"), card.Signing, time.Now())
	require.NoError(t, err)
	extended, err := c.Extend(s.evidence(c))
	require.NoError(t, err)
	parsed, err := eid.ParseLongTerm(extended.Bytes())
	require.NoError(t, err)

	s.write("their-response", parsed.OCSPs[0])
	output := s.openssl("ocsp -respin their-response -issuer issuer.pem -cert voter.pem -CAfile all.pem")
	require.Contains(t, output, "Response verify OK")
	require.Contains(t, output, "voter.pem: good")

	s.write("their-token", parsed.TimeStamp)
	require.Contains(t, s.openssl("ts -verify -token_in -in their-token -data element -CAfile all.pem"), "Verification: OK")
	s.write("element", sealedBy(t, eid.ES256).SignatureValueElement())
	s.refuses("ts -verify -token_in -in their-token -data element -CAfile all.pem")

	output, err = xmlsec(t, extended.Bytes(), "--insecure")
	require.NoError(t, err, output)
	require.Contains(t, output, "SignedInfo References (ok/all): 2/2")
}

// TestOpenSSLReadsForgedEvidence: the evidence of the right vectors is sound for
// openssl too, at the time when they are judged.
func TestOpenSSLReadsForgedEvidence(t *testing.T) {
	issuers, _ := forge.Vectors()
	tokens := 0
	for _, v := range vectorsOf(true) {
		l, err := eid.ParseLongTerm(v.Bytes)
		require.NoError(t, err)
		b := newBench(t)
		b.write("all.pem", testpki.EncodeCertificates(issuers...))
		b.write("issuer.pem", testpki.EncodeCertificates(l.Certificates[0]))
		b.write("others.pem", testpki.EncodeCertificates(l.Certificates...))
		b.write("voter.pem", testpki.EncodeCertificates(l.Container().Certificate))
		at := fmt.Sprintf(" -attime %d", v.At.Unix())
		for _, response := range l.OCSPs {
			b.write("response", response)
			output := b.openssl("ocsp -respin response -issuer issuer.pem -sha256 -cert voter.pem -verify_other others.pem -CAfile all.pem" + at)
			require.Contains(t, output, "Response verify OK", v.Name)
			require.Regexp(t, `(?m)^(voter\.pem: )?good$`, output, v.Name) // openssl's clock is not the vectors'
		}
		for _, list := range l.CRLs {
			b.write("list", list)
			require.Contains(t, b.openssl("crl -inform DER -in list -noout -CAfile issuer.pem"), "verify OK", v.Name)
		}
		if l.TimeStamp != nil {
			b.write("token", l.TimeStamp)
			b.write("element", l.Container().SignatureValueElement())
			b.openssl("ts -verify -token_in -in token -data element -CAfile all.pem" + at)
			tokens++
		}
	}
	require.NotZero(t, tokens)
}
