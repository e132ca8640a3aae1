package collector

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	test "valik/collector/collectortest"
	"valik/election"
	"valik/election/processing"
)

// castsPer allows three ballots within ten minutes.
func castsPer(c *Config) { c.Voter = VoterLimits{Casts: 3, Per: 10 * time.Minute} }

// A voter's ballots are counted over all collectors, and nobody else's with them.
func TestVoterLimit(t *testing.T) {
	w := test.New(t, 2)
	onBoth(t, func(t *testing.T, database func(*testing.T) string) {
		url := database(t)
		s := serve(t, w, url, castsPer)
		other := serve(t, w, url, castsPer)
		v := w.Voters[0]
		var ballots []*test.Signed
		for i, at := range []*server{s, other, s} {
			ballots = append(ballots, at.prepare(v))
			at.cast(ballots[i])
			s.clock.pass(time.Minute)
			other.clock.pass(time.Minute)
		}
		first := test.Opens.Add(time.Minute) // when the first was cast
		for _, at := range []*server{s, other} {
			r := at.requireRefused(at.prepare(v), http.StatusTooManyRequests, codeVoterLimit)
			require.Contains(t, r.Message, "your last one stays and counts")
			require.Contains(t, r.Message, election.At(first.Add(10*time.Minute)).String())
			at.cast(ballots[0]) // a known container gets its receipt
			at.cast(ballots[2])
			at.cast(at.prepare(w.Voters[1]))
		}
		s.clock.set(first.Add(10*time.Minute - time.Second))
		s.requireRefused(s.prepare(v), http.StatusTooManyRequests, codeVoterLimit)
		s.clock.set(first.Add(10 * time.Minute))
		s.cast(s.prepare(v))
		s.requireRefused(s.prepare(v), http.StatusTooManyRequests, codeVoterLimit)
		unlimited := serveAt(t, w, url, s.clock.now())
		unlimited.cast(unlimited.prepare(v))
	})
}

func TestVoterLimitSaysWhenToTryAgain(t *testing.T) {
	w := test.New(t, 1)
	s := serve(t, w, sqliteURL(t), castsPer)
	for range 3 {
		s.cast(s.prepare(w.Voters[0]))
	}
	s.clock.pass(4 * time.Minute)
	resp, err := http.Post(s.http.URL+"/v1/ballots", containerType, bytes.NewReader(s.prepare(w.Voters[0]).Container))
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, strconv.Itoa(6*60), resp.Header.Get("Retry-After"))
}

// Only who signs as a voter comes to that voter's limit: what others send uses up nothing,
// and does not tell them that it is reached.
func TestNobodyElseUsesUpALimit(t *testing.T) {
	w := test.New(t, 2)
	s := serve(t, w, sqliteURL(t), castsPer, func(c *Config) { c.Voter.Failures = Rate{PerSecond: 0.001, Burst: 1} })
	v := w.Voters[0]
	good := s.prepare(v)
	for range 5 {
		s.requireRefused(w.Seal(t, w.Voters[1], good.Inner, s.clock.now()), forbidden, processing.CodeOtherVoter)
		s.requireRefused(&test.Signed{Inner: good.Inner, Container: forged(s, good)}, unprocessable, "signature_invalid")
	}
	for range 3 {
		s.cast(s.prepare(v))
	}
	s.requireRefused(s.prepare(v), http.StatusTooManyRequests, codeVoterLimit)
	next := s.prepare(v)
	s.requireRefused(w.Seal(t, w.Voters[1], next.Inner, s.clock.now()), forbidden, processing.CodeOtherVoter)
	s.requireRefused(&test.Signed{Inner: next.Inner, Container: forged(s, next)}, unprocessable, "signature_invalid")
	s.cast(s.prepare(w.Voters[1]))
}

// A ballot that is sent twice at once is not refused because the first of the two was taken.
func TestTwiceAtOnceAtTheLimit(t *testing.T) {
	w := test.New(t, 1)
	s := serve(t, w, sqliteURL(t), castsPer)
	var last *test.Signed
	for range 3 {
		last = s.prepare(w.Voters[0])
		s.cast(last)
	}
	candidate, refused := s.c.bench.Load().judge.Shape(last.Container)
	require.Nil(t, refused)
	require.NoError(t, s.c.limitCasts(ctx, w.Voters[0].Pseudonym.String(), candidate.Envelope, s.clock.now()))
	require.Error(t, s.c.limitCasts(ctx, w.Voters[0].Pseudonym.String(), election.Hash{1}, s.clock.now()))
}

// Signed ballots that are wrong are looked at only so often, good ones always.
func TestWrongBallotsOfOneVoter(t *testing.T) {
	w := test.New(t, 2)
	s := serve(t, w, sqliteURL(t), func(c *Config) { c.Voter.Failures = Rate{PerSecond: 1e-6, Burst: 3} })
	wrong := func(v *test.Voter) *test.Signed {
		b, err := election.ParseBallot(s.prepare(v).Inner)
		require.NoError(t, err)
		breakProof(b)
		return w.Seal(t, v, b.Bytes(), s.clock.now())
	}
	v := w.Voters[0]
	for range 10 {
		s.cast(s.prepare(v)) // takes nothing away
	}
	s.requireRefused(wrong(v), unprocessable, processing.CodeBadProof)
	s.requireRefused(w.Ballot(t, v, election.Anchor{Size: 99}, s.clock.now()), unprocessable, processing.CodeBadAnchor)
	s.cast(s.prepare(v))
	s.requireRefused(wrong(v), unprocessable, processing.CodeBadProof)
	r := s.requireRefused(wrong(v), http.StatusTooManyRequests, codeVoterLimit)
	require.Contains(t, r.Message, "your last ballot counts")
	s.requireRefused(s.prepare(v), http.StatusTooManyRequests, codeVoterLimit)
	s.cast(s.prepare(w.Voters[1]))
	s.requireRefused(wrong(w.Voters[1]), unprocessable, processing.CodeBadProof)
}

// A fault of a service, or of ours, is not the voter's.
func TestWhoseFaultItIs(t *testing.T) {
	for code, want := range map[string]bool{
		codeBusy: false, codeUnavailable: false, codeNotWitnessed: false, codeBadRequest: true,
	} {
		require.Equal(t, want, isVotersFault(fmt.Errorf("x: %w", &Refusal{code: code})), code)
	}
	require.False(t, isVotersFault(nil))
	require.False(t, isVotersFault(fmt.Errorf("of the database")))
	for _, code := range processing.Codes() {
		refused := refusedBy(processing.Refuse(code, nil), nil)
		require.Equal(t, statusOf(processing.Refuse(code, nil)) != http.StatusServiceUnavailable, isVotersFault(refused), code)
	}
}

func TestAttempts(t *testing.T) {
	now := time.Unix(1_900_000_000, 0)
	a := newAttempts(Rate{PerSecond: 0.1, Burst: 2})
	begin := func() func(bool) {
		end, ok := a.begin("v", now)
		require.True(t, ok)
		return end
	}
	first, second := begin(), begin()
	_, ok := a.begin("v", now)
	require.False(t, ok, "both could fail")
	other, ok := a.begin("w", now)
	require.True(t, ok)
	other(true)
	first(true)
	_, ok = a.begin("v", now)
	require.False(t, ok)
	second(false)
	begin()(true)
	_, ok = a.begin("v", now)
	require.False(t, ok)
	now = now.Add(10 * time.Second)
	begin()(false)
	begin()(false)
	require.Empty(t, a.running)

	var wait sync.WaitGroup
	unlimited := newAttempts(Rate{})
	for range 50 {
		wait.Go(func() {
			end, ok := unlimited.begin("v", now)
			if !ok {
				t.Error("there is no limit")
				return
			}
			end(true)
		})
	}
	wait.Wait()
}

func TestSignOnsOfOneVoter(t *testing.T) {
	w := test.New(t, 2)
	s := serve(t, w, sqliteURL(t), func(c *Config) { c.Voter.Logins = Rate{PerSecond: 1e-6, Burst: 2} })
	answer := func(v *test.Voter) []byte { return s.answer(v.Card.Authentication, test.URL, s.challenge().Challenge) }
	// Whoever has no card of the voter uses up nothing.
	for range 5 {
		s.requireNoLogin(s.answer(w.Voters[0].Card.Authentication, "https://vote.example.com", s.challenge().Challenge), http.StatusUnauthorized, codeLogin)
	}
	used := answer(w.Voters[0])
	_, _ = s.do(http.MethodPost, "/v1/session", jsonType, used)
	for range 5 {
		s.requireNoLogin(used, http.StatusUnauthorized, codeChallenge)
	}
	e := s.login(w.Voters[0])
	s.requireNoLogin(answer(w.Voters[0]), http.StatusTooManyRequests, codeVoterLimit)
	s.login(w.Voters[1])
	// A session that was opened goes on, and so does casting.
	_, err := s.c.Session(ctx, e.Session.Token)
	require.NoError(t, err)
	s.cast(s.prepare(w.Voters[0]))
}
