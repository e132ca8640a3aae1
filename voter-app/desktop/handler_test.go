package desktop_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/voter-app/desktop"
)

// asks sends a request to the face's handler.
func asks(h http.Handler, method, path, key, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("X-Valik-Key", key)
	r.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, r)
	return answer
}

func TestHandler(t *testing.T) {
	w := newWorld(t, 1)
	h := w.app.Handler("key")
	for _, c := range []struct {
		method, path, key, body string
		status                  int
	}{
		{"GET", "/", "", "", http.StatusOK},
		{"GET", "/api/state?after=0", "", "", http.StatusForbidden},
		{"GET", "/api/state?after=0", "kez", "", http.StatusForbidden},
		{"GET", "/api/state?after=x", "key", "", http.StatusBadRequest},
		{"POST", "/api/state", "key", "", http.StatusMethodNotAllowed},
		{"GET", "/api/nothing", "key", "", http.StatusNotFound},
		{"POST", "/api/language", "key", `{"language":"et"}`, http.StatusNoContent},
		{"POST", "/api/language", "key", `{"language":"xx"}`, http.StatusBadRequest},
		{"POST", "/api/language", "key", `{"tongue":"et"}`, http.StatusBadRequest},
		{"POST", "/api/language", "key", `{`, http.StatusBadRequest},
		{"POST", "/api/language", "key", `{"language":"et"}{"language":"vi"}`, http.StatusBadRequest},
		{"POST", "/api/open", "key", `{"id":"x"}`, http.StatusBadRequest},
		{"POST", "/api/cast", "key", "", http.StatusConflict},
		{"POST", "/api/answer?id=1", "key", "1234", http.StatusConflict},
		{"POST", "/api/answer", "key", "1234", http.StatusBadRequest},
		{"POST", "/api/answer?id=1", "key", strings.Repeat("1", 5000), http.StatusBadRequest},
		{"POST", "/api/choose", "key", `{"selections":{}}`, http.StatusConflict},
		{"POST", "/api/identify", "key", `{"files":[{"name":"a","content":"-"}]}`, http.StatusBadRequest},
		{"GET", "/api/link", "key", "", http.StatusConflict},
		{"POST", "/api/receipt", "key", "", http.StatusConflict},
	} {
		answer := asks(h, c.method, c.path, c.key, c.body)
		require.Equal(t, c.status, answer.Code, "%s %s %s", c.method, c.path, answer.Body)
		require.NotContains(t, answer.Body.String(), "1234")
		require.Contains(t, answer.Header().Get("Content-Security-Policy"), "default-src 'none'")
	}
	r := httptest.NewRequest("POST", "/api/language", strings.NewReader(`{"language":"et"}`))
	r.Header.Set("X-Valik-Key", "key") // as a form of another page could, but for the header
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, r)
	require.Equal(t, http.StatusBadRequest, answer.Code)
}

// The whole vote by requests, as the face sends them.
func TestAVoteByRequests(t *testing.T) {
	w := newWorld(t, 1)
	h := w.app.Handler("")
	post := func(path, body string) desktop.State {
		answer := asks(h, "POST", path, "", body)
		require.Equal(t, http.StatusNoContent, answer.Code, answer.Body)
		return w.done(nil)
	}
	s := post("/api/open", `{"collector":"`+w.Manifest.Collector.URL+`","fingerprint":"`+w.Fingerprint().String()+`"}`)
	require.Equal(t, desktop.StepIdentify, s.Step)
	content, err := json.Marshal(card(t, w.Voters[0].Card))
	require.NoError(t, err)
	post("/api/identify", `{"files":[{"name":"card","content":`+string(content)+`}]}`)
	post("/api/choose", `{"selections":{"mayor":["1.2"]}}`)
	require.Equal(t, desktop.StepDone, post("/api/cast", "").Step)
	answer := asks(h, "GET", "/api/link", "", "")
	var link desktop.Link
	require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &link))
	require.Contains(t, link.Link, "/check#valik1.")

	answer = asks(h, "GET", "/api/state?after=0", "", "")
	raw, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	_, fragment, _ := strings.Cut(link.Link, "#")
	require.NotContains(t, string(raw), strings.Split(fragment, ".")[3], "the state holds no secret")
}
