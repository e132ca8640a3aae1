package collector

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	test "valik/collector/collectortest"
	"valik/collector/store"
	"valik/election"
	"valik/election/processing"
)

func TestCasting(t *testing.T) {
	w := test.New(t, 10)
	onBoth(t, func(t *testing.T, database func(*testing.T) string) {
		t.Run("a ballot is cast and found on the board", func(t *testing.T) {
			s := serve(t, w, database(t))
			b := s.prepare(w.Voters[0])
			r := s.cast(b)
			entries := s.entries()
			require.Equal(t, election.BallotLeaf(b.InnerHash(), b.Envelope(), r.Evidence, r.Time), entries[r.Index].Artefact)
			require.Equal(t, election.At(s.clock.now()), r.Time)
		})
		t.Run("a retry gets the same receipt", func(t *testing.T) {
			aRetryGetsTheSameReceipt(t, serve(t, w, database(t)))
		})
		t.Run("a voter votes again", func(t *testing.T) { aVoterVotesAgain(t, serve(t, w, database(t))) })
		t.Run("many vote at once", func(t *testing.T) { manyVoteAtOnce(t, serve(t, w, database(t))) })
		t.Run("the polls open and close by the clock", func(t *testing.T) {
			thePollsOpenAndClose(t, serveAt(t, w, database(t), test.Opens.Add(-time.Second)))
		})
		t.Run("each collector keeps the hours by its own clock", func(t *testing.T) {
			eachKeepsTheHours(t, w, database(t))
		})
		t.Run("what changes between check and place is decided in place", func(t *testing.T) {
			placeDecides(t, serve(t, w, database(t)))
		})
		t.Run("the log follows the clock by itself", func(t *testing.T) {
			theLogFollowsTheClock(t, serveAt(t, w, database(t), test.Opens.Add(-time.Second)))
		})
	})
}

func aRetryGetsTheSameReceipt(t *testing.T, s *server) {
	b := s.prepare(s.w.Voters[0])
	_, first := s.do(http.MethodPost, "/v1/ballots", containerType, b.Container)
	s.requireReceipt(first, b)
	s.cast(s.prepare(s.w.Voters[1]))
	size := s.size()
	s.clock.pass(2 * time.Hour) // the polls have closed, and the signing time is old
	status, again := s.do(http.MethodPost, "/v1/ballots", containerType, b.Container)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, string(first), string(again))
	require.Equal(t, size[1], s.size()[1])
}

func aVoterVotesAgain(t *testing.T, s *server) {
	v := s.w.Voters[0]
	first := s.prepare(v)
	held := s.w.Ballot(t, v, s.anchor(), s.clock.now())
	s.cast(first)
	second := s.prepare(v)
	s.requireRefused(held, http.StatusConflict, processing.CodeStale)
	s.cast(second)
	s.cast(first) // gets the receipt that it has, and tells a coercer nothing
	s.requireRefused(held, http.StatusConflict, processing.CodeStale)
	s.cast(second)
	otherEnvelope := s.w.Seal(t, v, second.Inner, s.clock.now())
	s.requireRefused(otherEnvelope, http.StatusConflict, processing.CodeReplayed)
	require.Len(t, election.Where(s.entries(), election.KindBallot), 2)
}

func manyVoteAtOnce(t *testing.T, s *server) {
	var ballots []*test.Signed
	for _, v := range s.w.Voters {
		ballots = append(ballots, s.prepare(v))
	}
	receipts := make([][2]*election.Receipt, len(ballots))
	var wait sync.WaitGroup
	for i, b := range ballots {
		for k := range 2 { // everybody is impatient
			wait.Go(func() { receipts[i][k] = s.cast(b) })
		}
	}
	wait.Wait()
	entries := s.entries()
	require.Len(t, election.Where(entries, election.KindBallot), len(ballots))
	for i, both := range receipts {
		r := both[0]
		require.Equal(t, string(r.Bytes()), string(both[1].Bytes()))
		require.Equal(t, election.BallotLeaf(ballots[i].InnerHash(), ballots[i].Envelope(), r.Evidence, r.Time), entries[r.Index].Artefact)
	}
}

func thePollsOpenAndClose(t *testing.T, s *server) {
	require.Len(t, s.entries(), 3)
	status, answer := s.do(http.MethodGet, "/v1/open", "", nil)
	require.Equal(t, http.StatusNotFound, status)
	require.Equal(t, codeNotFound, s.requireRefusal(answer, election.Hash{}).Code)
	early := s.prepare(s.w.Voters[0])
	s.requireRefused(early, http.StatusForbidden, processing.CodeNotOpen)

	s.clock.set(test.Opens)
	open, err := election.ParseOpen(s.get("/v1/open"))
	require.NoError(t, err)
	require.Equal(t, []election.Hash{election.HashOf(s.w.Read(t, "record/manifest.json.p7s"))}, open.Signatures)
	require.Equal(t, election.HashOf(s.w.Read(t, "record/ceremony.json")), open.Ceremony)
	require.Equal(t, election.HashOf(s.w.Read(t, "sealed/roll-0.jsonl")), open.Roll)
	s.cast(s.prepare(s.w.Voters[0]))

	s.clock.set(test.Closes.Add(-time.Second))
	late := s.prepare(s.w.Voters[1])
	s.cast(s.prepare(s.w.Voters[2]))
	s.clock.set(test.Closes)
	status, answer = s.do(http.MethodPost, "/v1/ballots", containerType, late.Container)
	require.Equal(t, http.StatusForbidden, status)
	require.Equal(t, processing.CodeClosed, s.requireRefusal(answer, late.InnerHash()).Code)
	shut, err := election.ParseClose(s.get("/v1/close"))
	require.NoError(t, err)
	require.Equal(t, 2, shut.Ballots)

	var kinds []election.Kind
	entries := s.entries()
	for _, e := range entries {
		kinds = append(kinds, e.Kind)
	}
	require.Equal(t, []election.Kind{
		election.KindManifest, election.KindCeremony, election.KindRoll, election.KindOpen,
		election.KindBallot, election.KindBallot, election.KindClose,
	}, kinds)
	require.Equal(t, election.HashOf(open.Bytes()), entries[3].Artefact)
	require.Equal(t, election.HashOf(shut.Bytes()), entries[6].Artefact)

	// Even a clock that is set back does not open the polls again.
	s.clock.set(test.Closes.Add(-time.Minute))
	s.requireRefused(late, http.StatusForbidden, processing.CodeClosed)
}

func theLogFollowsTheClock(t *testing.T, s *server) {
	requireEntries := func(n uint64) {
		t.Helper()
		s.eventually(func() bool { return s.size()[0] == n })
	}
	requireEntries(3)
	s.clock.set(test.Opens)
	requireEntries(4)
	s.clock.set(test.Closes)
	requireEntries(5)
}

// A ballot's time is by the clock of the collector that takes it, and must lie within the
// hours also if another collector, whose clock is ahead, has opened the polls.
func eachKeepsTheHours(t *testing.T, w *test.World, url string) {
	ahead := serveAt(t, w, url, test.Opens)
	behind := serveAt(t, w, url, test.Opens.Add(-time.Second))
	b := ahead.prepare(w.Voters[0])
	ahead.get("/v1/open")
	behind.requireRefused(b, http.StatusForbidden, processing.CodeNotOpen)
	ahead.cast(b)
}

// placeDecides sends casts past the checks, as if they had been true a moment before.
func placeDecides(t *testing.T, s *server) {
	at := func(n byte, voter string, anchor uint64) *cast {
		return &cast{
			ballot: store.Ballot{Voter: voter, Inner: [32]byte{n}, Envelope: [32]byte{n}, Container: []byte{n}, Time: s.clock.now()},
			leaf:   election.NewBallotEntry(s.w.Fingerprint(), election.Hash{n}, election.Hash{n}, election.Hash{}, election.At(s.clock.now())).Bytes(),
			anchor: anchor, rolls: 1,
		}
	}
	submit := func(k *cast) error { return s.c.sequence.submit(ctx, k) }
	first, second := at(1, "v", 4), at(2, "v", 5)
	require.NoError(t, submit(first))
	require.NoError(t, submit(second))
	require.EqualValues(t, 5, second.ballot.Index)

	again := at(2, "v", 5)
	require.NoError(t, submit(again))
	require.EqualValues(t, 5, again.ballot.Index)
	earlier := at(1, "v", 4)
	require.NoError(t, submit(earlier), "a retry, whether or not the voter has voted again")
	require.EqualValues(t, 4, earlier.ballot.Index)
	require.ErrorIs(t, submit(at(3, "v", 5)), errStale)
	replay := at(2, "v", 6)
	replay.ballot.Envelope[1] = 1
	require.ErrorIs(t, submit(replay), errReplayed)
	outdated := at(4, "w", 6)
	outdated.rolls = 0
	require.ErrorIs(t, submit(outdated), errRollChanged)
	s.clock.set(test.Closes)
	s.get("/v1/close")
	require.ErrorIs(t, submit(at(5, "w", 6)), errClosed)
	require.NoError(t, submit(at(2, "v", 5)), "a retry")
}
