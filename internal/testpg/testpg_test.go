package testpg

import (
	"context"
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTwoDatabasesOfOneServerAreApart(t *testing.T) {
	ctx := context.Background()
	s := Start(t)
	one, err := sql.Open("pgx", s.Database(t))
	require.NoError(t, err)
	defer one.Close()
	two, err := sql.Open("pgx", s.Database(t))
	require.NoError(t, err)
	defer two.Close()

	_, err = one.ExecContext(ctx, "CREATE TABLE a (n BIGINT)")
	require.NoError(t, err)
	_, err = two.ExecContext(ctx, "SELECT n FROM a")
	require.ErrorContains(t, err, "does not exist")
}
