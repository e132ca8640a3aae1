package collector

import (
	"bytes"
	"crypto/elliptic"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	test "valik/collector/collectortest"
	"valik/crypto/elgamal"
	"valik/eid"
	"valik/eid/testpki"
	"valik/election"
	"valik/election/processing"
)

// Every bad input gets its own code, a signature and a sentence, and leaves no trace.
func TestBadBallotsAreRefused(t *testing.T) {
	w := test.New(t, 5)
	other := test.New(t, 1)
	onBoth(t, func(t *testing.T, database func(*testing.T) string) {
		s := serve(t, w, database(t))
		s.cast(s.prepare(w.Voters[3]))
		for name, bad := range badBallots(s, other) {
			t.Run(name, func(t *testing.T) { s.in(t).requireRefused(bad.ballot, bad.status, bad.code) })
		}
		s.cast(s.prepare(w.Voters[0]))
	})
}

type badBallot struct {
	ballot *test.Signed
	status int
	code   string
}

const (
	malformed     = http.StatusBadRequest
	unprocessable = http.StatusUnprocessableEntity
	forbidden     = http.StatusForbidden
)

func badBallots(s *server, other *test.World) map[string]badBallot {
	w, v, now := s.w, s.w.Voters[0], s.clock.now()
	good := s.prepare(v)
	// resealed is the good ballot with other bytes inside, properly signed.
	resealed := func(change func(string) string) *test.Signed {
		return w.Seal(s.t, v, []byte(change(string(good.Inner))), now)
	}
	replaced := func(old, new string) *test.Signed {
		return resealed(func(inner string) string {
			require.Contains(s.t, inner, old)
			return strings.Replace(inner, old, new, 1)
		})
	}
	document := func(change func(*election.Ballot)) *test.Signed {
		b, err := election.ParseBallot(good.Inner)
		require.NoError(s.t, err)
		change(b)
		return w.Seal(s.t, v, b.Bytes(), now)
	}
	raw := func(container []byte) *test.Signed { return &test.Signed{Inner: good.Inner, Container: container} }
	anchored := func(a election.Anchor) *test.Signed { return w.Ballot(s.t, v, a, now) }
	anchor := s.anchor()

	return map[string]badBallot{
		"oversized":        {raw(make([]byte, eid.Limit+1)), http.StatusRequestEntityTooLarge, eid.CodeContainerTooLarge},
		"empty":            {raw(nil), malformed, eid.CodeContainerNotZip},
		"not a container":  {raw([]byte(strings.Repeat("no ballot ", 100))), malformed, eid.CodeContainerNotZip},
		"truncated":        {raw(good.Container[:len(good.Container)-30]), malformed, eid.CodeContainerTruncated},
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
		"wrong file name": {sealAs(s, v, "OTHER.ballot", good.Inner), malformed, processing.CodeWrongFile},
		"wrong district": {
			w.Ballot(s.t, &test.Voter{Card: v.Card, Voter: &election.Voter{District: test.Elsewhere, Pseudonym: v.Pseudonym}}, anchor, now),
			unprocessable, processing.CodeWrongDistrict,
		},
		"wrong style": {
			document(func(b *election.Ballot) { b.Contests = append(b.Contests, b.Contests[0]) }), unprocessable, processing.CodeWrongStyle,
		},
		"another voter's ballot":  {w.Seal(s.t, w.Voters[1], good.Inner, now), forbidden, processing.CodeOtherVoter},
		"not on the roll":         {w.Ballot(s.t, stranger(s), anchor, now), forbidden, processing.CodeNotOnRoll},
		"bad signature":           {raw(forged(s, good)), unprocessable, eid.CodeSignatureInvalid},
		"untrusted issuer":        {w.Seal(s.t, &test.Voter{Card: other.Voters[0].Card, Voter: v.Voter}, good.Inner, now), unprocessable, eid.CodeCertificateUntrusted},
		"a clock that is wrong":   {w.Ballot(s.t, v, anchor, now.Add(-3*time.Hour)), unprocessable, eid.CodeSigningTime},
		"bad proof":               {document(breakProof), unprocessable, processing.CodeBadProof},
		"proof of another anchor": {document(func(b *election.Ballot) { b.Anchor = older(s, 4) }), unprocessable, processing.CodeBadProof},
		"bad anchor": {
			anchored(election.Anchor{Size: anchor.Size, Root: election.Hash{1}}), unprocessable, processing.CodeBadAnchor,
		},
		"anchor of the future": {
			anchored(election.Anchor{Size: anchor.Size + 1, Root: anchor.Root}), unprocessable, processing.CodeBadAnchor,
		},
		"anchor of no board": {anchored(election.Anchor{Root: anchor.Root}), unprocessable, processing.CodeBadAnchor},
		"stale anchor":       {w.Ballot(s.t, w.Voters[3], older(s, 4), now), http.StatusConflict, processing.CodeStale},
	}
}

// older is the anchor of an earlier size.
func older(s *server, size uint64) election.Anchor {
	root, err := s.c.store.Root(ctx, size)
	require.NoError(s.t, err)
	return election.Anchor{Size: size, Root: election.Hash(root)}
}

func sealAs(s *server, v *test.Voter, name string, inner []byte) *test.Signed {
	c, err := eid.Seal(ctx, name, inner, v.Card.Signing, s.clock.now())
	require.NoError(s.t, err)
	return &test.Signed{Inner: inner, Container: c.Bytes()}
}

// stranger has a good card and is on no roll.
func stranger(s *server) *test.Voter {
	card, err := s.w.Issuer.Issue(testpki.PersonalCode(999), "No", "Voter", elliptic.P256())
	require.NoError(s.t, err)
	return &test.Voter{Card: card, Voter: &election.Voter{District: test.District}}
}

// forged has the signature of another ballot of the same voter.
func forged(s *server, good *test.Signed) []byte { return forgedOf(s, s.w.Voters[0], good) }

func forgedOf(s *server, v *test.Voter, good *test.Signed) []byte {
	a, err := eid.ParseContainer(good.Container)
	require.NoError(s.t, err)
	b, err := eid.ParseContainer(s.prepare(v).Container)
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
	w := test.New(t, 1)
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
	require.Equal(t, w.Read(t, "record/manifest.json"), s.get("/v1/manifest"))
	require.Equal(t, w.Read(t, "record/manifest.json.p7s"), s.get("/v1/manifest/signatures/1"))
	require.Equal(t, w.Read(t, "record/ceremony.json"), s.get("/v1/ceremony"))
	require.Equal(t, openAPI, s.get("/openapi.yaml"))
	require.Equal(t, "ok\n", string(s.get("/healthz")))
	status, _ := s.do(http.MethodGet, "/metrics", "", nil)
	require.Equal(t, http.StatusNotFound, status, "counts and times are not for everybody")
}

// The log of requests has no ballot, no signature, no voter and no address.
func TestNothingPersonalIsLogged(t *testing.T) {
	w := test.New(t, 2)
	var log bytes.Buffer
	s := serve(t, w, sqliteURL(t), func(c *Config) { c.Logger = textLogger(&log) })
	b := s.prepare(w.Voters[0])
	s.cast(b)
	s.requireRefused(w.Seal(t, w.Voters[1], b.Inner, s.clock.now()), forbidden, processing.CodeOtherVoter)
	s.login(w.Voters[0])
	s.stop()

	container, err := eid.ParseContainer(b.Container)
	require.NoError(t, err)
	lines := log.String()
	require.Contains(t, lines, "route=/v1/ballots status=403 code=other_voter")
	for _, v := range w.Voters {
		require.NotContains(t, lines, v.Code)
		require.NotContains(t, lines, v.Name)
		require.NotContains(t, lines, v.Pseudonym.String())
	}
	require.NotContains(t, lines, "127.0.0.1")
	require.NotContains(t, lines, b.InnerHash().String())
	signature, err := json.Marshal(container.Signature)
	require.NoError(t, err)
	require.NotContains(t, lines, strings.Trim(string(signature), `"`))
}

func TestKeysDoNotShow(t *testing.T) {
	w := test.New(t, 1)
	var log bytes.Buffer
	config := configOf(w, "postgres://user:password@host/db", new(clock))
	textLogger(&log).Info("x", "config", config, "pointer", &config)
	for _, shown := range []string{fmt.Sprint(config), fmt.Sprintf("%+v %#v", config, config), fmt.Sprint(&config), log.String()} {
		require.Contains(t, shown, redacted)
		require.NotContains(t, shown, "password")
		require.NotContains(t, shown, fmt.Sprint(config.ReceiptKey[0], config.ReceiptKey[1], config.ReceiptKey[2]))
	}
}
