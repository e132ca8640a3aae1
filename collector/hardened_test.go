package collector

import (
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	test "valik/collector/collectortest"
	"valik/eid"
	"valik/election"
)

func TestHeaders(t *testing.T) {
	w := test.New(t, 1)
	s := serve(t, w, sqliteURL(t), func(c *Config) {
		c.CheckPage = fstest.MapFS{"index.html": {Data: []byte("<title>Check")}}
	})
	handler := s.c.Handler()
	for _, one := range []struct {
		method, path, policy, cache string
	}{
		{http.MethodGet, "/check/", pagePolicy, ""},
		{http.MethodGet, "/check", apiPolicy, cacheNever},
		{http.MethodGet, "/checkpoint", apiPolicy, cacheNever},
		{http.MethodGet, "/v1/manifest", apiPolicy, ""},
		{http.MethodGet, "/v1/nothing", apiPolicy, cacheNever},
		{http.MethodGet, "/healthz", apiPolicy, cacheNever},
		{http.MethodPost, "/v1/session/challenge", apiPolicy, cacheNever},
		{http.MethodPost, "/v1/session", apiPolicy, cacheNever},
		{http.MethodGet, "/v1/session", apiPolicy, cacheNever},
		{http.MethodPost, "/v1/ballots", apiPolicy, cacheNever},
		{http.MethodPost, "/v1/ballots/0/look", apiPolicy, cacheNever},
		{http.MethodGet, "/v1/open", apiPolicy, ""},
		{http.MethodGet, "/v1/close", apiPolicy, cacheNever}, // not there yet
		{http.MethodGet, "/tile/0/000.p/4", apiPolicy, cacheForever},
	} {
		for _, connection := range []*tls.ConnectionState{nil, {}} {
			req := httptest.NewRequest(one.method, one.path, nil)
			req.TLS = connection
			rec := httptest.NewRecorder()
			handler.ServeHTTP(rec, req)
			h := rec.Result().Header
			require.Equal(t, one.policy, h.Get("Content-Security-Policy"), one.path)
			require.Equal(t, one.cache, h.Get("Cache-Control"), one.path)
			require.Equal(t, "no-referrer", h.Get("Referrer-Policy"))
			require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"))
			require.Equal(t, "same-origin", h.Get("Cross-Origin-Opener-Policy"))
			require.Equal(t, "same-origin", h.Get("Cross-Origin-Resource-Policy"))
			require.Contains(t, h.Get("Permissions-Policy"), "camera=(self)")
			require.Equal(t, connection != nil, h.Get("Strict-Transport-Security") != "", one.path)
		}
	}
}

// endless is a body that counts what is read of it.
type endless struct{ read int64 }

func (e *endless) Read(b []byte) (int, error) {
	e.read += int64(len(b))
	return len(b), nil
}

// What is beyond the limit of a body is not read.
func TestBodiesAreReadToTheirLimit(t *testing.T) {
	w := test.New(t, 1)
	s := serve(t, w, sqliteURL(t))
	for _, one := range []struct {
		path, contentType string
		limit             int64
		status            int
	}{
		{"/v1/ballots", containerType, eid.Limit + 1, http.StatusRequestEntityTooLarge},
		{"/v1/ballots", jsonType, 0, http.StatusUnsupportedMediaType},
		{"/v1/session", jsonType, requestLimit, http.StatusBadRequest},
		{"/v1/ballots/1/look", jsonType, requestLimit, http.StatusBadRequest},
		{"/v1/session/challenge", jsonType, 0, http.StatusOK},
	} {
		body := &endless{}
		req := httptest.NewRequest(http.MethodPost, one.path, io.NopCloser(body))
		req.Header.Set("Content-Type", one.contentType)
		rec := httptest.NewRecorder()
		s.c.Handler().ServeHTTP(rec, req)
		require.Equal(t, one.status, rec.Code, one.path)
		// One byte more tells that there is more.
		require.LessOrEqual(t, body.read, one.limit+1, one.path)
	}
}

// A request ends when its time is over, with an answer that promises nothing.
func TestRequestsEnd(t *testing.T) {
	w := test.New(t, 1)
	s := serve(t, w, sqliteURL(t))
	s.c.limit = 50 * time.Millisecond
	g := gin.New()
	g.ContextWithFallback = true
	g.Use(s.c.within)
	g.GET("/wait", s.c.handle(func(g *gin.Context) error {
		select {
		case <-g.Request.Context().Done():
			return g.Request.Context().Err()
		case <-time.After(20 * time.Second):
			return errors.New("it waited to the end")
		}
	}))
	rec := httptest.NewRecorder()
	began := time.Now()
	g.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/wait", nil))
	require.Less(t, time.Since(began), 10*time.Second)
	require.Equal(t, http.StatusServiceUnavailable, rec.Code)
	require.Equal(t, codeUnavailable, s.requireRefusal(rec.Body.Bytes(), election.Hash{}).Code)
}
