package eid_test

import (
	"bytes"
	"crypto"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ocsp"

	"valik/eid"
	"valik/eid/testpki"
	"valik/eid/testpki/opensslpki"
	"valik/eid/testpki/responder"
)

// inquiryWorld is what the evidence about one card's certificate is made of.
type inquiryWorld struct {
	authority            *testpki.Authority
	issuer               *testpki.Key
	cert                 *x509.Certificate
	responder, appointed *testpki.Key // delegated by the issuer; appointed by the rules
	rules                *eid.StatusRules
	nonce                []byte
	at                   time.Time
}

func newInquiryWorld(tb testing.TB) *inquiryWorld {
	tb.Helper()
	authority, _ := newAuthority(tb)
	from, _ := authority.Validity()
	w := &inquiryWorld{authority: authority, issuer: authority.Issuer(elliptic.P256()), nonce: eid.StatusNonce([]byte("signature"))}
	w.cert = newCard(tb, authority, elliptic.P256()).Signing.Certificate()
	w.at = from.AddDate(0, 0, 3)
	w.responder = w.key(tb, w.issuer, nil)
	stranger, err := testpki.NewAuthority("Stranger", from, from.AddDate(1, 0, 0))
	require.NoError(tb, err)
	w.appointed = w.key(tb, stranger.Issuer(elliptic.P256()), nil)
	w.rules = &eid.StatusRules{
		Responders: []*x509.Certificate{w.appointed.Certificate()},
		Freshness:  5 * time.Minute, Settle: time.Minute, Skew: 10 * time.Second, Nonce: true, CRL: true,
	}
	return w
}

// key makes an OCSP responder's key by an issuer after a changed template.
func (w *inquiryWorld) key(tb testing.TB, issuer *testpki.Key, change func(*x509.Certificate)) *testpki.Key {
	tb.Helper()
	template := w.authority.ResponderTemplate()
	if change != nil {
		change(template)
	}
	key, err := issuer.Issue(template, elliptic.P256())
	require.NoError(tb, err)
	return key
}

// answer is a good answer, changed.
func (w *inquiryWorld) answer(tb testing.TB, key *testpki.Key, change func(*responder.Answer)) []byte {
	tb.Helper()
	a := responder.Answer{
		Issuer: w.issuer.Certificate(), Serial: w.cert.SerialNumber, Status: ocsp.Good,
		ThisUpdate: w.at, NextUpdate: w.at.Add(time.Hour), ProducedAt: w.at,
		Nonce: w.nonce, Certificates: []*x509.Certificate{key.Certificate()},
	}
	if change != nil {
		change(&a)
	}
	b, err := a.Sign(key)
	require.NoError(tb, err)
	return b
}

// judged is a piece of evidence and the code of its refusal.
type judged struct {
	name  string
	bytes []byte
	code  string
}

func TestVerifyOCSP(t *testing.T) {
	w := newInquiryWorld(t)
	for _, test := range slices.Concat(w.forms(t), w.signers(t), w.times(t), w.verdicts(t)) {
		err := w.rules.VerifyOCSP(test.bytes, w.cert, w.issuer.Certificate(), w.nonce, w.at)
		require.Equal(t, test.code, eid.CodeOf(err), "%s: %v", test.name, err)
	}
}

// forms are answers that are good or not as they are written.
func (w *inquiryWorld) forms(tb testing.TB) []judged {
	good := w.answer(tb, w.responder, nil)
	made := func(change func(*responder.Answer)) []byte { return w.answer(tb, w.responder, change) }
	extension := func(critical bool) []pkix.Extension {
		return []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3}, Critical: critical, Value: []byte{5, 0}}}
	}
	nonce, err := asn1.Marshal(w.nonce)
	require.NoError(tb, err)
	twice := pkix.Extension{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 2}, Value: nonce}
	return []judged{
		{"good", good, ""},
		{"nothing", nil, eid.CodeStatusMissing},
		{"no response", []byte("no response"), eid.CodeStatusForm},
		{"a sequence", []byte{0x30, 0}, eid.CodeStatusForm},
		{"cut", good[:len(good)-1], eid.CodeStatusForm},
		{"trailing", append(bytes.Clone(good), 0), eid.CodeStatusForm},
		{"BER", indefinite(good), eid.CodeStatusForm},
		{"deep", nested(eid.StatusLimit / 8), eid.CodeStatusForm},
		{"too large", made(func(a *responder.Answer) {
			a.Extensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3}, Value: make([]byte, eid.StatusLimit)}}
		}), eid.CodeStatusForm},
		{"success without answer", []byte{0x30, 3, 10, 1, 0}, eid.CodeStatusForm},
		{"another type", bytes.Replace(good, []byte{0x2b, 6, 1, 5, 5, 7, 48, 1, 1}, []byte{0x2b, 6, 1, 5, 5, 7, 48, 1, 9}, 1), eid.CodeStatusForm},
		{"malformed request", ocsp.MalformedRequestErrorResponse, eid.CodeStatusRefused},
		{"try later", ocsp.TryLaterErrorResponse, eid.CodeStatusRefused},
		{"unauthorized", ocsp.UnauthorizedErrorResponse, eid.CodeStatusRefused},
		{"two answers", made(func(a *responder.Answer) { a.Times = 2 }), eid.CodeStatusForm},
		{"extension", made(func(a *responder.Answer) { a.Extensions, a.Single = extension(false), extension(false) }), ""},
		{"critical extension", made(func(a *responder.Answer) { a.Extensions = extension(true) }), eid.CodeStatusForm},
		{"critical extension of one", made(func(a *responder.Answer) { a.Single = extension(true) }), eid.CodeStatusForm},
		{"two nonces", made(func(a *responder.Answer) { a.Extensions = []pkix.Extension{twice} }), eid.CodeStatusForm},
		{"nonce without form", made(func(a *responder.Answer) { a.Nonce, twice.Value = nil, w.nonce; a.Extensions = []pkix.Extension{twice} }), eid.CodeStatusForm},
		{"no nonce", made(func(a *responder.Answer) { a.Nonce = nil }), eid.CodeStatusReplayed},
		{"empty nonce", made(func(a *responder.Answer) { a.Nonce = []byte{} }), eid.CodeStatusReplayed},
		{"other nonce", made(func(a *responder.Answer) { a.Nonce = eid.StatusNonce([]byte("other")) }), eid.CodeStatusReplayed},
		{"longer nonce", made(func(a *responder.Answer) { a.Nonce = append(bytes.Clone(w.nonce), 0) }), eid.CodeStatusReplayed},
		{"SHA-256 names", made(func(a *responder.Answer) { a.Hash = crypto.SHA256 }), ""},
		{"other serial", made(func(a *responder.Answer) { a.Serial = new(big.Int).Add(a.Serial, big.NewInt(1)) }), eid.CodeStatusOtherCertificate},
		{"same serial of another issuer", made(func(a *responder.Answer) { a.Issuer = w.authority.Issuer(elliptic.P384()).Certificate() }), eid.CodeStatusOtherCertificate},
		{"issuer's name alone", made(func(a *responder.Answer) { a.Issuer = parts(w.issuer.Certificate(), w.responder.Certificate()) }), eid.CodeStatusOtherCertificate},
		{"issuer's key alone", made(func(a *responder.Answer) { a.Issuer = parts(w.responder.Certificate(), w.issuer.Certificate()) }), eid.CodeStatusOtherCertificate},
	}
}

// parts is a certificate with one's name and another's key.
func parts(name, key *x509.Certificate) *x509.Certificate {
	return &x509.Certificate{RawSubject: name.RawSubject, RawSubjectPublicKeyInfo: key.RawSubjectPublicKeyInfo}
}

// signers are answers by those who may answer, and by others.
func (w *inquiryWorld) signers(tb testing.TB) []judged {
	by := func(key *testpki.Key) []byte { return w.answer(tb, key, nil) }
	delegated := func(change func(*x509.Certificate)) []byte { return by(w.key(tb, w.issuer, change)) }
	without := func(key *testpki.Key, byKey bool) []byte {
		return w.answer(tb, key, func(a *responder.Answer) { a.Certificates, a.ByKey = nil, byKey })
	}
	below := w.key(tb, w.issuer, func(c *x509.Certificate) { c.IsCA, c.KeyUsage = true, x509.KeyUsageCertSign })
	forged := testpki.NewKey(w.responder.Certificate(), w.appointed.Private())
	p521, err := w.issuer.Issue(w.authority.ResponderTemplate(), elliptic.P521())
	require.NoError(tb, err)
	namesake, _ := newAuthority(tb)
	return []judged{
		{"issuer", by(w.issuer), ""},
		{"issuer without certificate", without(w.issuer, false), ""},
		{"issuer by key", without(w.issuer, true), ""},
		{"appointed", by(w.appointed), ""},
		{"appointed without certificate", without(w.appointed, false), ""},
		{"appointed by key", without(w.appointed, true), ""},
		{"delegated by key", w.answer(tb, w.responder, func(a *responder.Answer) { a.ByKey = true }), ""},
		{"delegated without certificate", without(w.responder, true), eid.CodeStatusResponder},
		{"more certificates", w.answer(tb, w.responder, func(a *responder.Answer) { a.Certificates = append(a.Certificates, w.issuer.Certificate()) }), ""},
		{"signer's certificate second", w.answer(tb, w.responder, func(a *responder.Answer) {
			a.Certificates = []*x509.Certificate{w.issuer.Certificate(), w.responder.Certificate()}
		}), eid.CodeStatusResponder},
		{"issuer's certificate instead", w.answer(tb, w.responder, func(a *responder.Answer) {
			a.Certificates, a.Responder = []*x509.Certificate{w.issuer.Certificate()}, w.issuer.Certificate()
		}), eid.CodeStatusSignature},
		{"other named", w.answer(tb, w.responder, func(a *responder.Answer) { a.Responder = w.issuer.Certificate() }), eid.CodeStatusResponder},
		{"other key named", w.answer(tb, w.responder, func(a *responder.Answer) { a.ByKey, a.Responder = true, w.issuer.Certificate() }), eid.CodeStatusResponder},
		{"not for OCSP", delegated(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageAny} }), eid.CodeStatusResponder},
		{"the voter", by(newCard(tb, w.authority, elliptic.P256()).Signing), eid.CodeStatusResponder},
		{"an authority", delegated(func(c *x509.Certificate) {
			c.IsCA, c.KeyUsage = true, x509.KeyUsageDigitalSignature|x509.KeyUsageCertSign
		}), eid.CodeStatusResponder},
		{"not for signatures", delegated(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyAgreement }), eid.CodeStatusResponder},
		{"critical extension", delegated(func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3}, Critical: true, Value: []byte{5, 0}}}
		}), eid.CodeStatusResponder},
		{"of another issuer", by(w.key(tb, w.authority.Issuer(elliptic.P384()), nil)), eid.CodeStatusResponder},
		{"one further down", by(w.key(tb, below, nil)), eid.CodeStatusResponder},
		{"the issuer's name alone", by(w.key(tb, namesake.Issuer(elliptic.P256()), nil)), eid.CodeStatusResponder},
		{"certificate not yet valid", delegated(func(c *x509.Certificate) { c.NotBefore = w.at.Add(time.Second) }), eid.CodeStatusResponderExpired},
		{"certificate expired", delegated(func(c *x509.Certificate) { c.NotAfter = w.at.Add(-time.Second) }), eid.CodeStatusResponderExpired},
		{"another's signature", w.answer(tb, forged, nil), eid.CodeStatusSignature},
		{"says SHA-1", w.answer(tb, w.responder, func(a *responder.Answer) { a.Algorithm = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 1} }), eid.CodeStatusAlgorithm},
		{"says something", w.answer(tb, w.responder, func(a *responder.Answer) { a.Algorithm = asn1.ObjectIdentifier{1, 2, 3} }), eid.CodeStatusAlgorithm},
		{"says SHA-384", w.answer(tb, w.responder, func(a *responder.Answer) { a.Algorithm = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3} }), eid.CodeStatusSignature},
		{"P-521", by(p521), eid.CodeStatusAlgorithm},
		{"certificate by SHA-1", w.answer(tb, w.responder, func(a *responder.Answer) {
			a.Certificates = []*x509.Certificate{withSHA1(tb, w.responder.Certificate())}
		}), eid.CodeStatusAlgorithm},
	}
}

// withSHA1 is a certificate that says that it was signed with SHA-1.
func withSHA1(tb testing.TB, cert *x509.Certificate) *x509.Certificate {
	tb.Helper()
	sha256, sha1 := []byte{0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2}, []byte{0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1}
	var fields []asn1.RawValue
	_, err := asn1.Unmarshal(cert.Raw, &fields)
	require.NoError(tb, err)
	var inner []asn1.RawValue
	_, err = asn1.Unmarshal(fields[0].FullBytes, &inner)
	require.NoError(tb, err)
	weak, err := asn1.Marshal(struct{ OID asn1.ObjectIdentifier }{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 1}})
	require.NoError(tb, err)
	require.Contains(tb, string(inner[2].FullBytes), string(sha256))
	require.Contains(tb, string(weak), string(sha1))
	inner[2] = asn1.RawValue{FullBytes: weak}
	signed, err := asn1.Marshal(inner)
	require.NoError(tb, err)
	der, err := asn1.Marshal([]asn1.RawValue{{FullBytes: signed}, {FullBytes: weak}, fields[2]})
	require.NoError(tb, err)
	odd, err := x509.ParseCertificate(der)
	require.NoError(tb, err)
	require.Equal(tb, x509.ECDSAWithSHA1, odd.SignatureAlgorithm)
	return odd
}

// times are answers around the bounds of the rules: fresh for 5 minutes, taken
// until a minute later, by clocks that differ by 10 seconds.
func (w *inquiryWorld) times(tb testing.TB) []judged {
	var list []judged
	const s, none = time.Second, 1<<63 - 1
	for _, test := range []struct {
		name                   string
		this, produced, update time.Duration // from the cast
		code                   string
	}{
		{"as old as may be", -300 * s, -300 * s, 0, ""},
		{"too old", -301 * s, 0, 600 * s, eid.CodeStatusStale},
		{"made too early", -301 * s, -301 * s, 600 * s, eid.CodeStatusStale},
		{"made late of old knowledge", -300 * s, 60 * s, 60 * s, ""},
		{"as late as may be", 70 * s, 70 * s, 80 * s, ""},
		{"too late", 71 * s, 71 * s, 80 * s, eid.CodeStatusFuture},
		{"made too late", 0, 71 * s, 80 * s, eid.CodeStatusFuture},
		{"made before it was known", 20 * s, 9 * s, 80 * s, eid.CodeStatusFuture},
		{"clocks of one responder", 20 * s, 10 * s, 80 * s, ""},
		{"without end", -s, -s, none, ""},
		{"used up within the clocks' difference", -60 * s, -60 * s, -10 * s, ""},
		{"used up before the cast", -60 * s, -60 * s, -11 * s, eid.CodeStatusStale},
		{"used up before it begins", 30 * s, 30 * s, 29 * s, eid.CodeStatusStale},
	} {
		list = append(list, judged{test.name, w.answer(tb, w.responder, func(a *responder.Answer) {
			a.ThisUpdate, a.ProducedAt, a.NextUpdate = w.at.Add(test.this), w.at.Add(test.produced), w.at.Add(test.update)
			if test.update == none {
				a.NextUpdate = time.Time{}
			}
		}), test.code})
	}
	return list
}

func (w *inquiryWorld) verdicts(tb testing.TB) []judged {
	revoked := func(from time.Duration, reason int) []byte {
		return w.answer(tb, w.responder, func(a *responder.Answer) {
			a.Status, a.RevokedAt, a.Reason = ocsp.Revoked, w.at.Add(from), reason
		})
	}
	return []judged{
		{"unknown", w.answer(tb, w.responder, func(a *responder.Answer) { a.Status = ocsp.Unknown }), eid.CodeStatusUnknown},
		{"revoked", revoked(-time.Hour, ocsp.KeyCompromise), eid.CodeStatusRevoked},
		{"revoked at the cast", revoked(0, ocsp.Unspecified), eid.CodeStatusRevoked},
		{"revoked after the cast", revoked(time.Second, ocsp.KeyCompromise), ""},
		{"suspended", revoked(-time.Hour, ocsp.CertificateHold), eid.CodeStatusRevoked},
		{"removed from a list", revoked(-time.Hour, ocsp.RemoveFromCRL), eid.CodeStatusRevoked},
	}
}

// TestNonceNotDemanded: without the demand an answer may lack the nonce, but a wrong
// one still shows a replay.
func TestNonceNotDemanded(t *testing.T) {
	w := newInquiryWorld(t)
	w.rules.Nonce = false
	verify := func(nonce []byte) error {
		b := w.answer(t, w.responder, func(a *responder.Answer) { a.Nonce = nonce })
		return w.rules.VerifyOCSP(b, w.cert, w.issuer.Certificate(), w.nonce, w.at)
	}
	require.NoError(t, verify(nil))
	require.NoError(t, verify(w.nonce))
	require.Equal(t, eid.CodeStatusReplayed, eid.CodeOf(verify([]byte("other"))))
}

func TestStatusNonce(t *testing.T) {
	want := sha256.Sum256([]byte("valik/1 status\nsignature"))
	require.Equal(t, want[:], eid.StatusNonce([]byte("signature")))
}

// TestStatusRequest: the library reads the request, and openssl its nonce.
func TestStatusRequest(t *testing.T) {
	w := newInquiryWorld(t)
	for _, size := range []int{0, 129} {
		_, err := eid.NewStatusRequest(w.cert, w.issuer.Certificate(), make([]byte, size))
		require.Equal(t, eid.CodeStatusForm, eid.CodeOf(err))
	}
	request, err := eid.NewStatusRequest(w.cert, w.issuer.Certificate(), bytes.Repeat([]byte{0xab}, 32))
	require.NoError(t, err)
	parsed, err := ocsp.ParseRequest(request)
	require.NoError(t, err)
	require.Equal(t, w.cert.SerialNumber, parsed.SerialNumber)
	require.Equal(t, crypto.SHA1, parsed.HashAlgorithm)
	folder := t.TempDir()
	opensslpki.Write(t, folder, "request", request)
	output, err := opensslpki.Run(t, folder, "ocsp", "-reqin", "request", "-req_text")
	require.NoError(t, err, output)
	require.Contains(t, output, "OCSP Nonce")
	require.Contains(t, output, "0420ABABABAB")
}

// TestIssuerOf: the issuer to ask about is the one that signed.
func TestIssuerOf(t *testing.T) {
	authority, issuers := newAuthority(t)
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384()} {
		issuer, err := issuers.IssuerOf(newCard(t, authority, curve).Signing.Certificate())
		require.NoError(t, err)
		require.Equal(t, authority.Issuer(curve).Certificate(), issuer)
	}
	namesake := newInquiryWorld(t)
	_, err := issuers.IssuerOf(namesake.cert)
	require.Equal(t, eid.CodeCertificateUntrusted, eid.CodeOf(err))
	_, err = issuers.IssuerOf(namesake.appointed.Certificate())
	require.Equal(t, eid.CodeCertificateUntrusted, eid.CodeOf(err))
}

// TestOCSPFlips turns every bit of an answer over: none makes a revoked certificate
// good, or the answer one to another question.
func TestOCSPFlips(t *testing.T) {
	w := newInquiryWorld(t)
	good := w.answer(t, w.issuer, func(a *responder.Answer) { a.Certificates = nil })
	for i := range 8 * len(good) {
		changed := bytes.Clone(good)
		changed[i/8] ^= 1 << (i % 8)
		err := w.rules.VerifyOCSP(changed, w.cert, w.issuer.Certificate(), w.nonce, w.at)
		require.Error(t, err, "bit %d of byte %d of %d", i%8, i/8, len(good))
		require.NotEmpty(t, eid.CodeOf(err))
	}
}

// addSeed leaves out what is large for its own sake: the fuzzer would spend its time
// on making it smaller.
func addSeed(f *testing.F, b []byte) {
	if len(b) < 4<<10 {
		f.Add(b)
	}
}

func FuzzVerifyOCSP(f *testing.F) {
	w := newInquiryWorld(f)
	for _, test := range slices.Concat(w.forms(f), w.signers(f), w.verdicts(f)) {
		addSeed(f, test.bytes)
	}
	request, err := eid.NewStatusRequest(w.cert, w.issuer.Certificate(), w.nonce)
	require.NoError(f, err)
	real, err := opensslpki.NewStatus(f, w.issuer.Certificate(), w.responder, []opensslpki.Entry{{Cert: w.cert}}).Answer(f.Context(), request)
	require.NoError(f, err)
	f.Add(real)
	f.Fuzz(func(t *testing.T, b []byte) {
		err := w.rules.VerifyOCSP(b, w.cert, w.issuer.Certificate(), w.nonce, w.at)
		require.Equal(t, err == nil, eid.CodeOf(err) == "")
	})
}

func BenchmarkVerifyOCSP(b *testing.B) {
	w := newInquiryWorld(b)
	for name, key := range map[string]*testpki.Key{"issuer": w.issuer, "delegated": w.responder} {
		response := w.answer(b, key, nil)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := w.rules.VerifyOCSP(response, w.cert, w.issuer.Certificate(), w.nonce, w.at); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
