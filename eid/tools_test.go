package eid_test

import (
	"context"
	"crypto/elliptic"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/testpki"
	"valik/eid/testpki/forge"
)

// run runs a standard tool, which must be there: what this package writes is
// for others to read, so a test without them says nothing.
func run(t *testing.T, folder, tool string, args ...string) (string, error) {
	t.Helper()
	path, err := exec.LookPath(tool)
	require.NoError(t, err, "install Debian's package %s: it is the outside check of this package", tool)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	command := exec.CommandContext(ctx, path, args...)
	command.Dir = folder
	output, err := command.CombinedOutput()
	return string(output), err
}

// xmlsec verifies a container with xmlsec1 in the folder where it is unpacked.
func xmlsec(t *testing.T, container []byte, args ...string) (string, error) {
	t.Helper()
	folder := t.TempDir()
	for name, data := range unpack(t, container) {
		path := filepath.Join(folder, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, data, 0o600))
	}
	args = append([]string{"--verify", "--id-attr:Id", "http://uri.etsi.org/01903/v1.3.2#:SignedProperties"}, args...)
	return run(t, folder, "xmlsec1", append(args, "META-INF/signatures0.xml")...)
}

// certificateFiles writes each certificate to a file of its own.
func certificateFiles(t *testing.T, a *testpki.Authority) (root, p256, p384 string) {
	t.Helper()
	folder := t.TempDir()
	var paths []string
	for i, cert := range a.Certificates() {
		path := filepath.Join(folder, string(rune('a'+i))+".pem")
		require.NoError(t, os.WriteFile(path, testpki.EncodeCertificates(cert), 0o600))
		paths = append(paths, path)
	}
	return paths[0], paths[1], paths[2]
}

// TestXMLSec: the real xmlsec1 accepts signature and chain, and refuses other
// data.
func TestXMLSec(t *testing.T) {
	authority, _ := newAuthority(t)
	root, p256, p384 := certificateFiles(t, authority)
	trust := []string{
		"--trusted-pem", root, "--untrusted-pem", p256, "--untrusted-pem", p384,
		"--verification-gmt-time", now.UTC().Format(time.DateTime),
	}
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384()} {
		c, err := eid.Seal(context.Background(), "EP2029.ballot", []byte("ballot"), newCard(t, authority, curve).Signing, now)
		require.NoError(t, err)
		output, err := xmlsec(t, c.Bytes(), trust...)
		require.NoError(t, err, output)
		require.Contains(t, output, "SignedInfo References (ok/all): 2/2")

		c.Data = []byte("other")
		output, err = xmlsec(t, c.Bytes(), trust...)
		require.Error(t, err, output)
	}
}

// TestXMLSecTakesWhatIsRight: xmlsec1 accepts every right container of both levels
// whose method it knows; 1.2 does not know RSA-PSS.
func TestXMLSecTakesWhatIsRight(t *testing.T) {
	const pss = "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"
	for _, v := range append(vectorsOf(false), vectorsOf(true)...) {
		output, err := xmlsec(t, v.Bytes, "--insecure")
		if strings.Contains(string(v.Bytes), pss) && err != nil {
			require.Contains(t, output, "xmlSecTransformIdListFindByHref:error=1:xmlsec library function failed:href="+pss, v.Name)
			continue // TestOpenSSLVerifiesSignedInfo has it
		}
		require.NoError(t, err, "%s: %s", v.Name, output)
		require.Contains(t, output, "SignedInfo References (ok/all): 2/2", v.Name)
	}
}

// TestXMLSecTakesWhatWeRefuse: these forged containers have good signatures of
// another form or by another key. So each is refused for its one fault, and
// not because it was forged badly; and our form is stricter than the standard.
func TestXMLSecTakesWhatWeRefuse(t *testing.T) {
	want := []string{
		"form-comment", "form-trailing", "form-line-ends", "form-entity", "form-mark", "form-space", "form-order", "form-wrapped",
		"form-unsigned-properties", "form-type", "form-doctype", "form-external-entity", "form-laughs", "form-instruction",
		"form-cdata", "form-utf-16", "form-character-reference", "form-foreign-element", "form-foreign-namespace", "form-prefix",
		"form-wrapped-root", "form-moved-properties", "form-id-twice", "form-two-certificates", "form-key-value",
		"form-counter-signature", "form-c14n-comments", "form-c14n-prefixes", "form-hmac-length", "form-references-swapped",
		"form-reference-twice", "form-reference-id", "form-reference-no-type", "form-certificate-v1", "form-policy", "form-role",
		"time-zone", "time-fraction", "time-too-early", "certificate-lines", "signature-lines",
		"algorithm-sha1", "algorithm-sha512", "method-rsa-sha1", "method-rsa-sha512",
		"key-p521", "key-rsa-1024", "key-rsa-2047", "key-rsa-exponent",
		"policy-none", "policy-other", "policy-authentication", "policy-soft",
		"authority-usage", "usage-authentication", "issuer-self", "code-two",
		"lt-order", "lt-twice", "lt-comment", "lt-counter-signature", "lt-timestamp-twice", "lt-timestamp-inclusive",
		"lt-certificate-lines", "lt-ocsp-attribute", "lt-no-certificate", "lt-no-revocation", "lt-zip-time",
	}
	_, vectors := forge.Vectors()
	var accepted []string
	for _, v := range vectors {
		if !slices.Contains(want, v.Name) {
			continue
		}
		if output, err := xmlsec(t, v.Bytes, "--insecure"); err == nil {
			accepted = append(accepted, v.Name)
		} else {
			t.Log(v.Name, output)
		}
	}
	slices.Sort(want)
	slices.Sort(accepted)
	require.Equal(t, want, accepted)
}

// TestOpenSSL: openssl verifies what we sign, and we what openssl signs.
func TestOpenSSL(t *testing.T) {
	authority, official := newOfficial(t)
	card := newCard(t, authority, elliptic.P256())
	folder := t.TempDir()
	write := func(name string, b []byte) {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), b, 0o600))
	}
	write("document", document)
	write("issuers.pem", testpki.EncodeCertificates(authority.Certificates()...))
	for _, key := range []*testpki.Key{official, card.Signing} {
		signature, err := eid.SignCMS(context.Background(), document, key)
		require.NoError(t, err)
		write("signature", signature)
		verify := strings.Fields("cms -verify -binary -inform DER -content document -in signature -CAfile issuers.pem -out read")
		output, err := run(t, folder, "openssl", verify...)
		require.NoError(t, err, output)

		secret, err := key.PEM()
		require.NoError(t, err)
		write("key.pem", secret)
		sign := strings.Fields("cms -sign -binary -outform DER -in document -signer key.pem -out theirs")
		output, err = run(t, folder, "openssl", sign...)
		require.NoError(t, err, output)
		theirs, err := os.ReadFile(filepath.Join(folder, "theirs"))
		require.NoError(t, err)
		cert, err := eid.VerifyCMS(document, theirs)
		require.NoError(t, err)
		require.Equal(t, key.Certificate(), cert)

		write("document", append(slices.Clone(document), '\n'))
		output, err = run(t, folder, "openssl", verify...)
		require.Error(t, err, output)
		write("document", document)
	}
}
