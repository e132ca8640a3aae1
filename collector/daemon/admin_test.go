package daemon

import (
	"bytes"
	"context"
	"crypto/tls"
	"database/sql"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/collector"
	test "valik/collector/collectortest"
	"valik/collector/store"
)

// withAdmin are settings with TLS and an admin listener, for an admin whose certificate and
// key lie in the folder admin beside the server's.
func withAdmin(t *testing.T, w *test.World) (s *Settings, dir string, client *http.Client) {
	t.Helper()
	dir = t.TempDir()
	pool := selfSigned(t, dir)
	s = settingsOf(t, w, `tls_certificate = "`+dir+`/cert.pem"
tls_key = "`+dir+`/key.pem"
[admin]
listen = "127.0.0.1:0"
clients = "`+dir+`/admin/cert.pem"
`)
	require.NoError(t, os.Mkdir(filepath.Join(dir, "admin"), 0o700))
	selfSigned(t, filepath.Join(dir, "admin"))
	return s, dir, &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{
		RootCAs: pool, Certificates: []tls.Certificate{pairIn(t, filepath.Join(dir, "admin"))},
	}}}
}

func pairIn(t *testing.T, dir string) tls.Certificate {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"))
	require.NoError(t, err)
	return pair
}

func TestAdminListener(t *testing.T) {
	w := test.New(t, 2, now(time.Hour))
	s, dir, client := withAdmin(t, w)
	d := serving(t, w, s, client)
	d.cast(w.Voters[0])

	ask := func(method, path string) (*http.Response, []byte) {
		req, err := http.NewRequest(method, d.all.Admin+path, nil)
		require.NoError(t, err)
		resp, err := client.Do(req)
		require.NoError(t, err)
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return resp, body
	}
	resp, body := ask(http.MethodGet, "/metrics")
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.Contains(t, string(body), `valik_requests_total{route="/v1/ballots",status="200"} 1`)
	status, _ := d.request(http.MethodGet, "/metrics", "", nil)
	require.Equal(t, http.StatusNotFound, status, "not for everybody")
	status, _ = d.request(http.MethodGet, "/v1/state", "", nil)
	require.Equal(t, http.StatusNotFound, status)
	var state collector.State
	_, body = ask(http.MethodGet, "/v1/state")
	require.NoError(t, json.Unmarshal(body, &state))
	require.Equal(t, store.Opened, state.Phase)

	// A new roll, by the listener.
	w.WriteRoll(t, 1, w.Voters[:1])
	resp, body = ask(http.MethodPost, "/v1/reload")
	require.Equal(t, http.StatusOK, resp.StatusCode, "%s", body)
	_, body = ask(http.MethodGet, "/v1/state")
	require.NoError(t, json.Unmarshal(body, &state))
	require.Equal(t, collector.Rolls{Logged: 2, Here: 2}, state.Rolls)

	// Another admin, by the signal; the first one's connection is of no use any more.
	require.NoError(t, os.WriteFile(filepath.Join(dir, "admin/cert.pem"), readFile(t, dir, "cert.pem"), 0o600))
	d.reloaded()
	resp, _ = ask(http.MethodGet, "/v1/state")
	require.Equal(t, http.StatusUnauthorized, resp.StatusCode)
	require.NoError(t, d.stop())

	entries := printed(t, s)
	require.Equal(t, 2, strings.Count(entries, `"what":"reload","who":""`), "by the listener: %s", entries)
	// The second of the two signals may have come when the collector was stopped already.
	signals := strings.Count(entries, `"what":"reload","who":"signal"`)
	require.Contains(t, []int{2, 4}, signals, "%s", entries)
}

func readFile(t *testing.T, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	require.NoError(t, err)
	return b
}

// reloaded sends the signal and waits until it was heeded.
func (d *server) reloaded() {
	d.reload <- struct{}{}
	d.reload <- struct{}{} // the first is done when the second is taken
}

// printed is the journal as the command prints it, whole.
func printed(t *testing.T, s *Settings) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, Journal(t.Context(), s, &out))
	require.Contains(t, out.String(), "whole: ")
	return out.String()
}

func TestJournalShowsWhatWasDoneToIt(t *testing.T) {
	w := test.New(t, 1, now(time.Hour))
	s := settingsOf(t, w, "")
	require.Equal(t, "whole: no lines\n", printed(t, s))
	require.ErrorIs(t, Export(t.Context(), s, keysOf(w), slog.New(slog.DiscardHandler), t.TempDir()+"/out"), collector.ErrNotClosed)
	require.Contains(t, printed(t, s), `"code":"not_closed","outcome":"failed"`)
	require.Contains(t, printed(t, s), `"what":"export","who":"command"`)

	db, err := sql.Open("sqlite", strings.TrimPrefix(s.database(), "sqlite:"))
	require.NoError(t, err)
	_, err = db.Exec(`DELETE FROM journal WHERE number = 2`)
	require.NoError(t, err)
	require.NoError(t, db.Close())
	var out bytes.Buffer
	err = Journal(t.Context(), s, &out)
	require.ErrorIs(t, err, store.ErrJournal)
	require.Contains(t, out.String(), "\"outcome\":\"asked\"")
	require.NotContains(t, out.String(), "whole")
	s.Database = "sqlite:/nowhere/at/all.db"
	require.Error(t, Journal(t.Context(), s, &out))
}

// A renewed certificate is taken without dropping a connection, one that is no good is not.
func TestRenewedCertificate(t *testing.T) {
	w := test.New(t, 1, now(time.Hour))
	s, dir, _ := withAdmin(t, w)
	pool := selfSigned(t, dir)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}}
	d := serving(t, w, s, client)
	before := d.presented()
	alive, err := tls.Dial("tcp", strings.TrimPrefix(d.address, "https://"), &tls.Config{RootCAs: pool})
	require.NoError(t, err)
	defer alive.Close()

	require.NoError(t, os.WriteFile(filepath.Join(dir, "cert.pem"), []byte("half a file"), 0o600))
	d.reloaded()
	require.Equal(t, before, d.presented(), "the one before stays")
	// The last reload may still run: never is there a key that is private beside its certificate.
	next := t.TempDir()
	selfSigned(t, next)
	require.NoError(t, os.Chmod(filepath.Join(next, "key.pem"), 0o644))
	for _, name := range []string{"key.pem", "cert.pem"} {
		require.NoError(t, os.Rename(filepath.Join(next, name), filepath.Join(dir, name)))
	}
	d.reloaded()
	require.Equal(t, before, d.presented(), "a key that others can read is none")
	require.NoError(t, os.Chmod(filepath.Join(dir, "key.pem"), 0o600))
	d.reloaded()
	require.NotEqual(t, before, d.presented())

	_, err = io.WriteString(alive, "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	require.NoError(t, err)
	answer, err := io.ReadAll(alive)
	require.NoError(t, err)
	require.Contains(t, string(answer), "200 OK")
	require.NoError(t, d.stop())
	require.Contains(t, printed(t, s), `"code":"error","outcome":"failed"`)
}

// presented is the certificate that the server now shows.
func (d *server) presented() string {
	d.t.Helper()
	conn, err := tls.Dial("tcp", strings.TrimPrefix(d.address, "https://"), &tls.Config{InsecureSkipVerify: true})
	require.NoError(d.t, err)
	defer conn.Close()
	return string(conn.ConnectionState().PeerCertificates[0].Raw)
}

// The admin listener may have a certificate of its own.
func TestAdminCertificate(t *testing.T) {
	w := test.New(t, 1, now(time.Hour))
	s, dir, client := withAdmin(t, w)
	own := t.TempDir()
	client.Transport.(*http.Transport).TLSClientConfig.RootCAs = selfSigned(t, own)
	s.Admin.Certificate, s.Admin.Key = filepath.Join(own, "cert.pem"), filepath.Join(own, "key.pem")
	s.TLSCertificate, s.TLSKey = "", ""
	d := serving(t, w, s, client)
	require.True(t, strings.HasPrefix(d.all.Public, "http://"))
	require.True(t, strings.HasPrefix(d.all.Admin, "https://"))
	resp, err := client.Get(d.all.Admin + "/v1/state")
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.NoError(t, d.stop())

	for name, spoil := range map[string]func(){
		"no clients":      func() { s.Admin.Clients = filepath.Join(dir, "nothing") },
		"no certificates": func() { s.Admin.Clients = filepath.Join(dir, "key.pem") },
		"no own key":      func() { s.Admin.Key = filepath.Join(dir, "nothing") },
		"a taken address": func() { s.Admin.Listen = "256.0.0.1:1" },
	} {
		good := *s
		spoil()
		err := Serve(context.Background(), s, keysOf(w), slog.New(slog.DiscardHandler), nil, func(Addresses) { t.Error(name) })
		require.Error(t, err, name)
		*s = good
	}
}
