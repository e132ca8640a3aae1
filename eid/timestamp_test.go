package eid_test

import (
	"bytes"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/smallstep/pkcs7"
	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/testpki"
	"valik/eid/testpki/opensslpki"
	"valik/eid/testpki/responder"
)

// timeWorld is what time-stamps are made of.
type timeWorld struct {
	authority *testpki.Authority
	issuer    *testpki.Key
	key       *testpki.Key
	rules     *eid.TimeRules
	message   []byte
	at        time.Time
}

func newTimeWorld(tb testing.TB) *timeWorld {
	tb.Helper()
	authority, _ := newAuthority(tb)
	w := &timeWorld{authority: authority, issuer: authority.Issuer(elliptic.P256()), message: []byte("<ds:SignatureValue/>"), at: validFrom.AddDate(0, 0, 3)}
	w.key = w.issue(tb, nil)
	w.rules = &eid.TimeRules{Authorities: []*x509.Certificate{w.issuer.Certificate()}, Tolerance: 10 * time.Second, Settle: time.Minute}
	return w
}

// issue makes a key of a time-stamping authority after a changed template.
func (w *timeWorld) issue(tb testing.TB, change func(*x509.Certificate)) *testpki.Key {
	tb.Helper()
	template := w.authority.StampTemplate()
	if change != nil {
		change(template)
	}
	key, err := w.issuer.Issue(template, elliptic.P256())
	require.NoError(tb, err)
	return key
}

// stamp is a good time-stamp, changed.
func (w *timeWorld) stamp(tb testing.TB, key *testpki.Key, change func(*responder.Stamp)) []byte {
	tb.Helper()
	digest := sha256.Sum256(w.message)
	s := responder.Stamp{Digest: digest[:], Time: w.at, Nonce: big.NewInt(77)}
	if change != nil {
		change(&s)
	}
	b, err := s.Sign(key)
	require.NoError(tb, err)
	return b
}

func TestVerifyTimeStamp(t *testing.T) {
	w := newTimeWorld(t)
	for _, test := range slices.Concat(w.forms(t), w.authorities(t), w.times(t)) {
		stamped, err := w.rules.VerifyTimeStamp(test.bytes, w.message, w.at)
		require.Equal(t, test.code, eid.CodeOf(err), "%s: %v", test.name, err)
		require.Equal(t, test.code == "", !stamped.IsZero(), test.name)
	}
	stamped, err := w.rules.VerifyTimeStamp(w.stamp(t, w.key, nil), w.message, w.at)
	require.NoError(t, err)
	require.True(t, stamped.Equal(w.at))
}

// forms are time-stamps that are good or not as they are written.
func (w *timeWorld) forms(tb testing.TB) []judged {
	good := w.stamp(tb, w.key, nil)
	made := func(change func(*responder.Stamp)) []byte { return w.stamp(tb, w.key, change) }
	extension := func(critical bool) []byte {
		return made(func(s *responder.Stamp) {
			s.Extensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3}, Critical: critical, Value: []byte{5, 0}}}
		})
	}
	response, err := responder.Granted(good)
	require.NoError(tb, err)
	other := sha256.Sum256([]byte("other"))
	return []judged{
		{"good", good, ""},
		{"nothing", nil, eid.CodeTimeMissing},
		{"no stamp", []byte("no stamp"), eid.CodeTimeForm},
		{"a response", response, eid.CodeTimeForm},
		{"a sequence", []byte{0x30, 0}, eid.CodeTimeForm},
		{"cut", good[:len(good)-1], eid.CodeTimeForm},
		{"trailing", append(bytes.Clone(good), 0), eid.CodeTimeForm},
		{"BER", indefinite(good), eid.CodeTimeForm},
		{"deep", nested(eid.TimeLimit / 8), eid.CodeTimeForm},
		{"too large", make([]byte, eid.TimeLimit+1), eid.CodeTimeForm},
		{"signed data", made(func(s *responder.Stamp) { s.ContentType = pkcs7.OIDData }), eid.CodeTimeForm},
		{"version 2", made(func(s *responder.Stamp) { s.Version = 2 }), eid.CodeTimeForm},
		{"two signers", made(func(s *responder.Stamp) { s.Signers = 2 }), eid.CodeTimeForm},
		{"extension", extension(false), ""},
		{"critical extension", extension(true), eid.CodeTimeForm},
		{"impossible accuracy", made(func(s *responder.Stamp) { s.Accuracy = -1 }), eid.CodeTimeForm},
		{"accuracy without bound", made(func(s *responder.Stamp) { s.Accuracy = 1 << 40 }), eid.CodeTimeForm},
		{"no nonce", made(func(s *responder.Stamp) { s.Nonce = nil }), ""},
		{"other digest", made(func(s *responder.Stamp) { s.Digest = other[:] }), eid.CodeTimeDigest},
		{"short digest", made(func(s *responder.Stamp) { s.Digest = s.Digest[:31] }), eid.CodeTimeDigest},
		{"imprint by SHA-1", made(func(s *responder.Stamp) { s.Imprint = pkcs7.OIDDigestAlgorithmSHA1 }), eid.CodeTimeAlgorithm},
		{"signed by SHA-1", made(func(s *responder.Stamp) { s.Algorithm = pkcs7.OIDDigestAlgorithmECDSASHA1 }), eid.CodeTimeAlgorithm},
		{"another's certificate named", made(func(s *responder.Stamp) { s.Named = w.issuer.Certificate() }), eid.CodeTimeSignature},
		{"another's named by SHA-1", made(func(s *responder.Stamp) { s.Named, s.NamedSHA1 = w.issuer.Certificate(), true }), eid.CodeTimeSignature},
		{"named by SHA-1", made(func(s *responder.Stamp) { s.NamedSHA1 = true }), ""},
		{"no certificate named", made(func(s *responder.Stamp) { s.Unnamed = true }), eid.CodeTimeForm},
		{"bit of the signature", flipLast(good), eid.CodeTimeSignature},
		{"bit of the time", bytes.Replace(good, []byte("20290304000000Z"), []byte("20290304000001Z"), 1), eid.CodeTimeSignature},
	}
}

// authorities are time-stamps by those who may make them, and by others.
func (w *timeWorld) authorities(tb testing.TB) []judged {
	by := func(change func(*x509.Certificate)) []byte { return w.stamp(tb, w.issue(tb, change), nil) }
	usage := func(critical bool, value ...byte) []byte {
		return by(func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: critical, Value: append([]byte{0x30, byte(len(value))}, value...)}}
		})
	}
	stamping, signing := []byte{6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 8}, []byte{6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 4}
	namesake, _ := newAuthority(tb)
	strange, err := namesake.TimeStamper()
	require.NoError(tb, err)
	elsewhere, err := w.authority.Issuer(elliptic.P384()).Issue(w.authority.StampTemplate(), elliptic.P256())
	require.NoError(tb, err)
	below := w.issue(tb, func(c *x509.Certificate) {
		c.IsCA, c.KeyUsage, c.ExtraExtensions = true, x509.KeyUsageCertSign, nil
	})
	further, err := below.Issue(w.authority.StampTemplate(), elliptic.P256())
	require.NoError(tb, err)
	p521, err := w.issuer.Issue(w.authority.StampTemplate(), elliptic.P521())
	require.NoError(tb, err)
	weak := testpki.NewKey(withSHA1(tb, w.key.Certificate()), w.key.Private())
	return []judged{
		{"certificate left out", w.stamp(tb, w.key, func(s *responder.Stamp) { s.Omit = true }), eid.CodeTimeAuthority},
		{"of a namesake", w.stamp(tb, strange, nil), eid.CodeTimeAuthority},
		{"of another issuer", w.stamp(tb, elsewhere, nil), eid.CodeTimeAuthority},
		{"one further down", w.stamp(tb, further, nil), eid.CodeTimeAuthority},
		{"signed by another", w.stamp(tb, testpki.NewKey(w.key.Certificate(), strange.Private()), nil), eid.CodeTimeSignature},
		{"the voter", w.stamp(tb, newCard(tb, w.authority, elliptic.P256()).Signing, nil), eid.CodeTimeUsage},
		{"the issuer", w.stamp(tb, w.issuer, nil), eid.CodeTimeUsage},
		{"no usage", by(func(c *x509.Certificate) { c.ExtraExtensions = nil }), eid.CodeTimeUsage},
		{"usage not critical", usage(false, stamping...), eid.CodeTimeUsage},
		{"usage twofold", usage(true, append(bytes.Clone(stamping), signing...)...), eid.CodeTimeUsage},
		{"usage twofold and odd", usage(true, append(bytes.Clone(stamping), 6, 2, 0x2a, 3)...), eid.CodeTimeUsage},
		{"usage as made", usage(true, stamping...), ""},
		{"authority", by(func(c *x509.Certificate) { c.IsCA = true }), eid.CodeTimeUsage},
		{"critical extension", by(func(c *x509.Certificate) {
			c.ExtraExtensions = append(c.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{1, 2, 3}, Critical: true, Value: []byte{5, 0}})
		}), eid.CodeTimeUsage},
		{"expired", by(func(c *x509.Certificate) { c.NotAfter = w.at.Add(-time.Second) }), eid.CodeTimeAuthorityExpired},
		{"not yet valid", by(func(c *x509.Certificate) { c.NotBefore = w.at.Add(time.Second) }), eid.CodeTimeAuthorityExpired},
		{"P-521", w.stamp(tb, p521, nil), eid.CodeTimeAlgorithm},
		{"certificate by SHA-1", w.stamp(tb, weak, nil), eid.CodeTimeAlgorithm},
	}
}

// times are time-stamps around the bounds of the rules: 10 seconds apart, and
// taken until a minute later.
func (w *timeWorld) times(tb testing.TB) []judged {
	var list []judged
	for _, test := range []struct {
		name     string
		from     time.Duration
		accuracy int
		code     string
	}{
		{"early", -10 * time.Second, 0, ""},
		{"too early", -11 * time.Second, 0, eid.CodeTimeStale},
		{"early and vague", -9 * time.Second, 1, ""},
		{"perhaps too early", -9 * time.Second, 2, eid.CodeTimeStale},
		{"late", 70 * time.Second, 0, ""},
		{"too late", 71 * time.Second, 0, eid.CodeTimeStale},
		{"perhaps too late", 69 * time.Second, 2, eid.CodeTimeStale},
		{"too vague", 30 * time.Second, 24 * 60 * 60, eid.CodeTimeStale},
	} {
		list = append(list, judged{test.name, w.stamp(tb, w.key, func(s *responder.Stamp) {
			s.Time, s.Accuracy = w.at.Add(test.from), test.accuracy
		}), test.code})
	}
	return list
}

// TestTimeStampKnown: where the authority's own certificate is the accepted one,
// the stamp need not carry it, and the authority that issued it is nothing.
func TestTimeStampKnown(t *testing.T) {
	w := newTimeWorld(t)
	w.rules.Authorities = []*x509.Certificate{w.key.Certificate()}
	for _, omit := range []bool{false, true} {
		_, err := w.rules.VerifyTimeStamp(w.stamp(t, w.key, func(s *responder.Stamp) { s.Omit = omit }), w.message, w.at)
		require.NoError(t, err)
	}
	_, err := w.rules.VerifyTimeStamp(w.stamp(t, w.issue(t, nil), nil), w.message, w.at)
	require.Equal(t, eid.CodeTimeAuthority, eid.CodeOf(err))
}

// TestTimeStampSigningTime: the CMS library writes the present time into what it
// signs, which is not one of the certificate's.
func TestTimeStampSigningTime(t *testing.T) {
	w := newTimeWorld(t)
	parsed, err := pkcs7.Parse(w.stamp(t, w.key, nil))
	require.NoError(t, err)
	signed, err := pkcs7.NewSignedData(parsed.Content)
	require.NoError(t, err)
	signed.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSHA256)
	signed.GetSignedData().Version = 3
	signed.GetSignedData().ContentInfo.ContentType = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	digest := sha256.Sum256(w.key.Certificate().Raw)
	named := struct{ List []struct{ Hash []byte } }{[]struct{ Hash []byte }{{digest[:]}}}
	require.NoError(t, signed.AddSigner(w.key.Certificate(), w.key.Private(), pkcs7.SignerInfoConfig{
		ExtraSignedAttributes: []pkcs7.Attribute{{Type: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}, Value: named}},
	}))
	token, err := signed.Finish()
	require.NoError(t, err)
	_, err = w.rules.VerifyTimeStamp(token, w.message, w.at)
	require.Equal(t, eid.CodeTimeAuthorityExpired, eid.CodeOf(err), "%v", err)
}

func TestParseTimeStampResponse(t *testing.T) {
	w := newTimeWorld(t)
	token := w.stamp(t, w.key, nil)
	granted, err := responder.Granted(token)
	require.NoError(t, err)
	mods := bytes.Replace(granted, []byte{0x30, 3, 2, 1, 0}, []byte{0x30, 3, 2, 1, 1}, 1)
	for _, test := range []judged{
		{"granted", granted, ""},
		{"granted with modifications", mods, ""},
		{"nothing", nil, eid.CodeTimeMissing},
		{"no response", []byte("no response"), eid.CodeTimeForm},
		{"a sequence", []byte{0x30, 0}, eid.CodeTimeForm},
		{"no stamp", []byte{0x30, 5, 0x30, 3, 2, 1, 0}, eid.CodeTimeForm},
		{"a stamp", token, eid.CodeTimeForm},
		{"rejected", []byte{0x30, 5, 0x30, 3, 2, 1, 2}, eid.CodeTimeRefused},
		{"too large", make([]byte, eid.TimeLimit+1), eid.CodeTimeForm},
	} {
		parsed, err := eid.ParseTimeStampResponse(test.bytes)
		require.Equal(t, test.code, eid.CodeOf(err), "%s: %v", test.name, err)
		if test.code == "" {
			require.Equal(t, token, parsed)
		}
	}
	require.NoError(t, eid.CheckTimeStampNonce(token, big.NewInt(77)))
	require.Equal(t, eid.CodeTimeReplayed, eid.CodeOf(eid.CheckTimeStampNonce(token, big.NewInt(78))))
	without := w.stamp(t, w.key, func(s *responder.Stamp) { s.Nonce = nil })
	require.Equal(t, eid.CodeTimeReplayed, eid.CodeOf(eid.CheckTimeStampNonce(without, big.NewInt(77))))
	require.Equal(t, eid.CodeTimeForm, eid.CodeOf(eid.CheckTimeStampNonce([]byte("no stamp"), big.NewInt(77))))
}

// TestTimeStampRequest: openssl reads the request.
func TestTimeStampRequest(t *testing.T) {
	request, nonce, err := eid.NewTimeStampRequest([]byte("message"))
	require.NoError(t, err)
	_, again, err := eid.NewTimeStampRequest([]byte("message"))
	require.NoError(t, err)
	require.NotEqual(t, nonce, again)
	folder := t.TempDir()
	opensslpki.Write(t, folder, "request", request)
	output, err := opensslpki.Run(t, folder, "ts", "-query", "-in", "request", "-text")
	require.NoError(t, err, output)
	for _, line := range []string{"Version: 1", "Hash Algorithm: sha256", "ab 53 0a 13 e4 59 14 98", "Certificate required: yes"} {
		require.Contains(t, output, line)
	}
}

// TestTimeStampFlips turns every bit of a time-stamp over: none moves the time, or
// makes it one of another signature.
func TestTimeStampFlips(t *testing.T) {
	w := newTimeWorld(t)
	good := w.stamp(t, w.key, nil)
	for i := range 8 * len(good) {
		changed := bytes.Clone(good)
		changed[i/8] ^= 1 << (i % 8)
		stamped, err := w.rules.VerifyTimeStamp(changed, w.message, w.at)
		if err == nil {
			require.True(t, stamped.Equal(w.at), "bit %d of byte %d of %d", i%8, i/8, len(good))
		} else {
			require.NotEmpty(t, eid.CodeOf(err))
		}
	}
}

// TestEvidenceCodes: the tables here meet every code of a status or a time, but for
// those of package inquiry.
func TestEvidenceCodes(t *testing.T) {
	met := map[string]bool{eid.CodeStatusUnreachable: true, eid.CodeTimeUnreachable: true, eid.CodeTimeRefused: true, eid.CodeTimeReplayed: true}
	w, tw := newInquiryWorld(t), newTimeWorld(t)
	for _, test := range slices.Concat(
		w.forms(t), w.signers(t), w.times(t), w.verdicts(t), w.lists(t), tw.forms(t), tw.authorities(t), tw.times(t),
	) {
		met[test.code] = true
	}
	for _, code := range codes(t) {
		require.True(t, met[code] || !isEvidence(code), code)
	}
}

func FuzzVerifyTimeStamp(f *testing.F) {
	w := newTimeWorld(f)
	for _, test := range slices.Concat(w.forms(f), w.authorities(f)) {
		addSeed(f, test.bytes)
	}
	f.Add(realStamp(f, w.key, w.message))
	f.Fuzz(func(t *testing.T, b []byte) {
		stamped, err := w.rules.VerifyTimeStamp(b, w.message, w.at)
		require.Equal(t, err == nil, eid.CodeOf(err) == "")
		require.Equal(t, err != nil, stamped.IsZero())
		nonceErr := eid.CheckTimeStampNonce(b, big.NewInt(77))
		require.Equal(t, nonceErr == nil, eid.CodeOf(nonceErr) == "")
	})
}

// realStamp is a time-stamp by openssl.
func realStamp(tb testing.TB, key *testpki.Key, message []byte) []byte {
	tb.Helper()
	request, _, err := eid.NewTimeStampRequest(message)
	require.NoError(tb, err)
	response, err := opensslpki.NewTime(tb, key, "sha256").Answer(tb.Context(), request)
	require.NoError(tb, err)
	token, err := eid.ParseTimeStampResponse(response)
	require.NoError(tb, err)
	return token
}

func FuzzParseTimeStampResponse(f *testing.F) {
	w := newTimeWorld(f)
	granted, err := responder.Granted(realStamp(f, w.key, w.message))
	require.NoError(f, err)
	f.Add(granted)
	f.Add([]byte{0x30, 5, 0x30, 3, 2, 1, 2})
	f.Fuzz(func(t *testing.T, b []byte) {
		token, err := eid.ParseTimeStampResponse(b)
		require.Equal(t, err == nil, eid.CodeOf(err) == "")
		if err == nil {
			require.True(t, bytes.HasSuffix(b, token))
		}
	})
}

func BenchmarkVerifyTimeStamp(b *testing.B) {
	w := newTimeWorld(b)
	token := w.stamp(b, w.key, nil)
	for name, authority := range map[string]*testpki.Key{"issuer accepted": w.issuer, "itself accepted": w.key} {
		rules := *w.rules
		rules.Authorities = []*x509.Certificate{authority.Certificate()}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := rules.VerifyTimeStamp(token, w.message, w.at); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
