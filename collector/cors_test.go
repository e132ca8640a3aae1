package collector

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	test "valik/collector/collectortest"
	"valik/election"
)

// from asks as a browser does for a page of another host.
func (s *server) from(method, path string, body string, header ...string) *http.Response {
	s.t.Helper()
	req, err := http.NewRequest(method, s.http.URL+path, strings.NewReader(body))
	require.NoError(s.t, err)
	req.Header.Set("Origin", "https://check.example")
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := s.http.Client().Do(req)
	require.NoError(s.t, err)
	require.NoError(s.t, resp.Body.Close())
	require.Empty(s.t, resp.Header.Get("Access-Control-Allow-Credentials"), path)
	require.Empty(s.t, resp.Header.Get("Access-Control-Expose-Headers"), path)
	return resp
}

// origins is who may read an answer.
func origins(resp *http.Response) []string { return resp.Header.Values("Access-Control-Allow-Origin") }

func TestPagesOfOtherHostsReadWhatTheCheckNeeds(t *testing.T) {
	s := serve(t, test.New(t, 1), sqliteURL(t))
	for path, status := range map[string]int{
		"/v1/manifest": http.StatusOK, "/v1/manifest/signatures/1": http.StatusOK, "/v1/ceremony": http.StatusOK,
		"/checkpoint": http.StatusOK, fmt.Sprintf("/tile/entries/000.p/%d", s.anchor().Size): http.StatusOK,
		"/tile/entries/999": http.StatusNotFound, "/v1/manifest/signatures/9": http.StatusNotFound,
	} {
		resp := s.from(http.MethodGet, path, "")
		require.Equal(t, status, resp.StatusCode, path)
		require.Equal(t, []string{"*"}, origins(resp), path)
	}
}

// A look is asked for and answered, and refused, so that the page reads the code.
func TestPagesOfOtherHostsLook(t *testing.T) {
	s := serve(t, test.New(t, 1, func(m *election.Manifest) { m.Check.Limit = 1 }), sqliteURL(t))
	b := s.prepare(s.w.Voters[0])
	path := fmt.Sprintf("/v1/ballots/%d/look", s.cast(b).Index)
	asked := s.from(http.MethodOptions, path, "", "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type")
	require.Equal(t, http.StatusNoContent, asked.StatusCode)
	require.Equal(t, []string{"*"}, origins(asked))
	require.Equal(t, "POST", asked.Header.Get("Access-Control-Allow-Methods"))
	require.Equal(t, "Content-Type", asked.Header.Get("Access-Control-Allow-Headers"))
	for _, status := range []int{http.StatusOK, http.StatusForbidden} {
		resp := s.from(http.MethodPost, path, `{"ballot":"`+b.InnerHash().String()+`"}`, "Content-Type", jsonType)
		require.Equal(t, status, resp.StatusCode)
		require.Equal(t, []string{"*"}, origins(resp))
	}
}

// What a voter signs on and casts with is for no page of another host, now and when there
// are more routes.
func TestNothingElseIsShared(t *testing.T) {
	s := serve(t, test.New(t, 1), sqliteURL(t))
	g := gin.New()
	s.c.route(g)
	s.c.routeCards(g)
	var others int
	for _, route := range g.Routes() {
		if shared[route.Path] {
			continue
		}
		others++
		for _, method := range []string{route.Method, http.MethodOptions} {
			resp := s.from(method, strings.ReplaceAll(route.Path, "*filepath", ""), "", "Access-Control-Request-Method", route.Method)
			require.Empty(t, origins(resp), "%s %s", method, route.Path)
			require.Empty(t, resp.Header.Get("Access-Control-Allow-Headers"), "%s %s", method, route.Path)
			require.NotEqual(t, http.StatusNoContent, resp.StatusCode, "%s %s", method, route.Path)
		}
	}
	require.Greater(t, others, 5)
	for _, path := range []string{"/v1/ballots", "/v1/session", "/v1/session/challenge", "/v1/nothing"} {
		require.Empty(t, origins(s.from(http.MethodPost, path, "{}", "Content-Type", jsonType)), path)
	}
	for _, path := range []string{"/v1/manifest", "/checkpoint"} { // are read without a question
		require.Equal(t, http.StatusNotFound, s.from(http.MethodOptions, path, "").StatusCode, path)
	}
}

// Every shared route is one.
func TestSharedRoutesAreRoutes(t *testing.T) {
	g := gin.New()
	(&Collector{metrics: newMetrics()}).route(g)
	routed := map[string]bool{}
	for _, r := range g.Routes() {
		routed[r.Path] = true
	}
	for path := range shared {
		require.True(t, routed[path], path)
	}
}
