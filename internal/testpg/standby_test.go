package testpg

import (
	"context"
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStandbyHasWhatWasCommitted(t *testing.T) {
	ctx := context.Background()
	primary, err := NewTCP("")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, primary.Stop()) })
	database := primary.Database(t)
	standby, err := primary.Standby("")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, standby.Stop()) })

	db, err := sql.Open("pgx", database)
	require.NoError(t, err)
	defer db.Close()
	_, err = db.ExecContext(ctx, "CREATE TABLE a (n BIGINT)")
	require.NoError(t, err)
	var state string
	require.NoError(t, db.QueryRowContext(ctx, "SELECT sync_state FROM pg_stat_replication").Scan(&state))
	require.Equal(t, "sync", state)

	require.NoError(t, primary.Kill())
	require.NoError(t, standby.Promote())
	u, err := standby.Over(database, standby.Address())
	require.NoError(t, err)
	promoted, err := sql.Open("pgx", u)
	require.NoError(t, err)
	defer promoted.Close()
	_, err = promoted.ExecContext(ctx, "INSERT INTO a VALUES (1)")
	require.NoError(t, err)
}
