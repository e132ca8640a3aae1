package collector

import (
	"io"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	test "valik/collector/collectortest"
	"valik/eid"
	"valik/election"
	"valik/election/processing"
)

func textLogger(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }

// challenge asks for a challenge.
func (s *server) challenge() *election.Challenge {
	s.t.Helper()
	status, answer := s.do(http.MethodPost, "/v1/session/challenge", "", nil)
	require.Equal(s.t, http.StatusOK, status)
	c, err := election.ParseChallenge(answer)
	require.NoError(s.t, err)
	require.Equal(s.t, s.w.Fingerprint(), c.Election)
	return c
}

// answer signs a challenge with a card for an origin.
func (s *server) answer(card eid.Signer, origin string, challenge election.Hash) []byte {
	s.t.Helper()
	question := s.w.Manifest.Question(eid.Challenge(challenge), nil)
	question.Origin = origin
	login, err := question.Sign(ctx, eid.AuthenticateWith(card))
	require.NoError(s.t, err)
	return election.NewLogin(s.w.Fingerprint(), challenge, login.Bytes()).Bytes()
}

func (s *server) login(v *test.Voter) *election.Eligibility {
	s.t.Helper()
	body := s.answer(v.Card.Authentication, test.URL, s.challenge().Challenge)
	status, answer := s.do(http.MethodPost, "/v1/session", jsonType, body)
	require.Equal(s.t, http.StatusOK, status, "%s", answer)
	e, err := election.ParseEligibility(answer)
	require.NoError(s.t, err)
	return e
}

func (s *server) requireNoLogin(body []byte, status int, code string) {
	s.t.Helper()
	got, answer := s.do(http.MethodPost, "/v1/session", jsonType, body)
	require.Equal(s.t, code, s.requireRefusal(answer, election.Hash{}).Code)
	require.Equal(s.t, status, got)
}

func TestLogin(t *testing.T) {
	w, other := test.New(t, 5), test.New(t, 1)
	onBoth(t, func(t *testing.T, database func(*testing.T) string) {
		url := database(t)
		s := serve(t, w, url)
		v := w.Voters[4]
		e := s.login(v)
		require.Equal(t, election.NewEligibility(w.Fingerprint(), test.Elsewhere, v.Pseudonym, []election.Time{}, e.Session), e)

		// Casts are told, so that one that was not the voter's stands out.
		first := s.cast(s.prepare(v))
		s.clock.pass(time.Minute)
		second := s.cast(s.prepare(v))
		require.Equal(t, []election.Time{first.Time, second.Time}, s.login(v).Casts)
		require.Empty(t, s.login(w.Voters[0]).Casts)

		t.Run("a challenge of another collector of the election", func(t *testing.T) {
			second := serve(t, w, url)
			challenge := second.challenge().Challenge
			status, _ := s.do(http.MethodPost, "/v1/session", jsonType, s.answer(v.Card.Authentication, test.URL, challenge))
			require.Equal(t, http.StatusOK, status)
		})
		t.Run("an answer counts once", func(t *testing.T) {
			body := s.answer(v.Card.Authentication, test.URL, s.challenge().Challenge)
			status, _ := s.do(http.MethodPost, "/v1/session", jsonType, body)
			require.Equal(t, http.StatusOK, status)
			s.requireNoLogin(body, http.StatusUnauthorized, codeChallenge)
		})
		t.Run("an answer comes too late", func(t *testing.T) {
			body := s.answer(v.Card.Authentication, test.URL, s.challenge().Challenge)
			s.clock.pass(challengeTime)
			s.requireNoLogin(body, http.StatusUnauthorized, codeChallenge)
		})
		t.Run("refused", func(t *testing.T) {
			for name, one := range map[string]struct {
				body   []byte
				status int
				code   string
			}{
				"a challenge that nobody made": {s.answer(v.Card.Authentication, test.URL, election.Hash{7}), http.StatusUnauthorized, codeChallenge},
				"a challenge that is prolonged": {
					s.answer(v.Card.Authentication, test.URL, prolonged(s.challenge().Challenge)), http.StatusUnauthorized, codeChallenge,
				},
				"given to a false site": {
					s.answer(v.Card.Authentication, "https://vote.example.com", s.challenge().Challenge), http.StatusUnauthorized, codeLogin,
				},
				"a card of another issuer": {
					s.answer(other.Voters[0].Card.Authentication, test.URL, s.challenge().Challenge), http.StatusUnauthorized, codeLogin,
				},
				"not on the roll": {
					s.answer(stranger(s).Card.Authentication, test.URL, s.challenge().Challenge), forbidden, processing.CodeNotOnRoll,
				},
				"another election": {
					election.NewLogin(other.Fingerprint(), s.challenge().Challenge, []byte{}).Bytes(), http.StatusUnauthorized, codeChallenge,
				},
				"no answer at all": {
					election.NewLogin(w.Fingerprint(), s.challenge().Challenge, []byte{}).Bytes(), http.StatusUnauthorized, codeLogin,
				},
			} {
				t.Run(name, func(t *testing.T) { s.in(t).requireNoLogin(one.body, one.status, one.code) })
			}
		})
	})
}

// prolonged is a challenge with a later time in it.
func prolonged(c election.Hash) election.Hash {
	c[challengeRandom+5]++
	return c
}
