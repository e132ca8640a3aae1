package eid_test

import (
	"bytes"
	"context"
	"crypto/elliptic"
	"encoding/asn1"
	"testing"
	"time"

	"github.com/smallstep/pkcs7"
	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/testpki"
)

// newOfficial works at present: CMS signs the time of the clock.
func newOfficial(tb testing.TB) (*testpki.Authority, *testpki.Key) {
	tb.Helper()
	present := time.Now()
	authority, err := testpki.NewAuthority("Valik officials", present.Add(-time.Hour), present.Add(time.Hour))
	require.NoError(tb, err)
	official, err := authority.Official("Head of the election")
	require.NoError(tb, err)
	return authority, official
}

var document = []byte("{\"type\":\"manifest\"}\n")

func TestCMS(t *testing.T) {
	authority, official := newOfficial(t)
	issuers, err := eid.NewIssuers(testpki.Rules(), authority.Certificates())
	require.NoError(t, err)
	card := newCard(t, authority, elliptic.P256())
	for _, key := range []*testpki.Key{official, card.Signing} {
		signature, err := eid.SignCMS(context.Background(), document, key)
		require.NoError(t, err)
		cert, err := eid.VerifyCMS(document, signature)
		require.NoError(t, err)
		require.Equal(t, key.Certificate(), cert)
		require.NoError(t, issuers.Verify(cert, eid.Signing, time.Now()))
	}
}

func TestSignCMSRefuses(t *testing.T) {
	authority, official := newOfficial(t)
	card := newCard(t, authority, elliptic.P256())
	rsaCard, err := authority.IssueRSA(testpki.PersonalCode(43), "Mari", "Mets", 2048)
	require.NoError(t, err)
	otherOfficial, err := authority.Official("Head of another board")
	require.NoError(t, err)
	past, _ := newAuthority(t)
	old, err := past.Official("Head of another election")
	require.NoError(t, err)
	for _, test := range []struct {
		name string
		key  eid.Signer
		code string
	}{
		{"authentication key", card.Authentication, eid.CodeCertificateKeyUsage},
		{"another's key", testpki.NewKey(official.Certificate(), otherOfficial.Private()), eid.CodeSignatureInvalid},
		{"authority", testpki.NewKey(authority.Certificates()[0], official.Private()), eid.CodeCertificateNotEndEntity},
		{"not valid now", old, eid.CodeSignatureInvalid},
		{"RSA-PSS", rsaCard.Signing.PSS(), eid.CodeSignatureAlgorithm},
	} {
		_, err := eid.SignCMS(context.Background(), document, test.key)
		require.Equal(t, test.code, eid.CodeOf(err), "%s: %v", test.name, err)
	}
}

// TestVerifyCMSRefuses makes signatures that the library would take.
func TestVerifyCMSRefuses(t *testing.T) {
	authority, official := newOfficial(t)
	odd, err := authority.IssueKey(authority.Template("", "", ""), elliptic.P521())
	require.NoError(t, err)
	good, err := eid.SignCMS(context.Background(), document, official)
	require.NoError(t, err)
	made := func(digest asn1.ObjectIdentifier, detach bool, sign func(s *pkcs7.SignedData) error) []byte {
		return madeCMS(t, digest, detach, sign)
	}
	add := func(s *pkcs7.SignedData) error {
		return s.AddSigner(official.Certificate(), official.Private(), pkcs7.SignerInfoConfig{})
	}
	with := func(oid asn1.ObjectIdentifier, value any) func(s *pkcs7.SignedData) error {
		return func(s *pkcs7.SignedData) error {
			return s.AddSigner(official.Certificate(), official.Private(),
				pkcs7.SignerInfoConfig{ExtraSignedAttributes: []pkcs7.Attribute{{Type: oid, Value: value}}})
		}
	}
	sha384, unknown := pkcs7.OIDDigestAlgorithmSHA384, asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 99999, 2}
	for _, test := range []struct {
		name      string
		data      []byte
		signature []byte
		code      string
	}{
		{"good", document, good, ""},
		{"made as good", document, made(sha384, true, add), ""},
		{"nothing", document, nil, eid.CodeCMSForm},
		{"no CMS", document, document, eid.CodeCMSForm},
		{"too large", document, make([]byte, eid.CMSLimit+1), eid.CodeCMSForm},
		{"trailing", document, append(bytes.Clone(good), 0), eid.CodeCMSForm},
		{"BER", document, indefinite(good), eid.CodeCMSForm},
		{"deep", document, nested(eid.CMSLimit / 8), eid.CodeCMSForm},
		{"cut", document, good[:len(good)-1], eid.CodeCMSForm},
		{"other data", append(bytes.Clone(document), '\n'), good, eid.CodeDataDigest},
		{"no data", nil, good, eid.CodeDataDigest},
		{"signature bit", document, flipLast(good), eid.CodeSignatureInvalid},
		{"not detached", document, made(sha384, false, add), eid.CodeCMSForm},
		{"SHA-1", document, made(pkcs7.OIDDigestAlgorithmSHA1, true, add), eid.CodeCMSForm},
		{"no signer", document, made(sha384, true, func(s *pkcs7.SignedData) error { s.AddCertificate(official.Certificate()); return nil }), eid.CodeCMSForm},
		{"two signers", document, made(sha384, true, func(s *pkcs7.SignedData) error { return firstError(add(s), add(s)) }), eid.CodeCMSForm},
		{"two content types", document, made(sha384, true, with(pkcs7.OIDAttributeContentType, pkcs7.OIDData)), eid.CodeCMSForm},
		{"no attributes", document, made(sha384, true, func(s *pkcs7.SignedData) error {
			return s.SignWithoutAttr(official.Certificate(), official.Private(), pkcs7.SignerInfoConfig{})
		}), eid.CodeCMSForm},
		{"other content type", document, made(sha384, true, func(s *pkcs7.SignedData) error {
			s.GetSignedData().ContentInfo.ContentType = pkcs7.OIDSignedData
			return add(s)
		}), eid.CodeCMSForm},
		{"digest of another algorithm", document, made(sha384, true, func(s *pkcs7.SignedData) error {
			err := add(s)
			s.GetSignedData().SignerInfos[0].DigestAlgorithm.Algorithm = pkcs7.OIDDigestAlgorithmSHA256
			return err
		}), eid.CodeCMSForm},
		{"too deep", document, made(sha384, true, with(unknown, asn1.RawValue{FullBytes: nested(40)})), eid.CodeCMSForm},
		{"deep enough", document, made(sha384, true, with(unknown, asn1.RawValue{FullBytes: nested(20)})), ""},
		{"large and sound", document, made(sha384, true, with(unknown, make([]byte, eid.CMSLimit))), eid.CodeCMSForm},
		{"P-521", document, made(sha384, true, func(s *pkcs7.SignedData) error {
			return s.AddSigner(odd.Certificate(), odd.Private(), pkcs7.SignerInfoConfig{})
		}), eid.CodeCertificateKeyType},
		{"other certificate", document, made(sha384, true, func(s *pkcs7.SignedData) error {
			err := add(s)
			s.GetSignedData().SignerInfos[0].IssuerAndSerialNumber.SerialNumber.SetInt64(1)
			return err
		}), eid.CodeCMSForm},
	} {
		cert, err := eid.VerifyCMS(test.data, test.signature)
		require.Equal(t, test.code, eid.CodeOf(err), "%s: %v", test.name, err)
		require.Equal(t, test.code == "", cert != nil, test.name)
	}
}

// madeCMS is a signature of the document as the library makes it, signed by sign.
func madeCMS(t *testing.T, digest asn1.ObjectIdentifier, detach bool, sign func(s *pkcs7.SignedData) error) []byte {
	t.Helper()
	s, err := pkcs7.NewSignedData(document)
	require.NoError(t, err)
	s.SetDigestAlgorithm(digest)
	require.NoError(t, sign(s))
	if detach {
		s.Detach()
	}
	b, err := s.Finish()
	require.NoError(t, err)
	return b
}

// indefinite writes the outermost value without its length, as BER may.
func indefinite(der []byte) []byte {
	header := 2 + int(der[1]&0x7f)
	return append(append([]byte{der[0], 0x80}, der[header:]...), 0, 0)
}

// nested is n sequences, one in the other.
func nested(n int) []byte {
	var b []byte
	for range n {
		inner, err := asn1.Marshal(asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: b})
		if err != nil {
			panic(err)
		}
		b = inner
	}
	return b
}

func flipLast(b []byte) []byte {
	b = bytes.Clone(b)
	b[len(b)-1] ^= 1
	return b
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func FuzzVerifyCMS(f *testing.F) {
	_, official := newOfficial(f)
	good, err := eid.SignCMS(context.Background(), document, official)
	require.NoError(f, err)
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add([]byte{0x30, 0x80, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		cert, err := eid.VerifyCMS(document, b)
		require.Equal(t, err == nil, cert != nil)
		if err != nil {
			require.NotEmpty(t, eid.CodeOf(err))
		}
	})
}

// TestCMSFlips turns every bit of a signature over: no byte of it is anybody
// else's than the official's.
func TestCMSFlips(t *testing.T) {
	_, official := newOfficial(t)
	signature, err := eid.SignCMS(context.Background(), document, official)
	require.NoError(t, err)
	for i := range 8 * len(signature) {
		changed := bytes.Clone(signature)
		changed[i/8] ^= 1 << (i % 8)
		if cert, err := eid.VerifyCMS(document, changed); err == nil {
			require.NotEqual(t, official.Certificate().Raw, cert.Raw, "bit %d of byte %d of %d", i%8, i/8, len(signature))
		}
	}
}
