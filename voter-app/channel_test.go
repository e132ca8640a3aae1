package voter_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/collector"
	test "valik/collector/collectortest"
	"valik/eid"
	"valik/eid/testpki"
	"valik/election"
	"valik/internal/polls"
	voter "valik/voter-app"
)

// newTLSWorld is a world whose collector ends TLS itself, binds the sign-on to the
// channel, and takes TLS client certificates at an address of its own.
func newTLSWorld(t *testing.T, voters int) *world {
	t.Helper()
	public, cards := listen(t), listen(t)
	certificate, pool := serverCertificate(t)
	set := test.New(t, voters, func(m *election.Manifest) {
		m.Collector.URL, m.Collector.Channel = "https://"+public.Addr().String(), true
		m.Collector.Cards = "https://" + cards.Addr().String()
	})
	w := &world{Polls: polls.Serve(t, set), t: t}
	w.server = serveTLS(public, w.Polls, &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS13})
	cardTLS := collector.CardTLS(func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return &certificate, nil })
	cardTLS.Certificates = []tls.Certificate{certificate} // or httptest would put one of its own there
	second := serveTLS(cards, w.Cards, cardTLS)
	w.http = &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	t.Cleanup(func() {
		w.http.CloseIdleConnections()
		w.server.Close()
		second.Close()
	})
	return w
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	return listener
}

func serveTLS(listener net.Listener, handler http.Handler, config *tls.Config) *httptest.Server {
	s := &httptest.Server{Listener: listener, TLS: config, Config: &http.Server{Handler: handler}}
	s.StartTLS()
	return s
}

// serverCertificate is one for 127.0.0.1, and the pool of who trusts it.
func serverCertificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func requireRefusal(t *testing.T, err error, code string) {
	t.Helper()
	var refused *voter.RefusedError
	require.ErrorAs(t, err, &refused)
	require.Equal(t, code, refused.Refusal.Code)
}

func TestSignOnIsBoundToTheChannel(t *testing.T) {
	w := newTLSWorld(t, 2)
	e := w.open()
	for range 2 {
		who, err := e.Identify(ctx, eid.AuthenticateWith(w.Voters[0].Card.Authentication))
		require.NoError(t, err)
		require.Equal(t, w.Voters[0].Pseudonym, who.Pseudonym)
	}

	t.Run("an answer that is passed on over another channel", func(t *testing.T) {
		// The attacker has a certificate that the voter's program trusts, ends TLS, and passes
		// everything on over a connection of its own.
		collector := serveTLS(listen(t), w.Honest(), w.server.TLS.Clone())
		defer collector.Close()
		w.in(t).Lies(passOn(t, w.http, collector))
		_, err := e.Identify(ctx, eid.AuthenticateWith(w.Voters[0].Card.Authentication))
		requireRefusal(t, err, "channel")
		w.Lies(nil)
		_, err = e.Identify(ctx, eid.AuthenticateWith(w.Voters[0].Card.Authentication))
		require.NoError(t, err)
	})
	t.Run("an answer to no channel", func(t *testing.T) {
		challenge, err := election.ParseChallenge(postTo(t, w.http, w.Manifest.Collector.URL+"/v1/session/challenge", nil))
		require.NoError(t, err)
		login, err := w.Manifest.Question(eid.Challenge(challenge.Challenge), nil).Sign(ctx, eid.AuthenticateWith(w.Voters[0].Card.Authentication))
		require.NoError(t, err)
		answer := postTo(t, w.http, w.Manifest.Collector.URL+"/v1/session", election.NewLogin(w.Fingerprint(), challenge.Challenge, login.Bytes()).Bytes())
		refusal, err := election.ParseRefusal(answer)
		require.NoError(t, err)
		require.Equal(t, "channel", refusal.Code)
	})
	t.Run("a connection that ends while the voter looks for the PIN", func(t *testing.T) {
		slow := &slowCard{before: func() { w.server.CloseClientConnections() }, card: w.Voters[0].Card.Authentication}
		_, err := e.Identify(ctx, slow)
		var refused *voter.RefusedError
		if errors.As(err, &refused) { // over a new connection
			require.Equal(t, "channel", refused.Refusal.Code)
		} else { // the program found out that the old one is dead
			require.ErrorIs(t, err, voter.ErrUnreachable)
		}
		_, err = e.Identify(ctx, eid.AuthenticateWith(w.Voters[0].Card.Authentication))
		require.NoError(t, err)
	})
	t.Run("a program without a view of its connections", func(t *testing.T) {
		blind, err := voter.Open(ctx, w.Manifest.Collector.URL, w.Fingerprint(), nil, &http.Client{Transport: opaque{w.http.Transport}})
		require.NoError(t, err)
		_, err = blind.Identify(ctx, eid.AuthenticateWith(w.Voters[0].Card.Authentication))
		require.ErrorIs(t, err, voter.ErrChannel)
		require.Contains(t, voter.Explain(err), "No vote was cast.")
	})
}

// slowCard does something before it signs.
type slowCard struct {
	before func()
	card   eid.Signer
}

func (s *slowCard) Authenticate(ctx context.Context, message []byte) (*eid.Answer, error) {
	s.before()
	return eid.AuthenticateWith(s.card).Authenticate(ctx, message)
}

// opaque hides a transport.
type opaque struct{ http.RoundTripper }

// passOn is an attacker who passes every request on to a collector.
func passOn(t *testing.T, h *http.Client, collector *httptest.Server) polls.Lie {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		request, err := http.NewRequestWithContext(r.Context(), r.Method, collector.URL+r.URL.Path, r.Body)
		if err != nil {
			t.Error(err)
			return
		}
		request.Header = r.Header
		resp, err := h.Do(request)
		if err != nil {
			t.Error(err)
			return
		}
		defer resp.Body.Close()
		w.WriteHeader(resp.StatusCode)
		_, _ = io.Copy(w, resp.Body)
	}
}

func postTo(t *testing.T, h *http.Client, address string, body []byte) []byte {
	t.Helper()
	resp, err := h.Post(address, "application/json", bytes.NewReader(body))
	require.NoError(t, err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return answer
}

func TestSignOnByCertificate(t *testing.T) {
	w := newTLSWorld(t, 2)
	e := w.open()
	voterOf := w.Voters[0]
	who, err := e.IdentifyByCertificate(ctx, voterOf.Card.Authentication)
	require.NoError(t, err)
	require.Equal(t, voterOf.Pseudonym, who.Pseudonym)

	rsaCard, err := w.Issuer.IssueRSA(voterOf.Code, "Given0", "Voter", 2048)
	require.NoError(t, err)
	who, err = e.IdentifyByCertificate(ctx, rsaCard.Authentication.PSS())
	require.NoError(t, err)
	require.Equal(t, voterOf.Pseudonym, who.Pseudonym)
	_, err = e.IdentifyByCertificate(ctx, rsaCard.Authentication)
	require.ErrorIs(t, err, voter.ErrChannel, "TLS 1.3 signs by PSS alone")

	rogue, err := testpki.NewAuthority("Rogue", test.Opens.AddDate(-1, 0, 0), test.Opens.AddDate(1, 0, 0))
	require.NoError(t, err)
	forged, err := rogue.Issue(voterOf.Code, "Given0", "Voter", elliptic.P256())
	require.NoError(t, err)
	stranger, err := w.Issuer.Issue(testpki.PersonalCode(77), "A", "Stranger", elliptic.P384())
	require.NoError(t, err)
	for name, tt := range map[string]struct {
		card eid.Signer
		code string
	}{
		"another issuer":     {forged.Authentication, "login"},
		"the signing key":    {voterOf.Card.Signing, "login"},
		"who is not a voter": {stranger.Authentication, "not_on_roll"},
		"an official's key":  {w.Official, "login"},
	} {
		_, err := e.IdentifyByCertificate(ctx, tt.card)
		requireRefusal(t, err, tt.code)
		require.NotEmpty(t, name)
	}
	t.Run("another's certificate", func(t *testing.T) {
		_, err := e.IdentifyByCertificate(ctx, testpki.NewKey(voterOf.Card.Authentication.Certificate(), w.Voters[1].Card.Authentication.Private()))
		require.ErrorIs(t, err, voter.ErrUnreachable, "TLS does not come about")
	})
	t.Run("no certificate", func(t *testing.T) {
		_, err := w.http.Post(w.Manifest.Collector.Cards+"/v1/session/certificate", "", nil) //nolint:bodyclose
		require.ErrorContains(t, err, "certificate required")
	})
	t.Run("an election without an address for it", func(t *testing.T) {
		plain := newWorld(t, 1)
		_, err := plain.open().IdentifyByCertificate(ctx, plain.Voters[0].Card.Authentication)
		require.ErrorIs(t, err, voter.ErrNoCards)
	})
}

func TestSession(t *testing.T) {
	w := newWorld(t, 2)
	e := w.open()
	who, err := e.Identify(ctx, eid.AuthenticateWith(w.Voters[0].Card.Authentication))
	require.NoError(t, err)
	require.NotContains(t, fmt.Sprintf("%v %+v %#v", who, who, who.Session), base64.StdEncoding.EncodeToString(who.Session.Token))

	_, err = e.Cast(ctx, w.prepare(e, w.Voters[0]))
	require.NoError(t, err)
	again, err := e.Again(ctx, who)
	require.NoError(t, err)
	require.Len(t, again.Casts, 1, "what has been cast since")
	require.Equal(t, who.Session, again.Session, "it does not get longer")

	for i := range who.Session.Token {
		forged := *who
		forged.Session.Token = bytes.Clone(who.Session.Token)
		forged.Session.Token[i] ^= 1
		_, err := e.Again(ctx, &forged)
		requireRefusal(t, err, "session")
	}
	w.SetTime(who.Session.Expires.Time().Add(-time.Second))
	_, err = e.Again(ctx, who)
	require.NoError(t, err)
	w.SetTime(who.Session.Expires.Time())
	_, err = e.Again(ctx, who)
	requireRefusal(t, err, "session")
	_, err = e.Again(ctx, &election.Eligibility{})
	requireRefusal(t, err, "session")
}
