package responder_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/inquiry"
	"valik/eid/testpki"
	"valik/eid/testpki/opensslpki"
	"valik/eid/testpki/responder"
)

var (
	nonce   = eid.StatusNonce([]byte("signature"))
	message = []byte("<ds:SignatureValue/>")
)

// world is a responder on the loopback and who asks it.
type world struct {
	authority *testpki.Authority
	responder *responder.Responder
	client    *inquiry.Client
	status    *eid.StatusRules
	time      *eid.TimeRules
}

func newWorld(tb testing.TB) *world {
	tb.Helper()
	present := time.Now()
	authority, err := testpki.NewAuthority("Valik responder", present.Add(-24*time.Hour), present.Add(24*time.Hour))
	require.NoError(tb, err)
	r, err := responder.New(authority, nil)
	require.NoError(tb, err)
	server := httptest.NewServer(r)
	tb.Cleanup(server.Close)
	return &world{
		authority: authority.Online(server.URL), responder: r,
		client: inquiry.New(inquiry.Config{TimeStamps: server.URL + testpki.TimePath}),
		status: &eid.StatusRules{Freshness: time.Minute, Settle: time.Minute, Skew: 2 * time.Second, Nonce: true, CRL: true},
		time:   &eid.TimeRules{Authorities: r.Authorities(), Tolerance: 10 * time.Second, Settle: time.Minute},
	}
}

func (w *world) card(tb testing.TB, curve elliptic.Curve) *x509.Certificate {
	tb.Helper()
	card, err := w.authority.Issue(testpki.PersonalCode(1), "Mari", "Mets", curve)
	require.NoError(tb, err)
	return card.Signing.Certificate()
}

// ask gives the codes of what becomes of the three questions about a card.
func (w *world) ask(tb testing.TB, cert *x509.Certificate, nonce, message []byte) (status, list, stamp string) {
	tb.Helper()
	issuer := w.issuer(cert)
	response, err := w.client.Status(tb.Context(), cert, issuer, nonce)
	if err == nil {
		err = w.status.VerifyOCSP(response, cert, issuer, nonce, time.Now())
	}
	crl, err2 := inquiry.New(inquiry.Config{}).CRL(tb.Context(), cert, issuer)
	if err2 == nil {
		var parsed *eid.RevocationList
		if parsed, err2 = eid.ParseRevocationList(crl, issuer); err2 == nil {
			err2 = w.status.VerifyCRL(parsed, cert, time.Now())
		}
	}
	token, err3 := w.client.TimeStamp(tb.Context(), message)
	if err3 == nil {
		_, err3 = w.time.VerifyTimeStamp(token, message, time.Now())
	}
	return eid.CodeOf(err), eid.CodeOf(err2), eid.CodeOf(err3)
}

func (w *world) issuer(cert *x509.Certificate) *x509.Certificate {
	return w.authority.Issuer(cert.PublicKey.(*ecdsa.PublicKey).Curve).Certificate()
}

// TestFaults: each fault is refused for what it is.
func TestFaults(t *testing.T) {
	w := newWorld(t)
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384()} {
		cert := w.card(t, curve)
		w.responder.Misbehave(responder.Honest)
		w.ask(t, cert, []byte("before"), []byte("before")) // what Replay repeats
		for _, test := range []struct {
			fault               responder.Fault
			status, list, stamp string
		}{
			{responder.Replay, eid.CodeStatusReplayed, "", eid.CodeTimeReplayed},
			{responder.Honest, "", "", ""},
			{responder.Stale, eid.CodeStatusStale, eid.CodeStatusCRLStale, eid.CodeTimeStale},
			{responder.Other, eid.CodeStatusResponder, eid.CodeStatusCRLIssuer, eid.CodeTimeAuthority},
			{responder.Expired, eid.CodeStatusResponderExpired, "", eid.CodeTimeAuthority},
			{responder.BadSignature, eid.CodeStatusSignature, eid.CodeStatusSignature, eid.CodeTimeSignature},
			{responder.Unknown, eid.CodeStatusUnknown, "", ""},
			{responder.NoNonce, eid.CodeStatusReplayed, "", eid.CodeTimeReplayed},
			{responder.Refuse, eid.CodeStatusRefused, eid.CodeStatusUnreachable, eid.CodeTimeRefused},
			{responder.Garbage, eid.CodeStatusForm, eid.CodeStatusCRLForm, eid.CodeTimeForm},
			{responder.Page, eid.CodeStatusUnreachable, eid.CodeStatusUnreachable, eid.CodeTimeUnreachable},
			{responder.Down, eid.CodeStatusUnreachable, eid.CodeStatusUnreachable, eid.CodeTimeUnreachable},
			{responder.Honest, "", "", ""},
		} {
			w.responder.Misbehave(test.fault)
			status, list, stamp := w.ask(t, cert, nonce, message)
			require.Equal(t, [3]string{test.status, test.list, test.stamp}, [3]string{status, list, stamp}, "fault %d", test.fault)
		}
	}
}

// TestExpiredStamp: where the time-stamping authority's issuer is accepted.
func TestExpiredStamp(t *testing.T) {
	w := newWorld(t)
	w.time.Authorities = []*x509.Certificate{w.authority.Issuer(elliptic.P256()).Certificate()}
	w.responder.Misbehave(responder.Expired)
	_, _, stamp := w.ask(t, w.card(t, elliptic.P256()), nonce, message)
	require.Equal(t, eid.CodeTimeAuthorityExpired, stamp)
}

// TestRevoke: a revocation counts from its time on, and for one card alone.
func TestRevoke(t *testing.T) {
	w := newWorld(t)
	cert, other := w.card(t, elliptic.P256()), w.card(t, elliptic.P256())
	w.responder.Revoke(cert, time.Now().Add(time.Hour), 1)
	status, list, _ := w.ask(t, cert, nonce, message)
	require.Equal(t, [2]string{"", ""}, [2]string{status, list}, "revoked later than at the cast")
	w.responder.Revoke(cert, time.Now().Add(-time.Hour), 1)
	status, list, _ = w.ask(t, cert, nonce, message)
	require.Equal(t, [2]string{eid.CodeStatusRevoked, eid.CodeStatusRevoked}, [2]string{status, list})
	status, list, _ = w.ask(t, other, nonce, message)
	require.Equal(t, [2]string{"", ""}, [2]string{status, list})
	require.Equal(t, 3, w.responder.Asked(testpki.StatusPath))
}

// TestOffline: cards name addresses only where they are asked to.
func TestOffline(t *testing.T) {
	present := time.Now()
	authority, err := testpki.NewAuthority("Valik offline", present.Add(-time.Hour), present.Add(time.Hour))
	require.NoError(t, err)
	authority.Online("http://127.0.0.1:1")
	card, err := authority.Issue(testpki.PersonalCode(1), "Mari", "Mets", elliptic.P256())
	require.NoError(t, err)
	require.Empty(t, card.Signing.Certificate().OCSPServer)
	require.Empty(t, card.Signing.Certificate().CRLDistributionPoints)
}

// TestOpenSSLReads: openssl verifies what this responder says.
func TestOpenSSLReads(t *testing.T) {
	w := newWorld(t)
	cert := w.card(t, elliptic.P384())
	folder := t.TempDir()
	opensslpki.Write(t, folder, "all.pem", testpki.EncodeCertificates(w.authority.Certificates()...))
	request, err := eid.NewStatusRequest(cert, w.issuer(cert), nonce)
	require.NoError(t, err)
	opensslpki.Write(t, folder, "request", request)
	ask := func() string {
		response, err := w.client.Status(t.Context(), cert, w.issuer(cert), nonce)
		require.NoError(t, err)
		opensslpki.Write(t, folder, "response", response)
		output, err := opensslpki.Run(t, folder, strings.Fields("ocsp -respin response -reqin request -resp_text -CAfile all.pem")...)
		require.NoError(t, err, output)
		return output
	}
	output := ask()
	require.Contains(t, output, "Response verify OK")
	require.Contains(t, output, "Cert Status: good")
	require.NotContains(t, output, "WARNING", "the nonce is repeated")
	w.responder.Revoke(cert, time.Now().Add(-time.Hour), 1)
	require.Contains(t, ask(), "Cert Status: revoked")

	token, err := w.client.TimeStamp(t.Context(), message)
	require.NoError(t, err)
	opensslpki.Write(t, folder, "token", token)
	opensslpki.Write(t, folder, "message", message)
	verify := strings.Fields("ts -verify -token_in -in token -data message -CAfile all.pem")
	output, err = opensslpki.Run(t, folder, verify...)
	require.NoError(t, err, output)
	require.Contains(t, output, "Verification: OK")
	opensslpki.Write(t, folder, "message", []byte("other"))
	output, err = opensslpki.Run(t, folder, verify...)
	require.Error(t, err, output)
}
