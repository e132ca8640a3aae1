package collector

import (
	"bytes"
	"crypto/elliptic"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/crypto/elgamal"
	"valik/eid"
	"valik/eid/testpki"
	"valik/election"
	"valik/election/processing"
)

// Every bad input gets its own code, a signature and a sentence, and leaves no trace.
func TestBadBallotsAreRefused(t *testing.T) {
	w := newWorld(t, 5)
	other := newWorld(t, 1)
	onBoth(t, func(t *testing.T, database func(*testing.T) string) {
		s := serve(t, w, database(t))
		s.cast(s.prepare(w.voters[3]))
		for name, bad := range badBallots(s, other) {
			t.Run(name, func(t *testing.T) { s.in(t).requireRefused(bad.ballot, bad.status, bad.code) })
		}
		s.cast(s.prepare(w.voters[0]))
	})
}

type badBallot struct {
	ballot *signed
	status int
	code   string
}

const (
	malformed     = http.StatusBadRequest
	unprocessable = http.StatusUnprocessableEntity
	forbidden     = http.StatusForbidden
)

func badBallots(s *server, other *world) map[string]badBallot {
	w, v, now := s.w, s.w.voters[0], s.clock.now()
	good := s.prepare(v)
	// resealed is the good ballot with other bytes inside, properly signed.
	resealed := func(change func(string) string) *signed {
		return w.seal(s.t, v, []byte(change(string(good.inner))), now)
	}
	replaced := func(old, new string) *signed {
		return resealed(func(inner string) string {
			require.Contains(s.t, inner, old)
			return strings.Replace(inner, old, new, 1)
		})
	}
	document := func(change func(*election.Ballot)) *signed {
		b, err := election.ParseBallot(good.inner)
		require.NoError(s.t, err)
		change(b)
		return w.seal(s.t, v, b.Bytes(), now)
	}
	raw := func(container []byte) *signed { return &signed{good.inner, container} }
	anchored := func(a election.Anchor) *signed { return w.ballot(s.t, v, a, now) }
	anchor := s.anchor()

	return map[string]badBallot{
		"oversized":        {raw(make([]byte, eid.Limit+1)), http.StatusRequestEntityTooLarge, eid.CodeContainerTooLarge},
		"empty":            {raw(nil), malformed, eid.CodeContainerNotZip},
		"not a container":  {raw([]byte(strings.Repeat("no ballot ", 100))), malformed, eid.CodeContainerNotZip},
		"truncated":        {raw(good.container[:len(good.container)-30]), malformed, eid.CodeContainerTruncated},
		"truncated inside": {resealed(func(b string) string { return b[:len(b)-10] }), malformed, "bad_ballot.truncated"},
		"not JSON":         {resealed(func(string) string { return "no JSON" }), malformed, "bad_ballot.not_json"},
		"wrong version":    {replaced(`"version":1`, `"version":2`), malformed, "bad_ballot.wrong_version"},
		"wrong type":       {replaced(`"valik/ballot"`, `"valik/receipt"`), malformed, "bad_ballot.wrong_type"},
		"non-canonical":    {replaced(`,"version":1`, `, "version":1`), malformed, "bad_ballot.not_canonical"},
		"duplicate key":    {replaced(`"version":1`, `"version":1,"version":1`), malformed, "bad_ballot.duplicate_key"},
		"unknown field":    {replaced(`,"version":1`, `,"unknown":1,"version":1`), malformed, "bad_ballot.unknown_field"},
		"wrong election": {
			document(func(b *election.Ballot) { b.Election[0] ^= 1 }), malformed, processing.CodeWrongElection,
		},
		"wrong file name": {sealAs(s, v, "OTHER.ballot", good.inner), malformed, processing.CodeWrongFile},
		"wrong district": {
			w.ballot(s.t, &voter{v.card, &election.Voter{District: elsewhere, Pseudonym: v.Pseudonym}}, anchor, now),
			unprocessable, processing.CodeWrongDistrict,
		},
		"wrong style": {
			document(func(b *election.Ballot) { b.Contests = append(b.Contests, b.Contests[0]) }), unprocessable, processing.CodeWrongStyle,
		},
		"another voter's ballot":  {w.seal(s.t, w.voters[1], good.inner, now), forbidden, processing.CodeOtherVoter},
		"not on the roll":         {w.ballot(s.t, stranger(s), anchor, now), forbidden, processing.CodeNotOnRoll},
		"bad signature":           {raw(forged(s, good)), unprocessable, eid.CodeSignatureInvalid},
		"untrusted issuer":        {w.seal(s.t, &voter{other.voters[0].card, v.Voter}, good.inner, now), unprocessable, eid.CodeCertificateUntrusted},
		"a clock that is wrong":   {w.ballot(s.t, v, anchor, now.Add(-3*time.Hour)), unprocessable, eid.CodeSigningTime},
		"bad proof":               {document(breakProof), unprocessable, processing.CodeBadProof},
		"proof of another anchor": {document(func(b *election.Ballot) { b.Anchor = older(s, 4) }), unprocessable, processing.CodeBadProof},
		"bad anchor": {
			anchored(election.Anchor{Size: anchor.Size, Root: election.Hash{1}}), unprocessable, processing.CodeBadAnchor,
		},
		"anchor of the future": {
			anchored(election.Anchor{Size: anchor.Size + 1, Root: anchor.Root}), unprocessable, processing.CodeBadAnchor,
		},
		"anchor of no board": {anchored(election.Anchor{Root: anchor.Root}), unprocessable, processing.CodeBadAnchor},
		"stale anchor":       {w.ballot(s.t, w.voters[3], older(s, 4), now), http.StatusConflict, processing.CodeStale},
	}
}

// older is the anchor of an earlier size.
func older(s *server, size uint64) election.Anchor {
	root, err := s.c.store.Root(ctx, size)
	require.NoError(s.t, err)
	return election.Anchor{Size: size, Root: election.Hash(root)}
}

func sealAs(s *server, v *voter, name string, inner []byte) *signed {
	c, err := eid.Seal(name, inner, v.card.Signing, s.clock.now())
	require.NoError(s.t, err)
	return &signed{inner, c.Bytes()}
}

// stranger has a good card and is on no roll.
func stranger(s *server) *voter {
	card, err := s.w.issuer.Issue(testpki.PersonalCode(999), "No", "Voter", elliptic.P256())
	require.NoError(s.t, err)
	return &voter{card, &election.Voter{District: district}}
}

// forged has the signature of another ballot of the same voter.
func forged(s *server, good *signed) []byte {
	a, err := eid.ParseContainer(good.container)
	require.NoError(s.t, err)
	b, err := eid.ParseContainer(s.prepare(s.w.voters[0]).container)
	require.NoError(s.t, err)
	a.Signature = b.Signature
	return a.Bytes()
}

// breakProof puts the ciphertext of another ballot under the proof.
func breakProof(b *election.Ballot) {
	slot := &b.Contests[0].Slots[0]
	c, err := elgamal.ParseCiphertext(slot.Ciphertext)
	if err != nil {
		panic(err)
	}
	c.B.Add(&c.B, &c.A)
	slot.Ciphertext = c.Bytes()
}

func TestRequestsThatAreNoBallots(t *testing.T) {
	w := newWorld(t, 1)
	s := serve(t, w, sqliteURL(t))
	for _, one := range []struct {
		method, path, contentType, body string
		status                          int
		code                            string
	}{
		{http.MethodPost, "/v1/ballots", jsonType, "{}", http.StatusUnsupportedMediaType, codeBadRequest},
		{http.MethodPost, "/v1/session", jsonType, "{}", malformed, codeBadRequest},
		{http.MethodPost, "/v1/session", jsonType, strings.Repeat(" ", requestLimit+1), malformed, codeBadRequest},
		{http.MethodPost, "/v1/ballots/0/look", jsonType, `{"ballot":"x"}`, malformed, codeBadRequest},
		{http.MethodPost, "/v1/ballots/-1/look", jsonType, `{}`, http.StatusNotFound, codeNotFound},
		{http.MethodGet, "/v1/close", "", "", http.StatusNotFound, codeNotFound},
		{http.MethodGet, "/v1/nothing", "", "", http.StatusNotFound, codeNotFound},
		{http.MethodPut, "/v1/ballots", "", "", http.StatusNotFound, codeNotFound},
		{http.MethodGet, "/tile/0/001", "", "", http.StatusNotFound, codeNotFound},
		{http.MethodGet, "/tile/0/000.p/200", "", "", http.StatusNotFound, codeNotFound},
		{http.MethodGet, "/tile/../checkpoint", "", "", http.StatusNotFound, codeNotFound},
	} {
		status, answer := s.do(one.method, one.path, one.contentType, []byte(one.body))
		require.Equal(t, one.status, status, one.path)
		require.Equal(t, one.code, s.requireRefusal(answer, election.Hash{}).Code, one.path)
	}
	require.Equal(t, w.read(t, "record/manifest.json"), s.get("/v1/manifest"))
	require.Equal(t, w.read(t, "record/manifest.json.p7s"), s.get("/v1/manifest.p7s"))
	require.Equal(t, w.read(t, "record/ceremony.json"), s.get("/v1/ceremony"))
	require.Equal(t, openAPI, s.get("/openapi.yaml"))
	require.Equal(t, "ok\n", string(s.get("/healthz")))
	require.Contains(t, string(s.get("/metrics")), `valik_requests_total{route="/healthz",status="200"} 1`)
}

// The log of requests has no ballot, no signature, no voter and no address.
func TestNothingPersonalIsLogged(t *testing.T) {
	w := newWorld(t, 2)
	var log bytes.Buffer
	s := serve(t, w, sqliteURL(t), func(c *Config) { c.Logger = textLogger(&log) })
	b := s.prepare(w.voters[0])
	s.cast(b)
	s.requireRefused(w.seal(t, w.voters[1], b.inner, s.clock.now()), forbidden, processing.CodeOtherVoter)
	s.login(w.voters[0])
	s.stop()

	container, err := eid.ParseContainer(b.container)
	require.NoError(t, err)
	lines := log.String()
	require.Contains(t, lines, "route=/v1/ballots status=403 code=other_voter")
	for _, v := range w.voters {
		require.NotContains(t, lines, v.Code)
		require.NotContains(t, lines, v.Name)
		require.NotContains(t, lines, v.Pseudonym.String())
	}
	require.NotContains(t, lines, "127.0.0.1")
	require.NotContains(t, lines, b.innerHash().String())
	signature, err := json.Marshal(container.Signature)
	require.NoError(t, err)
	require.NotContains(t, lines, strings.Trim(string(signature), `"`))
}
