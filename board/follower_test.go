package board_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"valik/board"
)

// served serves a log at a size, with the cosignatures of the first n witnesses.
func (w *world) served(t *testing.T, size uint64, n int) board.Fetch {
	return func(path string) ([]byte, error) {
		if path == board.CheckpointFile {
			return w.witnessed(t, size, n), nil
		}
		return board.TileData(size, path, w)
	}
}

func TestFollower(t *testing.T) {
	w := newWorld(t, 300)
	fork := w.forkAt(t, 100, 300)
	f := board.NewFollower(w.policy, nil)
	require.Nil(t, f.Seen())
	for _, size := range []uint64{0, 1, 200, 200, 299} {
		c, err := f.Next(w.served(t, size, 2))
		require.NoError(t, err)
		require.Equal(t, size, c.Size)
		require.Equal(t, size, f.Seen().Size)
	}
	down := errors.New("down")
	for name, test := range map[string]struct {
		fetch board.Fetch
		want  error
	}{
		"no answer":        {func(string) ([]byte, error) { return nil, down }, down},
		"too few":          {w.served(t, 300, 1), board.ErrQuorum},
		"going back":       {w.served(t, 298, 2), board.ErrRollback},
		"a fork":           {fork.served(t, 300, 2), board.ErrFork},
		"a fork, no more":  {fork.served(t, 299, 2), board.ErrFork},
		"tiles of another": {mixed(w.served(t, 300, 2), fork.served(t, 300, 2)), board.ErrContent},
	} {
		_, err := f.Next(test.fetch)
		require.ErrorIs(t, err, test.want, name)
		var history *board.HistoryError
		if errors.As(err, &history) {
			require.Equal(t, uint64(299), history.Seen.Size, name)
		}
		require.Equal(t, uint64(299), f.Seen().Size, name)
	}
	// From elsewhere an older checkpoint may come, of the same history only.
	require.NoError(t, f.Accept(w.checkpoint(t, 150), w.served(t, 299, 2)))
	require.Equal(t, uint64(299), f.Seen().Size)
	require.ErrorIs(t, f.Accept(fork.checkpoint(t, 150), w.served(t, 299, 2)), board.ErrFork)
	_, err := board.NewFollower(w.policy, f.Seen()).Next(w.served(t, 200, 2))
	require.ErrorIs(t, err, board.ErrRollback, "kept from an earlier run")
}

// mixed has the checkpoint of one log and the tiles of another.
func mixed(checkpoint, tiles board.Fetch) board.Fetch {
	return func(path string) ([]byte, error) {
		if path == board.CheckpointFile {
			return checkpoint(path)
		}
		return tiles(path)
	}
}

func TestFollowerInManyPlacesAtOnce(t *testing.T) {
	w := newWorld(t, 40)
	f := board.NewFollower(w.policy, nil)
	// The tiles of the largest tree are those of every smaller one too.
	tiles := func(path string) ([]byte, error) { return board.TileData(40, path, w) }
	var wait sync.WaitGroup
	for size := range uint64(41) {
		c := w.checkpoint(t, size)
		wait.Go(func() { assert.NoError(t, f.Accept(c, tiles)) })
	}
	wait.Wait()
	require.Equal(t, uint64(40), f.Seen().Size)
}

func TestExplainQuorum(t *testing.T) {
	w := newWorld(t, 5)
	raw := w.witnessed(t, 5, 1)
	raw = append(raw, w.witnesses[0].line(t, raw)...)
	raw = append(raw, witnessFromSeed(t, "witness.example/b", testSeed("another")).line(t, raw)...)
	raw = append(raw, testWitness(t, "witness.example/x").line(t, raw)...)
	_, err := w.policy.Open(raw)
	require.ErrorIs(t, err, board.ErrQuorum)
	require.Equal(t, []string{
		`"log.example/board-test": the log's own signature`,
		`"witness.example/a": counts`,
		`"witness.example/a": does not count a second time`,
		`"witness.example/b": does not count, the line is of another key than the policy's`,
		`"witness.example/x": does not count, no such witness`,
	}, w.policy.ExplainQuorum(raw))
	require.Empty(t, w.policy.ExplainQuorum([]byte("noise")))
	require.Empty(t, (&board.Policy{}).ExplainQuorum(raw))
}
