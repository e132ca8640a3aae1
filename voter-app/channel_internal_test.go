package voter

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTheConnectionOutlivesTheSearchForThePIN: Go's own way to the network closes a
// connection that nobody used for a minute and a half, and the answer to a challenge, which
// is good for three minutes, is bound to it.
func TestTheConnectionOutlivesTheSearchForThePIN(t *testing.T) {
	for _, h := range []*http.Client{nil, {Transport: http.DefaultTransport}} {
		c, err := newClient("https://vote.example.ee", h)
		require.NoError(t, err)
		own, end, err := c.single()
		require.NoError(t, err)
		defer end()
		require.Zero(t, own.http.Transport.(*http.Transport).IdleConnTimeout)
	}
}
