package collector

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	test "valik/collector/collectortest"
	"valik/election"
)

func TestLimiter(t *testing.T) {
	now := time.Unix(1_900_000_000, 0)
	l := newLimiter(Rate{PerSecond: 2, Burst: 3})
	for range 3 {
		require.True(t, l.allow("a", now))
	}
	require.False(t, l.allow("a", now))
	require.True(t, l.allow("b", now), "another address")
	require.True(t, l.allow("a", now.Add(500*time.Millisecond)))
	require.False(t, l.allow("a", now.Add(500*time.Millisecond)))
	require.True(t, newLimiter(Rate{}).allow("a", now), "no limit")

	for i := range 2 * maxAddresses {
		l.allow(fmt.Sprint(i), now)
	}
	require.LessOrEqual(t, len(l.of), maxAddresses)
}

func TestLines(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.1":               "192.0.2.1",
		"::ffff:192.0.2.1":        "::ffff:192.0.2.1",
		"2001:db8:1:2:3:4:5:6":    "2001:db8:1:2::/64",
		"2001:db8:1:2:ffff::ffff": "2001:db8:1:2::/64",
		"":                        "",
	} {
		require.Equal(t, want, line(address))
	}
}

func TestTooManyRequests(t *testing.T) {
	w := test.New(t, 1)
	s := serve(t, w, sqliteURL(t), func(c *Config) { c.Rate = Rate{PerSecond: 0.01, Burst: 2} })
	s.get("/healthz")
	s.get("/healthz")
	status, answer := s.do(http.MethodGet, "/healthz", "", nil)
	require.Equal(t, http.StatusTooManyRequests, status)
	require.Equal(t, codeTooMany, s.requireRefusal(answer, election.Hash{}).Code)
}

// Only a proxy that the operator named may say whose request it passes on.
func TestForwardedAddresses(t *testing.T) {
	w := test.New(t, 1)
	limited := Rate{PerSecond: 0.01, Burst: 1}
	for _, proxies := range [][]string{nil, {"192.0.2.1"}} {
		s := serve(t, w, sqliteURL(t), func(c *Config) { c.Rate, c.Proxies = limited, proxies })
		handler := s.c.Handler()
		ask := func(forwarded string) int {
			req := httptest.NewRequest(http.MethodGet, "/healthz", nil)
			req.RemoteAddr = "192.0.2.1:1234"
			req.Header.Set("X-Forwarded-For", forwarded)
			rec := httptest.NewRecorder()
			handler.ServeHTTP(rec, req)
			return rec.Code
		}
		require.Equal(t, http.StatusOK, ask("198.51.100.1"))
		want := http.StatusTooManyRequests
		if proxies != nil {
			want = http.StatusOK
		}
		require.Equal(t, want, ask("198.51.100.2"))
	}
}

func TestCheckPage(t *testing.T) {
	w := test.New(t, 1)
	page := fstest.MapFS{"index.html": {Data: []byte("<title>Check")}, "app.js": {Data: []byte("1")}}
	s := serve(t, w, sqliteURL(t), func(c *Config) { c.CheckPage = page })
	for path, status := range map[string]int{"/check/": http.StatusOK, "/check/app.js": http.StatusOK, "/check/nothing": http.StatusNotFound, "/check": http.StatusOK} {
		resp, err := s.http.Client().Get(s.http.URL + path)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, status, resp.StatusCode, path)
		require.Equal(t, "no-referrer", resp.Header.Get("Referrer-Policy"))
		require.Contains(t, resp.Header.Get("Content-Security-Policy"), "default-src 'self'")
	}
	resp, err := s.http.Client().Transport.RoundTrip(httptest.NewRequest(http.MethodGet, s.http.URL+"/check", nil))
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, cacheNever, resp.Header.Get("Cache-Control"))
	require.Equal(t, "check/", resp.Header.Get("Location"), "relative, for proxies that serve it under a path")
	requireNoPage := serve(t, w, sqliteURL(t))
	for _, path := range []string{"/check", "/check/"} {
		status, _ := requireNoPage.do(http.MethodGet, path, "", nil)
		require.Equal(t, http.StatusNotFound, status, path)
	}
}

func TestAPanicIsOneRequestsEnd(t *testing.T) {
	w := test.New(t, 1)
	var log bytes.Buffer
	s := serve(t, w, sqliteURL(t), func(c *Config) { c.Logger = textLogger(&log) })
	g := gin.New()
	g.Use(s.c.logged, s.c.recovered)
	g.GET("/panic", func(*gin.Context) { panic("at the disco") })
	rec := httptest.NewRecorder()
	g.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/panic", nil))
	require.Equal(t, http.StatusServiceUnavailable, rec.Code)
	require.Equal(t, codeUnavailable, s.requireRefusal(rec.Body.Bytes(), election.Hash{}).Code)
	require.NotContains(t, rec.Body.String(), "disco")
	require.Contains(t, log.String(), "at the disco")
}
