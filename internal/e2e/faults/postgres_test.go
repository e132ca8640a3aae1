package faults

import (
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/internal/testpg"
)

// postgres is a server of its own for a test, with a way to it that can be disturbed.
type postgres struct {
	*testpg.Server
	way *proxy
}

func startPostgres(t testing.TB, parent string) *postgres {
	t.Helper()
	s, err := testpg.NewTCP(parent)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Stop()) })
	return &postgres{Server: s}
}

// behind puts a proxy before the server.
func (p *postgres) behind(t testing.TB, all *proxies) *postgres {
	t.Helper()
	p.way = all.to(t, p.Address())
	return p
}

// database makes one and gives its URL for collectors, over the proxy if there is one.
func (p *postgres) database(t testing.TB) string {
	t.Helper()
	collectors, _ := p.twoWays(t)
	return collectors
}

// twoWays gives the URL for collectors, and a connection beside the proxy.
func (p *postgres) twoWays(t testing.TB) (string, *sql.DB) {
	t.Helper()
	url := p.Database(t)
	address := p.Address()
	if p.way != nil {
		address = p.way.address
	}
	collectors, err := p.Over(url, address)
	require.NoError(t, err)
	db, err := sql.Open("pgx", url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return collectors, db
}
