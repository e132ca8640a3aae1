package polls

import (
	"context"
	"net/http"
	"time"

	"github.com/stretchr/testify/require"

	"valik/collector/collectortest"
	"valik/eid"
	voter "valik/voter-app"
)

// Vote casts a ballot for a choice of the first contest with a voter's program that has no
// face, and gives the link that it shows.
func (p *Polls) Vote(v *collectortest.Voter, choice string) string {
	p.t.Helper()
	ctx := context.Background()
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	e, err := voter.Open(ctx, p.Manifest.Collector.URL, p.Fingerprint(), nil, client)
	require.NoError(p.t, err)
	who, err := e.Identify(ctx, eid.AuthenticateWith(v.Card.Authentication))
	require.NoError(p.t, err)
	prepared, err := e.Prepare(ctx, who, map[string][]string{p.Manifest.Contests[0].ID: {choice}})
	require.NoError(p.t, err)
	sealed, err := e.Seal(ctx, prepared, v.Card.Signing, p.Now())
	require.NoError(p.t, err)
	receipt, err := e.Cast(ctx, sealed)
	require.NoError(p.t, err)
	return e.Link(sealed, receipt).Reveal()
}
