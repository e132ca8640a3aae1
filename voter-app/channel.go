package voter

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"

	"valik/eid"
)

// single gives a client with one connection of its own. HTTP/1.1 keeps one request after
// the other on it; end closes it. If the server has closed it in between, the next request
// goes over a new one, and an answer that is bound to the first is refused.
func (c *client) single() (own *client, end func(), err error) {
	transport, err := c.transport()
	if err != nil {
		return nil, nil, err
	}
	transport.MaxConnsPerHost, transport.DisableKeepAlives = 1, false
	transport.IdleConnTimeout = 0 // it waits for the voter, who looks for the PIN; the collector ends it
	return c.over(transport), transport.CloseIdleConnections, nil
}

// withCertificate gives a client at another address of the collector that authenticates
// with a card.
func (c *client) withCertificate(ctx context.Context, address string, card eid.Signer) (own *client, end func(), err error) {
	scheme, ok := map[eid.Algorithm]tls.SignatureScheme{
		eid.ES256: tls.ECDSAWithP256AndSHA256, eid.ES384: tls.ECDSAWithP384AndSHA384, eid.PS256: tls.PSSWithSHA256,
	}[card.Algorithm()]
	if !ok {
		return nil, nil, fmt.Errorf("%w: the key signs by %s, which TLS 1.3 does not use", ErrChannel, card.Algorithm())
	}
	transport, err := c.transport()
	if err != nil {
		return nil, nil, err
	}
	transport.TLSClientConfig.Certificates = []tls.Certificate{{
		Certificate: [][]byte{card.Certificate().Raw}, PrivateKey: eid.CryptoSigner(ctx, card),
		SupportedSignatureAlgorithms: []tls.SignatureScheme{scheme},
	}}
	there, err := newClient(address, &http.Client{Transport: transport, Timeout: c.http.Timeout})
	if err != nil {
		return nil, nil, err
	}
	return there, transport.CloseIdleConnections, nil
}

// transport gives a copy of the client's own way to the network, for HTTP/1.1 over TLS 1.3.
func (c *client) transport() (*http.Transport, error) {
	way := c.http.Transport
	if way == nil {
		way = http.DefaultTransport
	}
	known, ok := way.(*http.Transport)
	if !ok {
		return nil, fmt.Errorf("%w: the program's network layer does not show its connections", ErrChannel)
	}
	own := known.Clone()
	if own.TLSClientConfig == nil {
		own.TLSClientConfig = new(tls.Config)
	}
	own.TLSClientConfig.MinVersion = tls.VersionTLS13
	own.TLSClientConfig.NextProtos = []string{"http/1.1"}
	own.ForceAttemptHTTP2 = false
	own.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	return own, nil
}

// over is the client over another way to the network.
func (c *client) over(transport *http.Transport) *client {
	h := *c.http
	h.Transport = transport
	return &client{c.base, &h}
}
