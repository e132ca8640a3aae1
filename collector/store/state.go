package store

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// State is what an operator watches of the log.
type State struct {
	Size      uint64 // entries
	Published uint64 // entries under the newest final checkpoint
	Phase     Phase
}

// State reads it without any lock.
func (s *Store) State(ctx context.Context) (State, error) {
	var now State
	err := s.db.QueryRowContext(ctx, `SELECT size, phase, (SELECT COALESCE(MAX(size), 0) FROM checkpoint WHERE final) FROM head WHERE id = 1`).
		Scan(&now.Size, &now.Phase, &now.Published)
	return now, wrap(err)
}

// CountUnsettled counts the ballots that were cast since a time and have no evidence yet.
func (s *Store) CountUnsettled(ctx context.Context, since time.Time) (n uint64, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT COUNT(*) FROM ballot WHERE evidence IS NULL AND cast_at >= $1`, since.Unix()).Scan(&n)
	return n, wrap(err)
}

// Pool watches the connections to the database.
func (s *Store) Pool() prometheus.Collector { return collectors.NewDBStatsCollector(s.db, "valik") }
