package voter_test

import (
	"crypto/elliptic"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/board"
	test "valik/collector/collectortest"
	"valik/crypto/elgamal"
	"valik/eid"
	"valik/eid/testpki"
	"valik/election"
	"valik/internal/polls"
	voter "valik/voter-app"
)

// Between opening and preparing the board must grow, and nothing else.
func TestPrepareFindsLiesOfTheBoard(t *testing.T) {
	w := newWorld(t, 2)
	w.vote(w.Voters[1])
	old := w.open().Checkpoint()
	w.vote(w.Voters[1])
	seen := w.entries()
	fork := append([][]byte{}, seen...)
	fork[len(fork)-1] = w.foreign("a fork")
	tests := map[string]struct {
		lie  polls.Lie
		want []error
	}{
		"a fork":                   {w.otherBoard(append(fork, w.foreign("more"))...).instead, []error{voter.ErrBoard, board.ErrFork}},
		"a fork of the same size":  {w.otherBoard(fork...).instead, []error{voter.ErrBoard, board.ErrFork}},
		"going back":               {polls.At("/checkpoint", polls.Says(200, old.Raw)), []error{voter.ErrBoard, board.ErrRollback}},
		"another board, smaller":   {w.otherBoard(fork[2:]...).instead, []error{voter.ErrBoard, board.ErrRollback}},
		"an empty board":           {w.otherBoard().instead, []error{voter.ErrBoard, board.ErrRollback}},
		"no checkpoint":            {polls.At("/checkpoint", polls.Says(404, nil)), []error{voter.ErrUnreachable}},
		"a refusal, but not of it": {polls.At("/checkpoint", polls.Says(429, []byte("{}"))), []error{voter.ErrUnreachable}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			e := w.open()
			who, err := e.Identify(ctx, eid.AuthenticateWith(w.Voters[0].Card.Authentication))
			require.NoError(t, err)
			before := e.Checkpoint()
			w.Lies(tt.lie)
			p, err := e.Prepare(ctx, who, selection(who, "1"))
			require.Nil(t, p)
			for _, want := range tt.want {
				require.ErrorIs(t, err, want)
			}
			require.Equal(t, before, e.Checkpoint())
			w.Lies(nil)
			_, err = e.Prepare(ctx, who, selection(who, "1"))
			require.NoError(t, err)
		})
	}
}

// The collector's limits reach the voter in its own words.
func TestPrepareIsRefused(t *testing.T) {
	w := newWorld(t, 1)
	e := w.open()
	who, err := e.Identify(ctx, eid.AuthenticateWith(w.Voters[0].Card.Authentication))
	require.NoError(t, err)
	w.Lies(polls.At("/checkpoint", polls.Says(429, w.refusal(nil, "too_many").Bytes())))
	_, err = e.Prepare(ctx, who, selection(who, "1"))
	var refused *voter.RefusedError
	require.ErrorAs(t, err, &refused)
	require.Equal(t, "No. No vote was cast.", voter.Explain(err))
}

func TestPrepareChecksSelections(t *testing.T) {
	w := newWorld(t, 1)
	e := w.open()
	who, err := e.Identify(ctx, eid.AuthenticateWith(w.Voters[0].Card.Authentication))
	require.NoError(t, err)
	_, err = e.Prepare(ctx, who, map[string][]string{test.Contest: {"2.1"}})
	var selection *election.SelectionError
	require.ErrorAs(t, err, &selection)
	require.Contains(t, voter.Explain(err), test.Contest)
}

// The anchor is what was seen just before: a ballot of now is not stale.
func TestAnchorFollowsTheBoard(t *testing.T) {
	w := newWorld(t, 2)
	e := w.open()
	w.cast(e, w.prepare(e, w.Voters[0]))
	w.vote(w.Voters[1])
	s := w.prepare(e, w.Voters[0])
	require.EqualValues(t, len(w.entries()), s.Ballot.Anchor.Size)
	require.Equal(t, [32]byte(e.Checkpoint().Root), [32]byte(s.Ballot.Anchor.Root))
	w.cast(e, s)
}

func TestIdentify(t *testing.T) {
	w := newWorld(t, 5)
	e := w.open()
	v := w.Voters[4]
	who, err := e.Identify(ctx, eid.AuthenticateWith(v.Card.Authentication))
	require.NoError(t, err)
	require.Equal(t, test.Elsewhere, who.District)
	require.Equal(t, v.Pseudonym, who.Pseudonym)
	require.Empty(t, who.Casts)
	receipt := w.cast(e, w.prepare(e, v))
	who, err = e.Identify(ctx, eid.AuthenticateWith(v.Card.Authentication))
	require.NoError(t, err)
	require.Equal(t, []election.Time{receipt.Time}, who.Casts)
}

func TestIdentifyFindsLies(t *testing.T) {
	w := newWorld(t, 1)
	e := w.open()
	voterOf := func(fingerprint election.Hash, district string) polls.Lie {
		return polls.At("/v1/session", func(rw http.ResponseWriter, r *http.Request, honest http.Handler) {
			if strings.HasSuffix(r.URL.Path, "/challenge") {
				honest.ServeHTTP(rw, r)
				return
			}
			_, _ = rw.Write(election.NewEligibility(fingerprint, district, election.Pseudonym{}, nil, election.Session{Token: []byte{1}}).Bytes())
		})
	}
	challenge := func(fingerprint election.Hash) polls.Lie {
		return polls.At("/v1/session/challenge", polls.Says(200, election.NewChallenge(fingerprint, election.Hash{1}, 1).Bytes()))
	}
	tests := map[string]struct {
		lie  polls.Lie
		want []error
	}{
		"another election's challenge":   {challenge(election.Hash{1}), []error{voter.ErrOtherElection}},
		"another election's eligibility": {voterOf(election.Hash{1}, test.District), []error{voter.ErrOtherElection}},
		"a district that is not there":   {voterOf(w.Fingerprint(), "9999.9"), []error{voter.ErrUnreachable, election.ErrWrongDistrict}},
		"no challenge":                   {polls.At("/v1/session/challenge", polls.Says(200, nil)), []error{voter.ErrUnreachable}},
		"no eligibility":                 {polls.At("/v1/session", polls.Says(500, nil)), []error{voter.ErrUnreachable}},
		"a refusal not signed":           {polls.At("/v1/session", polls.Says(401, unsigned(w.refusal(nil, "login")))), []error{voter.ErrUnreachable, voter.ErrUnsigned}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w.in(t).Lies(tt.lie)
			who, err := e.Identify(ctx, eid.AuthenticateWith(w.Voters[0].Card.Authentication))
			require.Nil(t, who)
			for _, want := range tt.want {
				require.ErrorIs(t, err, want)
			}
		})
	}
}

func unsigned(r *election.Refusal) []byte {
	r.Signature[5] ^= 1
	return r.Bytes()
}

// The collector refuses, in words, who may not vote, and a challenge that is not its own.
func TestIdentifyIsRefused(t *testing.T) {
	w := newWorld(t, 1)
	e := w.open()
	requireRefused := func(card eid.Signer, code string) {
		t.Helper()
		_, err := e.Identify(ctx, eid.AuthenticateWith(card))
		var refused *voter.RefusedError
		require.ErrorAs(t, err, &refused)
		require.Equal(t, code, refused.Refusal.Code)
	}
	stranger, err := w.Issuer.Issue(testpki.PersonalCode(77), "A", "Stranger", elliptic.P256())
	require.NoError(t, err)
	requireRefused(stranger.Authentication, "not_on_roll")
	w.Lies(polls.At("/v1/session/challenge", polls.Says(200, election.NewChallenge(w.Fingerprint(), election.Hash{1}, 1).Bytes())))
	requireRefused(w.Voters[0].Card.Authentication, "challenge")
	w.Lies(nil)
	_, err = e.Identify(ctx, eid.AuthenticateWith(w.Voters[0].Card.Signing))
	var card *eid.Error
	require.ErrorAs(t, err, &card, "a signing key answers no challenge")
	require.Contains(t, voter.Explain(err), "Your card cannot be used")
}

// Nothing that a program may print by accident holds the secret of a ballot.
func TestSecretsAreNotPrinted(t *testing.T) {
	w := newWorld(t, 1)
	e := w.open()
	s := w.prepare(e, w.Voters[0])
	link := e.Link(s, w.cast(e, s))
	parsed, err := voter.ParseCheckLink(link.Reveal())
	require.NoError(t, err)
	secret := link.Reveal()[strings.LastIndex(link.Reveal(), ".")+1:]
	seed := parsed.Seed().SecretBytes()
	var log strings.Builder
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	for _, x := range []any{s, s.Prepared, *s.Prepared, link, *link, struct{ hidden *voter.CheckLink }{link}, struct{ hidden voter.Prepared }{*s.Prepared}, []any{link, s}} {
		logger.Info("accident", "x", x)
		texts := []string{log.String()}
		for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			texts = append(texts, fmt.Sprintf(format, x))
		}
		if b, err := json.Marshal(x); err == nil {
			texts = append(texts, string(b))
		}
		for _, text := range texts {
			for _, bad := range []string{secret, string(seed), fmt.Sprintf("%x", seed), fmt.Sprint(seed), strings.Trim(fmt.Sprint(seed), "[]")} {
				require.NotContains(t, text, bad)
			}
		}
	}
	for _, x := range []any{s, s.Prepared, link} {
		require.Equal(t, "[redacted]", fmt.Sprintf("%+v", x))
	}
}

// With the seed in the link, and with no other, the ballot opens.
func TestLinkOpensTheBallot(t *testing.T) {
	w := newWorld(t, 5)
	for _, v := range []*test.Voter{w.Voters[0], w.Voters[4]} {
		e := w.open()
		s := w.prepare(e, v)
		receipt := w.cast(e, s)
		link, err := voter.ParseCheckLink(e.Link(s, receipt).Reveal())
		require.NoError(t, err)
		require.Equal(t, w.Manifest.Collector.URL, link.Collector)
		require.Equal(t, receipt.Index, link.Index)
		require.Equal(t, s.Ballot.Hash(), link.Ballot)

		container, err := eid.ParseContainer(s.Container)
		require.NoError(t, err)
		ballot, err := election.ParseBallot(container.Data)
		require.NoError(t, err)
		choices, err := ballot.Open(w.Manifest, e.Keys.Public(), link.Seed())
		require.NoError(t, err)
		require.Equal(t, selection(&election.Eligibility{District: v.District}, "1"), choices)
		_, err = ballot.Open(w.Manifest, e.Keys.Public(), elgamal.NewSeed())
		require.ErrorIs(t, err, election.ErrSeed)
	}
}
