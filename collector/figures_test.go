package collector

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	test "valik/collector/collectortest"
	"valik/collector/statistics"
	"valik/collector/store"
	"valik/election"
)

// days makes the polls be open for so long that there are hours to tell of.
func days(m *election.Manifest) { m.Closes = m.Opens + 5*24*3600 }

// put puts a ballot of a voter into the box, without the proofs that a hundred of them would
// take minutes for: statistics look at voter, time and order alone.
func (s *server) put(voter *test.Voter, at time.Time, number int) {
	s.t.Helper()
	require.NoError(s.t, s.c.store.Update(ctx, func(tx *store.Tx) error {
		b := &store.Ballot{Voter: voter.Pseudonym.String(), Container: []byte{0}, Time: at, Inner: election.HashOf(fmt.Append(nil, number))}
		b.Envelope = b.Inner
		leaf := election.NewBallotEntry(s.w.Fingerprint(), b.Inner, b.Envelope, election.Hash{}, election.At(at)).Bytes()
		return tx.AppendBallot(b, leaf)
	}))
}

// putHour lets voters vote twice each in an hour after the opening.
func (s *server) putHour(hour int, voters []*test.Voter) {
	for i, v := range slices.Concat(voters, voters) {
		s.put(v, test.Opens.Add(time.Duration(hour)*time.Hour+time.Duration(i)*time.Second), 1000*hour+i)
	}
}

func TestStatistics(t *testing.T) {
	w := test.New(t, 60, days) // 48 in one district, 12 in the other
	onBoth(t, func(t *testing.T, database func(*testing.T) string) {
		url := database(t)
		s := serve(t, w, url, func(c *Config) { c.Smallest = 5 })
		s.get("/v1/open")
		require.Equal(t, 0, s.statistics().Total.Voters)
		require.Equal(t, w.Manifest.Opens, s.statistics().Total.Until)

		s.putHour(0, w.Voters[:30])
		require.Empty(t, s.statistics().Steps, "the hour is not over")
		s.putHour(1, w.Voters[30:])
		require.Empty(t, s.statistics().Steps, "the newest step is held back")
		s.putHour(2, w.Voters[:1])
		first := s.statistics()
		require.Equal(t, statistics.Counts{Casts: 60, Voters: 30, Revotes: 30}, first.Total.Counts)
		require.Len(t, first.Steps, 1)
		require.Empty(t, first.Rows, "the first row is never told")

		s.clock.set(w.Manifest.Closes.Time())
		s.get("/v1/close")
		last := s.statistics()
		require.Equal(t, first.Steps, last.Steps[:1])
		require.Equal(t, statistics.Counts{Casts: 122, Voters: 60, Revotes: 62}, last.Total.Counts)
		require.Equal(t, []statistics.District{
			{District: test.District, Counts: statistics.Counts{Casts: 50, Voters: 24, Revotes: 26}},
			{District: test.Elsewhere, Counts: statistics.Counts{Casts: 12, Voters: 6, Revotes: 6}},
		}, last.Rows[0].Districts)

		// Who has only the database and the folder reads the same.
		read, err := ReadStatistics(ctx, Config{Database: url, Folder: os.DirFS(w.Dir), Smallest: 5})
		require.NoError(t, err)
		require.Equal(t, last, read)
		total, err := ReadTotal(ctx, Config{Database: url, Folder: os.DirFS(w.Dir), Smallest: 5})
		require.NoError(t, err)
		again, err := s.c.Total(ctx)
		require.NoError(t, err)
		require.Equal(t, string(again), string(total))
		require.JSONEq(t, fmt.Sprintf(`{"TOTAL": {"time": %q, "election": %q, "online-voters": 60}}`, last.Total.Until, w.Manifest.ID), string(total))
	})
}

func (s *server) statistics() *statistics.Statistics {
	s.t.Helper()
	got, err := s.c.Statistics(ctx)
	require.NoError(s.t, err)
	return got
}

// Who moves to another district counts there from then on, and nothing that was told changes.
func TestStatisticsAfterAMove(t *testing.T) {
	w := test.New(t, 100, days)
	smallest := func(c *Config) { c.Smallest = 5 }
	s := serve(t, w, sqliteURL(t), smallest)
	s.get("/v1/open")
	for hour := range 3 {
		s.putHour(hour, w.Voters[25*hour:25*(hour+1)]) // 20 and 5 in the two districts
	}
	s.putHour(3, w.Voters[:1])
	before := s.statistics()
	require.Len(t, before.Rows, 1)
	require.Len(t, before.Rows[0].Districts, 2)

	for _, v := range w.Voters[:95] {
		v.District, v.Parish = test.Elsewhere, "0784"
	}
	w.WriteRoll(t, 1, w.Voters)
	other := serve(t, w, s.c.config.Database, smallest) // it logs the roll
	other.putHour(4, w.Voters[75:])
	other.clock.set(w.Manifest.Closes.Time())
	other.get("/v1/close")
	now := s.statistics()
	require.Equal(t, before.Steps, now.Steps[:2])
	require.Equal(t, before.Rows, now.Rows[:1])
	require.Len(t, now.Rows, 2)
	require.Equal(t, 20, now.Rows[1].Districts[0].Voters, "before the move")
	require.Equal(t, other.statistics(), now, "the first collector has read the roll that the other logged")
}

// Nothing is counted before the board has it, and statistics do not wait for who writes.
func TestStatisticsTakeNoLock(t *testing.T) {
	w := test.New(t, 1, days)
	onBoth(t, func(t *testing.T, database func(*testing.T) string) {
		s := serve(t, w, database(t))
		require.NoError(t, s.c.store.Update(ctx, func(*store.Tx) error {
			s.statistics()
			return nil
		}))
	})
}

func TestStatisticsOfADamagedDatabase(t *testing.T) {
	w := test.New(t, 2, days)
	s := serve(t, w, sqliteURL(t))
	s.get("/v1/open")
	stranger := &test.Voter{Voter: &election.Voter{}}
	s.put(stranger, test.Opens, 1)
	_, err := s.c.Statistics(ctx)
	require.ErrorIs(t, err, store.ErrCorrupt)
	require.NotContains(t, err.Error(), stranger.Pseudonym.String())

	other := test.New(t, 2, days)
	_, err = ReadStatistics(ctx, Config{Database: s.c.config.Database, Folder: os.DirFS(other.Dir)})
	require.ErrorIs(t, err, ErrContradiction, "the folder is another election's")
}

func TestSmallestOfStatistics(t *testing.T) {
	w := test.New(t, 1)
	config := configOf(w, sqliteURL(t), new(clock))
	config.Smallest = statistics.Floor - 1
	_, err := New(ctx, config)
	require.ErrorIs(t, err, statistics.ErrSmallest)
	_, err = ReadStatistics(ctx, config)
	require.ErrorIs(t, err, statistics.ErrSmallest)
}

// The handlers for the officials' listener.
func TestStatisticsOverHTTP(t *testing.T) {
	s := serve(t, test.New(t, 1), sqliteURL(t))
	h := s.c.serve(func(g *gin.Engine) {
		g.GET("/v1/statistics", s.c.handle(s.c.getStatistics))
		g.GET("/v1/total", s.c.handle(s.c.getTotal))
	})
	ask := func(path, accept string) *httptest.ResponseRecorder {
		req := httptest.NewRequest(http.MethodGet, path, nil)
		if accept != "" {
			req.Header.Set("Accept", accept)
		}
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, req)
		require.Equal(t, http.StatusOK, answer.Code, "%s", answer.Body)
		require.Equal(t, cacheNever, answer.Header().Get("Cache-Control"))
		return answer
	}
	for _, accept := range []string{"", "*/*", jsonType} {
		answer := ask("/v1/statistics", accept)
		require.Equal(t, jsonType, answer.Header().Get("Content-Type"))
		var got statistics.Statistics
		require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &got))
		require.Equal(t, s.w.Fingerprint(), got.Election)
		require.Equal(t, statistics.Default, got.Smallest)
	}
	answer := ask("/v1/statistics", csvType)
	require.Equal(t, csvType, answer.Header().Get("Content-Type"))
	require.Equal(t, "from,to,district,casts,voters,revotes\n", answer.Body.String())
	require.JSONEq(t, fmt.Sprintf(`{"TOTAL": {"time": %q, "election": %q, "online-voters": 0}}`, s.w.Manifest.Opens, s.w.Manifest.ID), ask("/v1/total", "").Body.String())
}

// BenchmarkStatistics reads ballots with containers of the usual size from SQLite.
func BenchmarkStatistics(b *testing.B) {
	const voters, ballots = 100, 20_000
	w := test.New(b, voters, days)
	now := new(clock)
	now.set(test.Opens.Add(time.Minute))
	database := "sqlite:" + b.TempDir() + "/collector.db"
	c, err := New(ctx, configOf(w, database, now))
	require.NoError(b, err)
	defer c.Close()
	require.NoError(b, c.sequence.turn(ctx))
	container := make([]byte, 16<<10)
	require.NoError(b, c.store.Update(ctx, func(tx *store.Tx) error {
		for i := range ballots {
			hash := election.HashOf(fmt.Append(nil, i))
			k := &store.Ballot{Voter: w.Voters[i%voters].Pseudonym.String(), Inner: hash, Envelope: hash, Container: container, Time: test.Opens.Add(time.Duration(i) * time.Second)}
			if err := tx.AppendBallot(k, election.NewEntry(election.KindBallot, w.Fingerprint(), hash).Bytes()); err != nil {
				return err
			}
		}
		return nil
	}))
	b.ResetTimer()
	for b.Loop() {
		c.figures, err = newFigures(c.manifest, 0)
		require.NoError(b, err)
		_, err = c.Statistics(ctx)
		require.NoError(b, err)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*ballots), "ns/ballot")
}
