package daemon

import (
	"bytes"
	"crypto/elliptic"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	test "valik/collector/collectortest"
	"valik/eid"
	"valik/eid/testpki"
	"valik/election"
)

// secretsOf are what logs, metrics and journal must not have, by what they are.
type secretsOf map[string]string

// bytes adds bytes in every form in which a program prints them.
func (s secretsOf) bytes(name string, b []byte) {
	// A part will do: a log may cut off. It is longer than what turns up by chance.
	b = b[:min(len(b), 48)]
	part := b[:len(b)/3*3] // base64 of a beginning is the beginning of base64
	for form, text := range map[string]string{
		"hex": hex.EncodeToString(b), "HEX": strings.ToUpper(hex.EncodeToString(b)), "base64": base64.StdEncoding.EncodeToString(part),
		"base64url": base64.RawURLEncoding.EncodeToString(part), "numbers": strings.Trim(fmt.Sprint(b), "[]"), "quoted": strings.Trim(fmt.Sprintf("%q", b), `"`),
	} {
		s[name+", "+form] = text
	}
}

func (s secretsOf) voter(name string, v *test.Voter) {
	s[name+", code"], s[name+", name"] = v.Code, v.Name
	s.bytes(name+", pseudonym", v.Pseudonym[:])
	for kind, key := range map[string]*testpki.Key{"signing": v.Card.Signing, "authentication": v.Card.Authentication} {
		raw := key.Certificate().Raw
		hash := election.HashOf(raw)
		s.bytes(name+", hash of the certificate for "+kind, hash[:])
		s.bytes(name+", end of the certificate for "+kind, raw[len(raw)-48:]) // its beginning is every certificate's
		s[name+", serial number of the certificate for "+kind] = key.Certificate().SerialNumber.String()
	}
}

func (s secretsOf) ballot(name string, b *test.Signed) {
	inner, envelope := b.InnerHash(), b.Envelope()
	s.bytes(name+", hash", inner[:])
	s.bytes(name+", hash of the container", envelope[:])
	s.bytes(name+", end of the container", b.Container[len(b.Container)-90:len(b.Container)-42])
	if c, err := eid.ParseContainer(b.Container); err == nil {
		s.bytes(name+", signature", c.Signature)
	}
}

func (s secretsOf) requireNone(t *testing.T, where, text string) {
	t.Helper()
	require.NotEmpty(t, text, where)
	for name, secret := range s {
		require.GreaterOrEqual(t, len(secret), 8, "%s is too short to tell anything", name)
		require.NotContains(t, text, secret, "%s has %s", where, name)
	}
	require.NotContains(t, text, "127.0.0.1", "%s has an address", where)
}

// Whatever voters and others send, the log, the metrics and the journal name none of them
// and nothing that was sent.
func TestNothingPersonalIsWrittenDown(t *testing.T) {
	w := test.New(t, 4, now(time.Hour))
	s, _, client := withAdmin(t, w)
	s.Cards = "127.0.0.1:0"
	var log test.Log
	d := servingWith(t, w, s, client, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	secret := secretsOf{}
	for i, v := range w.Voters {
		secret.voter(fmt.Sprint("voter ", i), v)
	}
	d.sendEverything(secret)

	metrics, err := fetched(client, d.all.Admin+"/metrics")
	require.NoError(t, err)
	w.WriteRoll(t, 1, w.Voters[:2])
	d.reloaded()
	require.NoError(t, d.stop())
	text := log.String()
	for _, code := range []string{"status=200", "code=other_voter", "code=bad_proof", "code=not_on_roll", "code=container_not_zip", "code=not_found", "code=login", "code=session", "code=bad_request", "TLS handshake error"} {
		require.Contains(t, text, code, "the requests did not do what they should")
	}
	secret.requireNone(t, "the log", text)
	secret.requireNone(t, "the page of metrics", string(metrics))
	secret.requireNone(t, "the journal", printed(t, s))
}

// sendEverything sends what is right and what is wrong, and tells what it was.
func (d *server) sendEverything(secret secretsOf) {
	w, v := d.world, d.world.Voters
	post := func(name string, b *test.Signed) []byte {
		secret.ballot(name, b)
		_, answer := d.request(http.MethodPost, "/v1/ballots", "application/vnd.etsi.asic-e+zip", b.Container)
		return answer
	}
	_, raw := d.request(http.MethodGet, "/checkpoint", "", nil)
	c, err := w.Manifest.Policy().Open(raw)
	require.NoError(d.t, err)
	anchor := election.Anchor{Size: c.Size, Root: election.Hash(c.Root)}
	good := w.Ballot(d.t, v[0], anchor, time.Now())
	receipt, err := election.ParseReceipt(post("a ballot", good))
	require.NoError(d.t, err)
	post("a retry", good)
	post("a stale ballot", w.Ballot(d.t, v[0], anchor, time.Now()))
	post("a ballot in another envelope", w.Seal(d.t, v[0], good.Inner, time.Now()))
	post("another voter's ballot", w.Seal(d.t, v[1], good.Inner, time.Now()))
	post("a ballot with a wrong proof", d.wrongProof(v[1], anchor))
	post("a ballot of no form", w.Seal(d.t, v[1], bytes.Replace(good.Inner, []byte(`"version":1`), []byte(`"version":7`), 1), time.Now()))
	post("a ballot with an old signature", w.Ballot(d.t, v[1], anchor, time.Now().Add(-3*time.Hour)))
	post("no container", &test.Signed{Inner: []byte("x"), Container: bytes.Repeat([]byte("no container. "), 40)})
	d.offTheRoll(anchor, v[3], post)
	d.lookAround(receipt, good)
	d.signOn(secret)
}

// offTheRoll casts for somebody with a good card who is not on the roll.
func (d *server) offTheRoll(anchor election.Anchor, v *test.Voter, post func(string, *test.Signed) []byte) {
	other := test.New(d.t, 1)
	card, err := d.world.Issuer.Issue(testpki.PersonalCode(999), "Nobody", "Listed", elliptic.P256())
	require.NoError(d.t, err)
	post("a ballot of who is on no roll", d.world.Ballot(d.t, &test.Voter{Card: card, Voter: v.Voter}, anchor, time.Now()))
	post("a ballot with a card of another issuer", d.world.Ballot(d.t, &test.Voter{Card: other.Voters[0].Card, Voter: v.Voter}, anchor, time.Now()))
}

// lookAround asks for ballots as a second device does, and as somebody who tries.
func (d *server) lookAround(r *election.Receipt, b *test.Signed) {
	for _, one := range []struct {
		index uint64
		hash  election.Hash
	}{{r.Index, b.InnerHash()}, {r.Index, b.Envelope()}, {0, b.InnerHash()}, {999, b.InnerHash()}} {
		d.request(http.MethodPost, fmt.Sprintf("/v1/ballots/%d/look", one.index), "application/json", fmt.Appendf(nil, `{"ballot":%q}`, one.hash))
	}
	d.request(http.MethodPost, "/v1/ballots/"+b.InnerHash().String()+"/look", "application/json", []byte("{}"))
	d.request(http.MethodGet, "/v1/ballots/"+b.InnerHash().String()+"?code="+d.world.Voters[0].Code, "", nil)
}

// signOn signs on rightly and wrongly, by challenge and by TLS certificate.
func (d *server) signOn(secret secretsOf) {
	w := d.world
	challenge := func() election.Hash {
		_, raw := d.request(http.MethodPost, "/v1/session/challenge", "", nil)
		c, err := election.ParseChallenge(raw)
		require.NoError(d.t, err)
		return c.Challenge
	}
	for i, origin := range []string{test.URL, "https://evil.example"} {
		x := challenge()
		question := w.Manifest.Question(eid.Challenge(x), nil)
		question.Origin = origin
		login, err := question.Sign(d.t.Context(), eid.AuthenticateWith(w.Voters[i].Card.Authentication))
		require.NoError(d.t, err)
		secret.bytes(fmt.Sprint("the signature of sign-on ", i), login.Signature)
		_, raw := d.request(http.MethodPost, "/v1/session", "application/json", election.NewLogin(w.Fingerprint(), x, login.Bytes()).Bytes())
		e, err := election.ParseEligibility(raw)
		if origin == test.URL {
			require.NoError(d.t, err)
			secret.bytes("a session's token", e.Session.Token)
			d.session(e.Session.Token)
		}
	}
	d.session(bytes.Repeat([]byte{7}, 56))
	d.request(http.MethodPost, "/v1/session", "application/json", []byte(w.Voters[0].Code+w.Voters[0].Name))
	d.byCertificate()
}

func (d *server) session(token []byte) {
	req, err := http.NewRequest(http.MethodGet, d.address+"/v1/session", nil)
	require.NoError(d.t, err)
	req.Header.Set("Authorization", "Bearer "+base64.StdEncoding.EncodeToString(token))
	resp, err := d.client.Do(req)
	require.NoError(d.t, err)
	require.NoError(d.t, resp.Body.Close())
}

// byCertificate signs on at the listener for cards: rightly, with a card that is not for
// authentication, and without any.
func (d *server) byCertificate() {
	card := d.world.Voters[2].Card
	for _, key := range []tls.Certificate{
		{Certificate: [][]byte{card.Authentication.Certificate().Raw}, PrivateKey: card.Authentication.Private()},
		{Certificate: [][]byte{card.Signing.Certificate().Raw}, PrivateKey: card.Signing.Private()},
		{},
	} {
		config := d.client.Transport.(*http.Transport).TLSClientConfig.Clone()
		config.Certificates, config.NextProtos = nil, nil
		if key.PrivateKey != nil {
			config.Certificates = []tls.Certificate{key}
		}
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: config, DisableKeepAlives: true}}
		resp, err := client.Post(d.all.Cards+"/v1/session/certificate", "", nil)
		if key.PrivateKey == nil {
			require.Error(d.t, err)
			continue
		}
		require.NoError(d.t, err)
		_, err = io.Copy(io.Discard, resp.Body)
		require.NoError(d.t, err)
		require.NoError(d.t, resp.Body.Close())
	}
}

// wrongProof is a ballot with the proof of another one of the same voter.
func (d *server) wrongProof(v *test.Voter, anchor election.Anchor) *test.Signed {
	a, err := election.ParseBallot(d.world.Ballot(d.t, v, anchor, time.Now()).Inner)
	require.NoError(d.t, err)
	b, err := election.ParseBallot(d.world.Ballot(d.t, v, anchor, time.Now()).Inner)
	require.NoError(d.t, err)
	a.Contests[0].Slots[0].Proof = b.Contests[0].Slots[0].Proof
	return d.world.Seal(d.t, v, a.Bytes(), time.Now())
}
