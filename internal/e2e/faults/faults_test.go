package faults

import (
	"path/filepath"
	"testing"
)

// A collector that is killed in the middle of casting, twice, keeps its word.
func TestKilledCollector(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func(testing.TB) string{
		"SQLite":     sqlite,
		"PostgreSQL": func(t testing.TB) string { return startPostgres(t, "").database(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newElectorate(t, 6, nil)
			n := e.addNode(t, database(t))
			e.vote(t)
			for range 2 {
				e.requireMore(t, 15)
				n.kill()
				if err := n.start(); err != nil {
					t.Fatal(err)
				}
			}
			e.requireMore(t, 15)
			e.finish(t)
		})
	}
}

func sqlite(t testing.TB) string { return "sqlite://" + filepath.Join(t.TempDir(), "collector.db") }
