package testpg

import (
	"context"
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestKilledServerKeepsWhatWasCommitted(t *testing.T) {
	ctx := context.Background()
	s, err := NewTCP("")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Stop()) })
	url, err := s.Over(s.Database(t), s.Address())
	require.NoError(t, err)
	db, err := sql.Open("pgx", url)
	require.NoError(t, err)
	defer db.Close()
	_, err = db.ExecContext(ctx, "CREATE TABLE a (n BIGINT)")
	require.NoError(t, err)
	require.NoError(t, s.Kill())
	_, err = db.ExecContext(ctx, "INSERT INTO a VALUES (1)")
	require.Error(t, err)
	require.False(t, s.Running())
	require.NoError(t, s.Restart())
	_, err = db.ExecContext(ctx, "INSERT INTO a VALUES (1)")
	require.NoError(t, err)
}
