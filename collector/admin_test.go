package collector

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"database/sql"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	test "valik/collector/collectortest"
	"valik/collector/store"
	"valik/election"
)

// official is a client certificate that somebody made for themselves.
func official(t *testing.T, name string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(-time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	leaf, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func pemOf(certs ...tls.Certificate) []byte {
	var file []byte
	for _, c := range certs {
		file = append(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Leaf.Raw})...)
	}
	return file
}

// admin is a running collector with an admin listener, and an official at it.
type admin struct {
	*server
	address string
	anna    tls.Certificate
	client  *http.Client
	admins  *Admins
}

func serveAdmin(t *testing.T, w *test.World, database string, change ...func(*Config)) *admin {
	t.Helper()
	a := &admin{anna: official(t, "Anna"), admins: new(Admins)}
	require.NoError(t, a.admins.Set(pemOf(official(t, "Berta"), a.anna)))
	a.server = serve(t, w, database, append([]func(*Config){func(c *Config) { c.Admins = a.admins }}, change...)...)
	listener := httptest.NewUnstartedServer(a.c.AdminHandler())
	own := official(t, "server")
	listener.TLS = a.admins.TLS(func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return &own, nil })
	listener.EnableHTTP2 = true
	listener.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	listener.StartTLS()
	t.Cleanup(listener.Close)
	a.address = listener.URL
	a.client = clientWith(t, &a.anna)
	return a
}

// clientWith authenticates with a certificate, if it is not nil. That the server is the right
// one is no matter of these tests.
func clientWith(t *testing.T, certificate *tls.Certificate) *http.Client {
	config := &tls.Config{InsecureSkipVerify: true}
	if certificate != nil {
		config.Certificates = []tls.Certificate{*certificate}
	}
	transport := &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 20 * time.Second}
}

// ask makes a request and holds the answer against admin.yaml.
func (a *admin) ask(client *http.Client, method, path string) (int, []byte) {
	a.t.Helper()
	req, err := http.NewRequest(method, a.address+path, nil)
	require.NoError(a.t, err)
	resp, err := client.Do(req)
	require.NoError(a.t, err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(a.t, err)
	requireDescribedBy(a.t, adminDescription, req, resp, answer)
	require.Equal(a.t, cacheNever, resp.Header.Get("Cache-Control"))
	return resp.StatusCode, answer
}

func (a *admin) get(path string) []byte {
	a.t.Helper()
	status, answer := a.ask(a.client, http.MethodGet, path)
	require.Equal(a.t, http.StatusOK, status, "%s: %s", path, answer)
	return answer
}

func (a *admin) outcome(method, path string) (int, adminOutcome) {
	a.t.Helper()
	status, answer := a.ask(a.client, method, path)
	var o adminOutcome
	require.NoError(a.t, json.Unmarshal(answer, &o), "%s", answer)
	return status, o
}

// journal reads the journal of the database.
func (s *server) journal() []journalEntry {
	s.t.Helper()
	var entries []journalEntry
	for line, err := range s.c.store.Journal(ctx) {
		require.NoError(s.t, err)
		var e journalEntry
		require.NoError(s.t, json.Unmarshal(line.Entry, &e))
		require.Equal(s.t, string(e.bytes()), string(line.Entry), "not canonical")
		entries = append(entries, e)
	}
	return entries
}

func (a *admin) line(what, outcome, code string, asked uint64) journalEntry {
	hash := election.HashOf(a.anna.Leaf.Raw)
	return journalEntry{
		Type: journalType, Version: 1, Time: election.At(a.clock.now()), Who: "CN=Anna", Certificate: &hash,
		What: what, Outcome: outcome, Code: code, Asked: asked,
	}
}

func TestAdminFunctions(t *testing.T) {
	w := test.New(t, 2)
	onBoth(t, func(t *testing.T, database func(*testing.T) string) {
		var log test.Log
		renewed := 0
		a := serveAdmin(t, w, database(t), func(c *Config) {
			c.Logger, c.Renew = textLogger(&log), func() error { renewed++; return nil }
		})
		require.Contains(t, string(a.get("/metrics")), "valik_batch_seconds_count")
		var state State
		require.NoError(t, json.Unmarshal(a.get("/v1/state"), &state))
		require.Nil(t, state.Checkpoint.Age, "no ballot, no witness")
		a.cast(a.prepare(w.Voters[0]))
		a.clock.pass(7 * time.Second)
		require.NoError(t, json.Unmarshal(a.get("/v1/state"), &state))
		require.Equal(t, store.Opened, state.Phase)
		require.EqualValues(t, 5, state.Size)
		require.EqualValues(t, 5, state.Checkpoint.Size)
		require.EqualValues(t, 7, *state.Checkpoint.Age)
		require.Equal(t, Rolls{1, 1}, state.Rolls)
		require.Equal(t, election.At(a.clock.now()), state.Clock)

		status, o := a.outcome(http.MethodPost, "/v1/reload")
		require.Equal(t, http.StatusOK, status)
		require.Equal(t, adminOutcome{Line: 3, Outcome: outcomeDone}, o)
		require.Equal(t, 1, renewed)
		require.Equal(t, adminAPI, a.get("/admin.yaml"))

		var shown journalAnswer
		require.NoError(t, json.Unmarshal(a.get("/v1/journal?from=3"), &shown))
		require.True(t, shown.Whole)
		require.EqualValues(t, 3, shown.Lines[0].Number)
		require.Len(t, shown.Lines, 4, "the reading itself is in it")
		early := a.line("metrics", outcomeRead, "", 0)
		early.Time -= 7
		state2 := a.line("state", outcomeRead, "", 0)
		state2.Time -= 7
		require.Equal(t, []journalEntry{
			early, state2, // once, however often it was asked
			a.line("reload", outcomeAsked, "", 0), a.line("reload", outcomeDone, "", 3),
			a.line("description", outcomeRead, "", 0), a.line("journal", outcomeRead, "", 0),
		}, a.journal())
		require.Contains(t, log.String(), "msg=journal line=3 hash="+shown.Lines[0].Hash.String())
		require.Contains(t, log.String(), "route=/v1/state status=200")
		require.Equal(t, 6, strings.Count(log.String(), " admin="+election.HashOf(a.anna.Leaf.Raw).String()), "every request is in the log")
	})
}

func TestAdminFailuresAreRecorded(t *testing.T) {
	w := test.New(t, 1)
	a := serveAdmin(t, w, sqliteURL(t), func(c *Config) { c.Renew = func() error { return errors.New("of the certificate") } })
	status, o := a.outcome(http.MethodPost, "/v1/reload")
	require.Equal(t, http.StatusInternalServerError, status)
	require.Equal(t, adminOutcome{Line: 1, Outcome: outcomeFailed, Code: "error", Error: "of the certificate"}, o)

	a.c.config.Renew = nil
	a.c.config.Folder = os.DirFS(test.New(t, 1).Dir)
	_, o = a.outcome(http.MethodPost, "/v1/reload")
	require.Equal(t, "other_folder", o.Code)
	_, o = a.outcome(http.MethodGet, "/v1/journal?from=x")
	require.Equal(t, codeBadRequest, o.Code)
	require.Error(t, a.c.ReloadBy(ctx, BySignal))
	require.ErrorIs(t, a.c.ExportBy(ctx, ByCommand, t.TempDir()+"/out"), ErrNotClosed)

	entries := a.journal()
	require.Equal(t, a.line("reload", outcomeFailed, "error", 1), entries[1])
	require.Equal(t, a.line("reload", outcomeFailed, "other_folder", 3), entries[3])
	require.Equal(t, "signal", entries[5].Who)
	require.Equal(t, "other_folder", entries[6].Code)
	require.Equal(t, "command", entries[7].Who)
	require.Equal(t, "not_closed", entries[8].Code)
	require.Nil(t, entries[8].Certificate)
}

// What cannot be recorded does not take place.
func TestNothingTakesPlaceUnrecorded(t *testing.T) {
	w := test.New(t, 1)
	var log test.Log
	renewed := 0
	database := sqliteURL(t)
	a := serveAdmin(t, w, database, func(c *Config) {
		c.Logger, c.Renew = textLogger(&log), func() error { renewed++; return nil }
	})
	spoil(t, database, `ALTER TABLE journal RENAME TO gone`)

	for _, one := range []struct{ method, path string }{
		{http.MethodPost, "/v1/reload"}, {http.MethodGet, "/v1/journal"}, {http.MethodGet, "/admin.yaml"},
	} {
		status, o := a.outcome(one.method, one.path)
		require.Equal(t, http.StatusServiceUnavailable, status, one.path)
		require.Equal(t, "unrecorded", o.Code, one.path)
	}
	require.ErrorIs(t, a.c.ReloadBy(ctx, BySignal), ErrUnrecorded)
	require.ErrorIs(t, a.c.ExportBy(ctx, ByCommand, t.TempDir()+"/out"), ErrUnrecorded)
	require.Zero(t, renewed)
	// But whoever watches must see it, and the log says who did.
	a.get("/metrics")
	a.get("/v1/state")
	require.Equal(t, 1, strings.Count(log.String(), "route=/metrics status=200"))
	require.Contains(t, log.String(), "the journal cannot be written")

	spoil(t, database, `ALTER TABLE gone RENAME TO journal`)
	a.get("/metrics")
	require.Len(t, a.journal(), 1, "the line that is due is written when it can be")
}

// While the database hangs, whoever watches is not kept waiting.
func TestMetricsDoNotWaitForTheDatabase(t *testing.T) {
	w := test.New(t, 1)
	server, err := postgres()
	require.NoError(t, err)
	url := server.Database(t)
	a := serveAdmin(t, w, url)
	db, err := sql.Open("pgx", url)
	require.NoError(t, err)
	defer db.Close()
	tx, err := db.Begin()
	require.NoError(t, err)
	_, err = tx.Exec(`LOCK TABLE head, journal, journal_end`)
	require.NoError(t, err)
	began := time.Now()
	a.get("/metrics")
	require.Less(t, time.Since(began), requestTime/3)
	require.NoError(t, tx.Rollback())
	a.get("/metrics")
	require.Len(t, a.journal(), 1)
}

// An act that has begun is told to its end, whoever goes away meanwhile, and if the end
// cannot be told, that is an error.
func TestWhoAskedMayGo(t *testing.T) {
	w := test.New(t, 1)
	database := sqliteURL(t)
	s := serve(t, w, database)
	going, leave := context.WithCancel(ctx)
	_, err := s.c.Recorded(going, ByCommand, "test", func(context.Context) error { leave(); return nil })
	require.NoError(t, err)
	require.Equal(t, outcomeDone, s.journal()[1].Outcome)
	ran := false
	_, err = s.c.Recorded(going, ByCommand, "test", func(context.Context) error { ran = true; return nil })
	require.ErrorIs(t, err, ErrUnrecorded)
	require.False(t, ran)

	_, err = s.c.Recorded(ctx, ByCommand, "test", func(context.Context) error {
		spoil(t, database, `ALTER TABLE journal RENAME TO gone`)
		return ErrExists
	})
	require.ErrorIs(t, err, ErrExists)
	require.ErrorContains(t, err, "the journal does not tell how this ended")
	spoil(t, database, `ALTER TABLE gone RENAME TO journal`)
	require.Equal(t, outcomeAsked, s.journal()[2].Outcome)
}

func TestWatchingHasALineAnHour(t *testing.T) {
	w := &watched{at: map[string]time.Time{}}
	now := time.Now()
	require.True(t, w.due("a", now))
	require.False(t, w.due("a", now.Add(watchPause-1)))
	require.True(t, w.due("b", now))
	require.True(t, w.due("a", now.Add(watchPause)))
	w.forget("a")
	require.True(t, w.due("a", now.Add(watchPause)))
}

// A damaged journal is shown with its damage.
func TestDamagedJournal(t *testing.T) {
	w := test.New(t, 1)
	database := sqliteURL(t)
	a := serveAdmin(t, w, database)
	for range 3 {
		require.NoError(t, a.c.ReloadBy(ctx, BySignal))
	}
	spoil(t, database, `UPDATE journal SET entry = 'no JSON' WHERE number = 2`)
	spoil(t, database, `DELETE FROM journal WHERE number = 4`)
	var shown journalAnswer
	require.NoError(t, json.Unmarshal(a.get("/v1/journal"), &shown))
	require.False(t, shown.Whole)
	require.Len(t, shown.Wrong, 2)
	require.Len(t, shown.Lines, 6)
}

func TestLongJournalsComeInParts(t *testing.T) {
	a := &journalAnswer{}
	for n := range uint64(2*journalPage + 5) {
		a.add(&store.JournalLine{Number: n + 1, Entry: []byte("{}")}, nil, 6)
	}
	require.Len(t, a.Lines, journalPage)
	require.EqualValues(t, 6, a.Lines[0].Number)
	require.EqualValues(t, journalPage+6, a.Next)
}

func TestWhoIsNoAdminIsRefused(t *testing.T) {
	w := test.New(t, 1)
	a := serveAdmin(t, w, sqliteURL(t))
	a.get("/v1/state")
	// A certificate with the same name and key is another certificate.
	again, err := x509.CreateCertificate(rand.Reader, a.anna.Leaf, a.anna.Leaf, a.anna.Leaf.PublicKey, a.anna.PrivateKey)
	require.NoError(t, err)
	stolen := tls.Certificate{Certificate: a.anna.Certificate, PrivateKey: official(t, "Thief").PrivateKey}
	issued := tls.Certificate{Certificate: append(official(t, "Anna").Certificate, a.anna.Certificate...), PrivateKey: official(t, "x").PrivateKey}
	stranger := official(t, "Anna")
	for name, certificate := range map[string]*tls.Certificate{
		"no certificate":                      nil,
		"another's, with the same name":       &stranger,
		"the same key in another certificate": {Certificate: [][]byte{again}, PrivateKey: a.anna.PrivateKey},
		"the certificate without its key":     &stolen,
		"a chain that ends in it":             &issued,
	} {
		for _, most := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			client := clientWith(t, certificate)
			client.Transport.(*http.Transport).TLSClientConfig.MaxVersion = most
			_, err := client.Get(a.address + "/v1/state")
			require.Error(t, err, name)
		}
	}
	client := clientWith(t, &a.anna)
	client.Transport.(*http.Transport).TLSClientConfig.MaxVersion = tls.VersionTLS12
	_, err = client.Get(a.address + "/v1/state")
	require.ErrorContains(t, err, "protocol version")

	// Who was taken out is out, in a connection that stands already too.
	require.NoError(t, a.admins.Set(pemOf(stranger)))
	status, o := a.outcome(http.MethodGet, "/v1/state")
	require.Equal(t, http.StatusUnauthorized, status)
	require.Equal(t, "not_admin", o.Code)
	require.Len(t, a.journal(), 1)
}

// No listener but that of Admins.TLS makes an admin of anybody.
func TestAdminHandlerWithoutItsListener(t *testing.T) {
	w := test.New(t, 1)
	a := serveAdmin(t, w, sqliteURL(t))
	state := func(change func(*tls.ConnectionState)) *tls.ConnectionState {
		s := &tls.ConnectionState{Version: tls.VersionTLS13, PeerCertificates: []*x509.Certificate{a.anna.Leaf}}
		change(s)
		return s
	}
	for name, connection := range map[string]*tls.ConnectionState{
		"no TLS":   nil,
		"resumed":  state(func(s *tls.ConnectionState) { s.DidResume = true }),
		"TLS 1.2":  state(func(s *tls.ConnectionState) { s.Version = tls.VersionTLS12 }),
		"no cert":  state(func(s *tls.ConnectionState) { s.PeerCertificates = nil }),
		"not hers": state(func(s *tls.ConnectionState) { s.PeerCertificates[0] = official(t, "x").Leaf }),
	} {
		for _, r := range a.c.adminRoutes() {
			req := httptest.NewRequest(r.method, r.path, nil)
			req.TLS = connection
			rec := httptest.NewRecorder()
			a.c.AdminHandler().ServeHTTP(rec, req)
			require.Equal(t, http.StatusUnauthorized, rec.Code, "%s: %s", name, r.path)
		}
	}
	require.Empty(t, a.journal())
	a.c.config.Admins = nil
	status, _ := a.ask(a.client, http.MethodGet, "/v1/state")
	require.Equal(t, http.StatusUnauthorized, status)
}

// A page of another site cannot act through an official's browser.
func TestAdminActsAreForNoOtherSite(t *testing.T) {
	w := test.New(t, 1)
	a := serveAdmin(t, w, sqliteURL(t))
	for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
		req, err := http.NewRequest(http.MethodPost, a.address+"/v1/reload", nil)
		require.NoError(t, err)
		req.Header.Set(header, value)
		resp, err := a.client.Do(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, http.StatusForbidden, resp.StatusCode)
	}
	for _, one := range []struct{ method, path string }{{http.MethodGet, "/v1/reload"}, {http.MethodPost, "/metrics"}, {http.MethodGet, "/v1/ballots"}} {
		req, err := http.NewRequest(one.method, a.address+one.path, nil)
		require.NoError(t, err)
		resp, err := a.client.Do(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, http.StatusNotFound, resp.StatusCode)
	}
	require.Empty(t, a.journal())
}

func TestListsOfAdmins(t *testing.T) {
	anna, berta := official(t, "Anna"), official(t, "Berta")
	a := new(Admins)
	require.False(t, a.Allows(anna.Leaf))
	require.False(t, (*Admins)(nil).Allows(anna.Leaf))
	require.NoError(t, a.Set(pemOf(anna)))
	for name, file := range map[string][]byte{
		"nothing":        nil,
		"blank":          []byte("\n\n"),
		"a key":          pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte{1}}),
		"no certificate": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte{1}}),
		"cut off":        append(pemOf(berta), pemOf(anna)[:100]...),
	} {
		require.Error(t, a.Set(file), name)
		require.True(t, a.Allows(anna.Leaf), "the list before stays")
		require.False(t, a.Allows(berta.Leaf))
	}
	require.NoError(t, a.Set(append(pemOf(berta), '\n', ' ')))
	require.False(t, a.Allows(anna.Leaf))
	require.True(t, a.Allows(berta.Leaf))
}

// spoil changes a SQLite database behind its collector's back.
func spoil(t *testing.T, database, statement string) {
	t.Helper()
	u, err := url.Parse(database)
	require.NoError(t, err)
	db, err := sql.Open("sqlite", "file:"+u.Path+"?_pragma=busy_timeout(10000)")
	require.NoError(t, err)
	defer db.Close()
	_, err = db.Exec(statement)
	require.NoError(t, err)
}
