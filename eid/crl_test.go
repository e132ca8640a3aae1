package eid_test

import (
	"bytes"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/testpki"
	"valik/eid/testpki/opensslpki"
)

// list is the issuer's list in which the certificate is not, changed.
func (w *inquiryWorld) list(tb testing.TB, key *testpki.Key, change func(*x509.RevocationList)) []byte {
	tb.Helper()
	other := x509.RevocationListEntry{SerialNumber: big.NewInt(7), RevocationTime: w.at.Add(-time.Hour)}
	template := &x509.RevocationList{
		Number: big.NewInt(1), ThisUpdate: w.at.Add(-time.Hour), NextUpdate: w.at.Add(time.Hour),
		RevokedCertificateEntries: []x509.RevocationListEntry{other},
	}
	if change != nil {
		change(template)
	}
	b, err := x509.CreateRevocationList(rand.Reader, template, key.Certificate(), key.Private())
	require.NoError(tb, err)
	return b
}

// lists are revocation lists that say something of the certificate, or may not.
func (w *inquiryWorld) lists(tb testing.TB) []judged {
	made := func(change func(*x509.RevocationList)) []byte { return w.list(tb, w.issuer, change) }
	entry := func(from time.Duration, reason int, extensions ...pkix.Extension) []byte {
		return made(func(l *x509.RevocationList) {
			l.RevokedCertificateEntries = append(l.RevokedCertificateEntries, x509.RevocationListEntry{
				SerialNumber: w.cert.SerialNumber, RevocationTime: w.at.Add(from), ReasonCode: reason, ExtraExtensions: extensions,
			})
		})
	}
	times := func(this, next time.Duration) []byte {
		return made(func(l *x509.RevocationList) { l.ThisUpdate, l.NextUpdate = w.at.Add(this), w.at.Add(next) })
	}
	extended := func(last int, critical bool) []byte {
		return made(func(l *x509.RevocationList) {
			l.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, last}, Critical: critical, Value: []byte{0x30, 0}}}
		})
	}
	critical := pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 29}, Critical: true, Value: []byte{0x30, 0}} // certificateIssuer
	namesake, _ := newAuthority(tb)
	good := made(nil)
	return []judged{
		{"good", good, ""},
		{"nothing", nil, eid.CodeStatusMissing},
		{"no list", []byte("no list"), eid.CodeStatusCRLForm},
		{"cut", good[:len(good)-1], eid.CodeStatusCRLForm},
		{"trailing", append(bytes.Clone(good), 0), eid.CodeStatusCRLForm},
		{"too large", make([]byte, eid.CRLLimit+1), eid.CodeStatusCRLForm},
		{"without end", withoutEnd(tb, good), eid.CodeStatusCRLForm},
		{"delta", extended(27, true), eid.CodeStatusCRLForm},
		{"delta, not critical", extended(27, false), eid.CodeStatusCRLForm},
		{"of a part", extended(28, true), eid.CodeStatusCRLForm},
		{"of a part, not critical", extended(28, false), eid.CodeStatusCRLForm},
		{"critical extension", extended(99, true), eid.CodeStatusCRLForm},
		{"other extension", extended(99, false), ""},
		{"another issuer's", w.list(tb, w.authority.Issuer(elliptic.P384()), nil), eid.CodeStatusCRLIssuer},
		{"a namesake's", w.list(tb, namesake.Issuer(elliptic.P256()), nil), eid.CodeStatusSignature},
		{"flipped", flipLast(good), eid.CodeStatusSignature},
		{"current to the second", times(0, 0), ""},
		{"settled later, by a fast clock", times(70*time.Second, time.Hour), ""},
		{"of the future", times(71*time.Second, time.Hour), eid.CodeStatusFuture},
		{"used up", times(-time.Hour, -time.Second), eid.CodeStatusCRLStale},
		{"revoked", entry(-time.Hour, 1), eid.CodeStatusRevoked},
		{"revoked at the cast", entry(0, 0), eid.CodeStatusRevoked},
		{"revoked after the cast", entry(time.Second, 0), ""},
		{"suspended", entry(-time.Hour, 6), eid.CodeStatusRevoked},
		{"revoked after the cast and before", made(func(l *x509.RevocationList) {
			for _, from := range []time.Duration{time.Hour, -time.Hour} {
				l.RevokedCertificateEntries = append(l.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: w.cert.SerialNumber, RevocationTime: w.at.Add(from)})
			}
		}), eid.CodeStatusRevoked},
		{"another issuer's entry", entry(-time.Hour, 0, critical), eid.CodeStatusCRLForm},
		{"removed", entry(-time.Hour, 8), eid.CodeStatusRevoked},
	}
}

// withoutEnd takes nextUpdate out of a list.
func withoutEnd(tb testing.TB, list []byte) []byte {
	tb.Helper()
	var fields, inner []asn1.RawValue
	_, err := asn1.Unmarshal(list, &fields)
	require.NoError(tb, err)
	_, err = asn1.Unmarshal(fields[0].FullBytes, &inner)
	require.NoError(tb, err)
	fields[0].FullBytes, err = asn1.Marshal(slices.Delete(inner, 4, 5)) // version, algorithm, issuer, thisUpdate
	require.NoError(tb, err)
	b, err := asn1.Marshal(fields)
	require.NoError(tb, err)
	return b
}

// verifyCRL reads a list and judges by it.
func verifyCRL(rules *eid.StatusRules, crl []byte, cert, issuer *x509.Certificate, at time.Time) error {
	list, err := eid.ParseRevocationList(crl, issuer)
	if err != nil {
		return err
	}
	return rules.VerifyCRL(list, cert, at)
}

func TestVerifyCRL(t *testing.T) {
	w := newInquiryWorld(t)
	for _, test := range w.lists(t) {
		err := verifyCRL(w.rules, test.bytes, w.cert, w.issuer.Certificate(), w.at)
		require.Equal(t, test.code, eid.CodeOf(err), "%s: %v", test.name, err)
	}
	w.rules.CRL = false
	err := verifyCRL(w.rules, w.list(t, w.issuer, nil), w.cert, w.issuer.Certificate(), w.at)
	require.Equal(t, eid.CodeStatusMissing, eid.CodeOf(err), "the fallback is not allowed")
}

// TestListOfAnotherIssuer: a list says nothing of certificates that another issued, also
// where the serial number is not on it.
func TestListOfAnotherIssuer(t *testing.T) {
	w := newInquiryWorld(t)
	list, err := eid.ParseRevocationList(w.list(t, w.issuer, nil), w.issuer.Certificate())
	require.NoError(t, err)
	require.NoError(t, w.rules.VerifyCRL(list, w.cert, w.at))
	authority, _ := newAuthority(t)
	other := newCard(t, authority, elliptic.P384()).Signing.Certificate()
	require.Equal(t, eid.CodeStatusCRLIssuer, eid.CodeOf(w.rules.VerifyCRL(list, other, w.at)))
}

// TestVerifyCRLIssuer: only an issuer that may sign lists, and not with SHA-1.
func TestVerifyCRLIssuer(t *testing.T) {
	w := newInquiryWorld(t)
	template := *w.issuer.Certificate()
	template.KeyUsage = x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, w.issuer.Private().Public(), w.issuer.Private())
	require.NoError(t, err)
	noLists, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	err = verifyCRL(w.rules, w.list(t, w.issuer, nil), w.cert, noLists, w.at)
	require.Equal(t, eid.CodeStatusCRLIssuer, eid.CodeOf(err))

	private, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	template = x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "RSA"}, NotBefore: validFrom, NotAfter: validTo,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCRLSign, SubjectKeyId: []byte{1},
	}
	der, err = x509.CreateCertificate(rand.Reader, &template, &template, private.Public(), private)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	good := w.list(t, testpki.NewKey(cert, private), nil)
	_, err = eid.ParseRevocationList(good, cert)
	require.NoError(t, err)
	oid256, oid1 := []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 11}, []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 5}
	weak := bytes.ReplaceAll(good, oid256, oid1)
	require.Equal(t, eid.CodeStatusAlgorithm, eid.CodeOf(verifyCRL(w.rules, weak, w.cert, cert, w.at)))
}

// TestOpenSSLCRL: a list by openssl, and openssl reads ours.
func TestOpenSSLCRL(t *testing.T) {
	authority, _ := newOfficial(t)
	issuer := authority.Issuer(elliptic.P256())
	cert, other := newCard(t, authority, elliptic.P256()).Signing.Certificate(), newCard(t, authority, elliptic.P256()).Signing.Certificate()
	rules := &eid.StatusRules{CRL: true, Skew: time.Second}
	present := time.Now()
	for _, test := range []struct {
		revoked time.Time
		code    string
	}{
		{time.Time{}, ""},
		{present.Add(-time.Minute), eid.CodeStatusRevoked},
	} {
		list := opensslpki.NewList(t, issuer, []opensslpki.Entry{{Cert: cert, Revoked: test.revoked, Reason: "superseded"}, {Cert: other, Revoked: present}})
		require.Equal(t, test.code, eid.CodeOf(verifyCRL(rules, list, cert, issuer.Certificate(), time.Now())))
		require.Equal(t, eid.CodeStatusCRLStale, eid.CodeOf(verifyCRL(rules, list, cert, issuer.Certificate(), present.Add(48*time.Hour))))
	}
	ours, err := issuer.RevocationList([]x509.RevocationListEntry{{SerialNumber: cert.SerialNumber, RevocationTime: present}}, present, present.Add(time.Hour))
	require.NoError(t, err)
	folder := t.TempDir()
	opensslpki.Write(t, folder, "list", ours)
	opensslpki.Write(t, folder, "issuer.pem", testpki.EncodeCertificates(issuer.Certificate()))
	output, err := opensslpki.Run(t, folder, "crl", "-inform", "DER", "-in", "list", "-CAfile", "issuer.pem", "-noout", "-text")
	require.NoError(t, err, output)
	require.Contains(t, output, "verify OK")
}

func FuzzVerifyCRL(f *testing.F) {
	w := newInquiryWorld(f)
	for _, test := range w.lists(f) {
		addSeed(f, test.bytes)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		err := verifyCRL(w.rules, b, w.cert, w.issuer.Certificate(), w.at)
		require.Equal(t, err == nil, eid.CodeOf(err) == "")
	})
}

// BenchmarkRevocationList is a list of 10,000 revoked certificates: read once, and asked
// about a certificate.
func BenchmarkRevocationList(b *testing.B) {
	w := newInquiryWorld(b)
	list := w.list(b, w.issuer, func(l *x509.RevocationList) {
		for i := range int64(10_000) {
			l.RevokedCertificateEntries = append(l.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: big.NewInt(1000 + i), RevocationTime: w.at})
		}
	})
	b.Run("read", func(b *testing.B) {
		b.SetBytes(int64(len(list)))
		for b.Loop() {
			if _, err := eid.ParseRevocationList(list, w.issuer.Certificate()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("ask", func(b *testing.B) {
		parsed, err := eid.ParseRevocationList(list, w.issuer.Certificate())
		require.NoError(b, err)
		for b.Loop() {
			if err := w.rules.VerifyCRL(parsed, w.cert, w.at); err != nil {
				b.Fatal(err)
			}
		}
	})
}
