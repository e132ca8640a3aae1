package eid_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/testpki"
)

// serverCertificate is of a server on loopback, signed by itself.
func serverCertificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "server"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: private}, pool
}

// connect makes one TLS connection on loopback and gives both ends' states.
func connect(t *testing.T, server, client *tls.Config) (atServer, atClient tls.ConnectionState) {
	t.Helper()
	cert, pool := serverCertificate(t)
	server.Certificates, client.RootCAs = []tls.Certificate{cert}, pool
	listener, err := tls.Listen("tcp", "127.0.0.1:0", server)
	require.NoError(t, err)
	defer listener.Close()
	type result struct {
		state tls.ConnectionState
		err   error
	}
	accepted := make(chan result, 1)
	go func() {
		connection, err := listener.Accept()
		if err != nil {
			accepted <- result{err: err}
			return
		}
		defer connection.Close()
		end := connection.(*tls.Conn)
		err = end.HandshakeContext(t.Context())
		accepted <- result{end.ConnectionState(), err}
	}()
	connection, err := tls.Dial("tcp", listener.Addr().String(), client)
	require.NoError(t, err)
	defer connection.Close()
	there := <-accepted
	require.NoError(t, there.err)
	return there.state, connection.ConnectionState()
}

// TestChannelBinding: both ends have the same bytes, and no other connection has.
func TestChannelBinding(t *testing.T) {
	seen := make(map[string]bool)
	for range 3 {
		atServer, atClient := connect(t, &tls.Config{}, &tls.Config{})
		there, err := eid.ChannelBinding(&atServer)
		require.NoError(t, err)
		here, err := eid.ChannelBinding(&atClient)
		require.NoError(t, err)
		require.Equal(t, there, here)
		require.Len(t, here, 32)
		require.False(t, seen[string(here)])
		seen[string(here)] = true
	}
}

func TestChannelBindingRefuses(t *testing.T) {
	old := func() *tls.Config { return &tls.Config{MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12} }
	atServer, atClient := connect(t, old(), old())
	for _, state := range []*tls.ConnectionState{&atServer, &atClient, {}, nil} {
		_, err := eid.ChannelBinding(state)
		require.ErrorIs(t, err, eid.ErrChannel)
	}
}

// TestLoginIsBoundToItsChannel: an answer that was given over one connection is
// worth nothing over another, nor without one.
func TestLoginIsBoundToItsChannel(t *testing.T) {
	authority, issuers := newAuthority(t)
	card := newCard(t, authority, elliptic.P256())
	_, atClient := connect(t, &tls.Config{}, &tls.Config{})
	otherServer, _ := connect(t, &tls.Config{}, &tls.Config{})
	own, err := eid.ChannelBinding(&atClient)
	require.NoError(t, err)
	other, err := eid.ChannelBinding(&otherServer)
	require.NoError(t, err)

	asked := question(eid.NewChallenge())
	asked.Channel = own
	login, err := asked.Sign(context.Background(), eid.AuthenticateWith(card.Authentication))
	require.NoError(t, err)
	for _, test := range []struct {
		channel []byte
		code    string
	}{
		{own, ""},
		{other, eid.CodeSignatureInvalid},
		{nil, eid.CodeSignatureInvalid},
		{own[:31], eid.CodeLoginForm},
		{append(own[:32:32], 0), eid.CodeLoginForm},
	} {
		asked.Channel = test.channel
		_, err := login.Verify(issuers, asked, now)
		require.Equal(t, test.code, eid.CodeOf(err), "%x: %v", test.channel, err)
	}
}

// TestTLSClient: a key behind a Signer answers for its certificate in TLS 1.3, as a
// card does.
func TestTLSClient(t *testing.T) {
	present := time.Now()
	authority, err := testpki.NewAuthority("Valik test", present.Add(-time.Hour), present.Add(time.Hour))
	require.NoError(t, err)
	issuers, err := eid.NewIssuers(testpki.Rules(), authority.Certificates())
	require.NoError(t, err)
	rsaCard, err := authority.IssueRSA(testpki.PersonalCode(43), "Mari", "Mets", 2048)
	require.NoError(t, err)
	for _, key := range []*testpki.Key{
		newCard(t, authority, elliptic.P256()).Authentication,
		newCard(t, authority, elliptic.P384()).Authentication,
		rsaCard.Authentication.PSS(),
	} {
		signer, err := eid.NewKeySigner(key.Certificate(), key.Private(), key.Algorithm())
		require.NoError(t, err)
		own := tls.Certificate{Certificate: [][]byte{key.Certificate().Raw}, PrivateKey: eid.CryptoSigner(t.Context(), signer)}
		state, _ := connect(t, &tls.Config{ClientAuth: tls.RequireAnyClientCert}, &tls.Config{Certificates: []tls.Certificate{own}})
		require.Len(t, state.PeerCertificates, 1)
		require.NoError(t, issuers.Verify(state.PeerCertificates[0], eid.Authentication, present))
		require.True(t, state.PeerCertificates[0].Equal(key.Certificate()))
	}
}
