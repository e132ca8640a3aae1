package collector

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	test "valik/collector/collectortest"
	"valik/election"
)

// whole is all of an answer but its date.
func (s *server) whole(method, path, contentType string, body []byte, authorization string) string {
	s.t.Helper()
	req, err := http.NewRequest(method, s.http.URL+path, bytes.NewReader(body))
	require.NoError(s.t, err)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	resp, err := s.http.Client().Do(req)
	require.NoError(s.t, err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(s.t, err)
	resp.Header.Del("Date")
	return fmt.Sprint(resp.StatusCode, resp.Header, string(answer))
}

// requireAllTheSame compares answers byte by byte: refusals are signed deterministically.
func requireAllTheSame(t *testing.T, answers map[string]string) {
	t.Helper()
	var first string
	for name, answer := range answers {
		if first == "" {
			first = answer
		}
		require.Equal(t, first, answer, name)
	}
}

// Whoever tries indexes and hashes learns neither where ballots lie, nor whether a time is
// over or a limit reached.
func TestTriedLooksHaveOneAnswer(t *testing.T) {
	w := test.New(t, 3)
	s := serve(t, w, sqliteURL(t))
	old := s.prepare(w.Voters[0])
	oldReceipt := s.cast(old)
	s.clock.pass(31 * time.Minute) // its check is over
	used, fresh := s.prepare(w.Voters[1]), s.prepare(w.Voters[2])
	usedReceipt, freshReceipt := s.cast(used), s.cast(fresh)
	for range w.Manifest.Check.Limit {
		s.requireLook(usedReceipt, used)
	}
	look := func(index uint64, ballot election.Hash) string {
		return s.whole(http.MethodPost, fmt.Sprintf("/v1/ballots/%d/look", index), jsonType, fmt.Appendf(nil, `{"ballot":%q}`, ballot), "")
	}
	requireAllTheSame(t, map[string]string{
		"a wrong hash of a ballot":                look(freshReceipt.Index, election.Hash{1}),
		"another ballot's hash":                   look(freshReceipt.Index, used.InnerHash()),
		"the container's hash":                    look(freshReceipt.Index, fresh.Envelope()),
		"a wrong hash of a ballot that is over":   look(oldReceipt.Index, election.Hash{1}),
		"a wrong hash of a ballot that was seen":  look(usedReceipt.Index, election.Hash{1}),
		"the index of the manifest":               look(0, fresh.InnerHash()),
		"the index of what is not there":          look(1<<40, fresh.InnerHash()),
		"the right hash beside its index":         look(freshReceipt.Index-1, fresh.InnerHash()),
		"the right hash of a ballot that is over": look(usedReceipt.Index, old.InnerHash()),
	})
}

// A token that is not right says nothing about whoever it names: on the roll or not, voted
// or not.
func TestWrongTokensHaveOneAnswer(t *testing.T) {
	w := test.New(t, 2)
	s := serve(t, w, sqliteURL(t))
	voted, not := w.Voters[0], w.Voters[1]
	s.cast(s.prepare(voted))
	expires := s.c.now() + 60
	forged := func(of election.Pseudonym) string {
		token := s.c.token(of, expires)
		token[len(token)-1] ^= 1
		return fmt.Sprintf("Bearer %s", base64.StdEncoding.EncodeToString(token))
	}
	over := func(of election.Pseudonym) string {
		return fmt.Sprintf("Bearer %s", base64.StdEncoding.EncodeToString(s.c.token(of, s.c.now()-1)))
	}
	answers := map[string]string{}
	for name, authorization := range map[string]string{
		"of who has voted": forged(voted.Pseudonym), "of who has not": forged(not.Pseudonym), "of nobody": forged(election.Pseudonym{1}),
		"over, of who has voted": over(voted.Pseudonym), "over, of who has not": over(not.Pseudonym), "over, of nobody": over(election.Pseudonym{1}),
		"none": "", "no token": "Bearer x", "short": "Bearer " + base64.StdEncoding.EncodeToString([]byte("short")),
	} {
		answers[name] = s.whole(http.MethodGet, "/v1/session", "", nil, authorization)
	}
	requireAllTheSame(t, answers)
}

// An answer to a challenge that is not right has one answer whoever it is about, and so has
// one that was good once.
func TestWrongSignOnsHaveOneAnswer(t *testing.T) {
	w := test.New(t, 2)
	s := serve(t, w, sqliteURL(t))
	s.cast(s.prepare(w.Voters[0]))
	wrong, replayed := map[string]string{}, map[string]string{}
	for name, v := range map[string]*test.Voter{"who has voted": w.Voters[0], "who has not": w.Voters[1], "a stranger": stranger(s)} {
		body := s.answer(v.Card.Authentication, "https://vote.example.com", s.challenge().Challenge)
		wrong[name] = s.whole(http.MethodPost, "/v1/session", jsonType, body, "")
		body = s.answer(v.Card.Authentication, test.URL, s.challenge().Challenge)
		s.whole(http.MethodPost, "/v1/session", jsonType, body, "")
		replayed[name] = s.whole(http.MethodPost, "/v1/session", jsonType, body, "")
	}
	requireAllTheSame(t, wrong)
	requireAllTheSame(t, replayed)
}

// Without a voter's key a ballot in that voter's name has one answer, whether the voter has
// voted, never did, or may not vote any more for now.
func TestForgedBallotsHaveOneAnswer(t *testing.T) {
	w := test.New(t, 3)
	s := serve(t, w, sqliteURL(t), func(c *Config) { c.Voter = VoterLimits{Casts: 2, Per: time.Hour} })
	s.cast(s.prepare(w.Voters[0]))
	for range 2 {
		s.cast(s.prepare(w.Voters[1]))
	}
	// What differs between the answers is the ballot that each is about, and the signature over that.
	messages := map[string]string{}
	for _, v := range w.Voters {
		b := s.prepare(v)
		r := s.requireRefused(&test.Signed{Inner: b.Inner, Container: forgedOf(s, v, b)}, unprocessable, "signature_invalid")
		messages[v.Code] = r.Message
	}
	requireAllTheSame(t, messages)
}

// A container that is known has the same answer before and after the voter votes again, at
// the limit too, and after the close.
func TestKnownContainersHaveOneAnswer(t *testing.T) {
	w := test.New(t, 1)
	s := serve(t, w, sqliteURL(t), func(c *Config) { c.Voter = VoterLimits{Casts: 2, Per: time.Hour} })
	first := s.prepare(w.Voters[0])
	again := func() string { return s.whole(http.MethodPost, "/v1/ballots", containerType, first.Container, "") }
	answers := map[string]string{"at first": again()}
	answers["sent again"] = again()
	s.cast(s.prepare(w.Voters[0]))
	answers["after another ballot, at the limit"] = again()
	s.clock.set(test.Closes.Add(time.Second))
	answers["after the close"] = again()
	requireAllTheSame(t, answers)
}
