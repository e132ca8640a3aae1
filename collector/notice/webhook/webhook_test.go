package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/collector/notice"
	"valik/election"
)

var (
	key    = strings.Repeat("k", 32)
	secret = "whsec_" + base64.StdEncoding.EncodeToString([]byte(key))
	at     = time.Unix(1_700_000_000, 0)
	one    = notice.Notice{
		ID: "id", Code: "38001010000", Title: election.Text{"en": "Title\r\nX: y"},
		Languages: []string{"en"}, Cast: at,
	}
)

func channel(t *testing.T, h http.HandlerFunc) *Channel {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	c, err := New(Config{URL: server.URL + "/token", Secret: secret, Now: func() time.Time { return at }})
	require.NoError(t, err)
	return c
}

func TestSigned(t *testing.T) {
	var header http.Header
	var body []byte
	c := channel(t, func(w http.ResponseWriter, r *http.Request) {
		header = r.Header
		body, _ = io.ReadAll(r.Body)
		w.WriteHeader(http.StatusNoContent)
	})
	require.NoError(t, c.Deliver(t.Context(), one))
	require.Equal(t, `{"type":"ballot.cast","timestamp":"2023-11-14T22:13:20Z","data":{"code":"38001010000","title":{"en":"Title\r\nX: y"},"languages":["en"]}}`, string(body))
	require.Equal(t, "id", header.Get("webhook-id"))
	require.Equal(t, "1700000000", header.Get("webhook-timestamp"))
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte("id.1700000000." + string(body)))
	require.Equal(t, "v1,"+base64.StdEncoding.EncodeToString(h.Sum(nil)), header.Get("webhook-signature"))
}

func TestOutcomes(t *testing.T) {
	for _, row := range []struct {
		status    int
		after     string
		permanent bool
		wait      time.Duration
	}{
		{400, "", true, 0},
		{404, "5", true, 0},
		{410, "", true, 0},
		{408, "", false, 0},
		{429, "90", false, 90 * time.Second},
		{503, at.Add(time.Hour).UTC().Format(http.TimeFormat), false, time.Hour},
		{503, "-5", false, 0},
		{500, "soon", false, 0},
		{302, "", false, 0},
	} {
		called := 0
		c := channel(t, func(w http.ResponseWriter, r *http.Request) {
			called++
			w.Header().Set("Retry-After", row.after)
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(row.status)
		})
		err := c.Deliver(t.Context(), one)
		require.Equal(t, 1, called, "a redirect is not followed")
		require.NotContains(t, err.Error(), one.Code)
		var permanent *notice.Permanent
		var later *notice.Later
		if row.permanent {
			require.ErrorAs(t, err, &permanent)
			continue
		}
		require.ErrorAs(t, err, &later)
		require.Equal(t, row.wait, later.After, "%d %q", row.status, row.after)
	}
}

func TestUnreachable(t *testing.T) {
	c, err := New(Config{URL: "http://127.0.0.1:1/token", Secret: secret})
	require.NoError(t, err)
	require.EqualError(t, c.Deliver(t.Context(), one), "webhook: the service cannot be reached")
}

func TestRefusedSettings(t *testing.T) {
	for _, url := range []string{"", "http://example.ee/", "http://localhost.example.ee/", "https://user:word@example.ee/", "ftp://127.0.0.1/", "https://"} {
		_, err := New(Config{URL: url, Secret: secret})
		require.Error(t, err, url)
	}
	short := "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 23))
	for _, s := range []string{"", key, "whsec_", "whsec_!!!!", short, strings.TrimPrefix(secret, "whsec_")} {
		_, err := New(Config{URL: "https://example.ee/", Secret: s})
		require.Error(t, err)
		require.NotContains(t, err.Error(), key)
		require.NotContains(t, err.Error(), short)
	}
}
