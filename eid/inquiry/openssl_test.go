package inquiry_test

import (
	"crypto/elliptic"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/inquiry"
	"valik/eid/testpki"
	"valik/eid/testpki/opensslpki"
)

// world is an authority of the present, since openssl has no other clock, and a
// card of each of its issuing authorities.
type world struct {
	authority  *testpki.Authority
	p256, p384 *testpki.Card
	present    time.Time
}

func newWorld(tb testing.TB) *world {
	tb.Helper()
	w := &world{present: time.Now()}
	var err error
	w.authority, err = testpki.NewAuthority("Valik inquiry", w.present.Add(-24*time.Hour), w.present.Add(24*time.Hour))
	require.NoError(tb, err)
	w.p256, err = w.authority.Issue(testpki.PersonalCode(1), "Mari", "Mets", elliptic.P256())
	require.NoError(tb, err)
	w.p384, err = w.authority.Issue(testpki.PersonalCode(2), "Jaan", "Kask", elliptic.P384())
	require.NoError(tb, err)
	return w
}

func (w *world) issuer() *x509.Certificate { return w.authority.Issuer(elliptic.P256()).Certificate() }

// responder makes an OCSP key for the P-256 authority after a changed template.
func (w *world) responder(tb testing.TB, change func(*x509.Certificate)) *testpki.Key {
	tb.Helper()
	return w.issue(tb, w.authority.ResponderTemplate(), change)
}

// stamper makes a key of a time-stamping authority after a changed template.
func (w *world) stamper(tb testing.TB, change func(*x509.Certificate)) *testpki.Key {
	tb.Helper()
	return w.issue(tb, w.authority.StampTemplate(), change)
}

func (w *world) issue(tb testing.TB, template *x509.Certificate, change func(*x509.Certificate)) *testpki.Key {
	tb.Helper()
	if change != nil {
		change(template)
	}
	key, err := w.authority.Issuer(elliptic.P256()).Issue(template, elliptic.P256())
	require.NoError(tb, err)
	return key
}

var (
	statusRules = &eid.StatusRules{Freshness: 5 * time.Minute, Settle: time.Minute, Skew: 2 * time.Second, Nonce: true}
	nonce       = eid.StatusNonce([]byte("the voter's signature"))
	message     = []byte("<ds:SignatureValue>the voter's signature</ds:SignatureValue>")
)

// listen serves on the loopback until the test ends.
func listen(tb testing.TB, handler http.Handler) string {
	tb.Helper()
	server := httptest.NewServer(handler)
	tb.Cleanup(server.Close)
	return server.URL
}

// TestOpenSSLStatus asks the real responder over HTTP and judges what it says.
func TestOpenSSLStatus(t *testing.T) {
	w, stranger := newWorld(t), newWorld(t)
	card := w.p256.Signing.Certificate()
	delegated := w.responder(t, nil)
	expired := func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = w.present.Add(-2*time.Hour), w.present.Add(-time.Hour)
	}
	undelegated := func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }
	good := []opensslpki.Entry{{Cert: card}}
	revoked := func(ago time.Duration, reason string) []opensslpki.Entry {
		return []opensslpki.Entry{{Cert: card, Revoked: w.present.Add(-ago), Reason: reason}}
	}
	anHour := time.Hour
	for _, test := range []struct {
		name  string
		key   *testpki.Key
		index []opensslpki.Entry
		args  []string
		later time.Duration // how much later than at present the cast is
		code  string
	}{
		{"good", delegated, good, nil, 0, ""},
		{"good, for a day", delegated, good, []string{"-ndays", "1"}, 0, ""},
		{"good, named by key", delegated, good, []string{"-resp_key_id"}, 0, ""},
		{"good, SHA-384", delegated, good, []string{"-rmd", "sha384"}, 0, ""},
		{"good, by the issuer", w.authority.Issuer(elliptic.P256()), good, nil, 0, ""},
		{"good, by the issuer without certificate", w.authority.Issuer(elliptic.P256()), good, []string{"-resp_no_certs"}, 0, ""},
		{"no certificate", delegated, good, []string{"-resp_no_certs"}, 0, eid.CodeStatusResponder},
		{"SHA-1", delegated, good, []string{"-rmd", "sha1"}, 0, eid.CodeStatusAlgorithm},
		{"revoked", delegated, revoked(anHour, ""), nil, 0, eid.CodeStatusRevoked},
		{"key compromised", delegated, revoked(anHour, "keyCompromise"), nil, 0, eid.CodeStatusRevoked},
		{"suspended", delegated, revoked(anHour, "certificateHold"), nil, 0, eid.CodeStatusRevoked},
		{"revoked after the cast", delegated, revoked(0, ""), nil, -30 * time.Second, ""},
		{"unknown", delegated, []opensslpki.Entry{{Cert: w.p256.Authentication.Certificate()}}, nil, 0, eid.CodeStatusUnknown},
		{"expired responder", w.responder(t, expired), good, nil, 0, eid.CodeStatusResponderExpired},
		{"not delegated", w.responder(t, undelegated), good, nil, 0, eid.CodeStatusResponder},
		{"a voter", w.p256.Authentication, good, nil, 0, eid.CodeStatusResponder},
		{"another's responder", stranger.responder(t, nil), good, nil, 0, eid.CodeStatusResponder},
		{"judged later", delegated, good, nil, anHour, eid.CodeStatusStale},
		{"judged too early", delegated, good, nil, -anHour, eid.CodeStatusFuture},
		{"used up", delegated, good, []string{"-nmin", "1"}, 2 * time.Minute, eid.CodeStatusStale},
	} {
		t.Run(test.name, func(t *testing.T) {
			url := listen(t, opensslpki.NewStatus(t, w.issuer(), test.key, test.index, test.args...))
			client := inquiry.New(inquiry.Config{Timeout: 30 * time.Second, Issuers: map[inquiry.Fingerprint]inquiry.Addresses{
				inquiry.FingerprintOf(w.issuer()): {Status: url},
			}})
			response, err := client.Status(t.Context(), card, w.issuer(), nonce)
			require.NoError(t, err)
			at := time.Now().Add(test.later)
			err = statusRules.VerifyOCSP(response, card, w.issuer(), nonce, at)
			require.Equal(t, test.code, eid.CodeOf(err), "%v", err)
			// The same answer is none to another question, and none about another card.
			err = statusRules.VerifyOCSP(response, w.p384.Signing.Certificate(), w.issuer(), nonce, at)
			require.Equal(t, eid.CodeStatusOtherCertificate, eid.CodeOf(err))
			if test.code == "" {
				err = statusRules.VerifyOCSP(response, card, w.issuer(), eid.StatusNonce([]byte("another")), at)
				require.Equal(t, eid.CodeStatusReplayed, eid.CodeOf(err))
			}
		})
	}
}

// TestOpenSSLAppointed: a responder of no issuer answers where it is appointed.
func TestOpenSSLAppointed(t *testing.T) {
	w, stranger := newWorld(t), newWorld(t)
	card, key := w.p256.Signing.Certificate(), stranger.responder(t, nil)
	request, err := eid.NewStatusRequest(card, w.issuer(), nonce)
	require.NoError(t, err)
	for _, args := range [][]string{nil, {"-resp_no_certs"}, {"-resp_no_certs", "-resp_key_id"}} {
		response, err := opensslpki.NewStatus(t, w.issuer(), key, []opensslpki.Entry{{Cert: card}}, args...).Answer(t.Context(), request)
		require.NoError(t, err)
		rules := *statusRules
		rules.Responders = []*x509.Certificate{key.Certificate()}
		require.NoError(t, rules.VerifyOCSP(response, card, w.issuer(), nonce, time.Now()))
		require.Equal(t, eid.CodeStatusResponder, eid.CodeOf(statusRules.VerifyOCSP(response, card, w.issuer(), nonce, time.Now())))
	}
}

// TestOpenSSLTime asks the real authority over HTTP and judges its time-stamp.
func TestOpenSSLTime(t *testing.T) {
	w, stranger := newWorld(t), newWorld(t)
	issuer := []*x509.Certificate{w.issuer()}
	key := w.stamper(t, nil)
	expired := w.stamper(t, func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = w.present.Add(-2*time.Hour), w.present.Add(-time.Hour)
	})
	for _, test := range []struct {
		name        string
		key         *testpki.Key
		hash        string
		authorities []*x509.Certificate
		message     []byte
		later       time.Duration
		code        string
	}{
		{"good", key, "sha256", issuer, message, 0, ""},
		{"good, named by SHA-1", key, "sha1", issuer, message, 0, ""},
		{"good, named by SHA-512", key, "sha512", issuer, message, 0, ""},
		{"good, itself accepted", key, "sha256", []*x509.Certificate{key.Certificate()}, message, 0, ""},
		{"other signature", key, "sha256", issuer, []byte("another"), 0, eid.CodeTimeDigest},
		{"expired", expired, "sha256", issuer, message, 0, eid.CodeTimeAuthorityExpired},
		{"another's", stranger.stamper(t, nil), "sha256", issuer, message, 0, eid.CodeTimeAuthority},
		{"none accepted", key, "sha256", nil, message, 0, eid.CodeTimeAuthority},
		{"long before the cast", key, "sha256", issuer, message, time.Hour, eid.CodeTimeStale},
		{"long after the cast", key, "sha256", issuer, message, -time.Hour, eid.CodeTimeStale},
	} {
		t.Run(test.name, func(t *testing.T) {
			client := inquiry.New(inquiry.Config{Timeout: 30 * time.Second, TimeStamps: listen(t, opensslpki.NewTime(t, test.key, test.hash))})
			token, err := client.TimeStamp(t.Context(), message)
			require.NoError(t, err)
			rules := &eid.TimeRules{Authorities: test.authorities, Tolerance: 10 * time.Second, Settle: time.Minute}
			at := time.Now().Add(test.later)
			stamped, err := rules.VerifyTimeStamp(token, test.message, at)
			require.Equal(t, test.code, eid.CodeOf(err), "%v", err)
			if test.code == "" {
				require.WithinDuration(t, at, stamped, 10*time.Second)
			}
		})
	}
}
