package daemon

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/collector"
	test "valik/collector/collectortest"
	"valik/election"
)

// server is a collector that serves in the background.
type server struct {
	t       *testing.T
	world   *test.World
	address string // of the public listener
	all     Addresses
	client  *http.Client
	reload  chan struct{}
	stop    func() error
}

func serving(t *testing.T, w *test.World, s *Settings, client *http.Client) *server {
	t.Helper()
	return servingWith(t, w, s, client, slog.New(slog.DiscardHandler))
}

func servingWith(t *testing.T, w *test.World, s *Settings, client *http.Client, logger *slog.Logger) *server {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	d := &server{t: t, world: w, client: client, reload: make(chan struct{})}
	ready, done := make(chan Addresses, 1), make(chan error, 1)
	go func() {
		done <- Serve(ctx, s, keysOf(w), logger, d.reload, func(a Addresses) { ready <- a })
	}()
	select {
	case d.all = <-ready:
		d.address = d.all.Public
	case err := <-done:
		require.NoError(t, err)
	}
	d.stop = func() error {
		client.CloseIdleConnections()
		cancel()
		return <-done
	}
	return d
}

func keysOf(w *test.World) Keys { return Keys{Board: w.BoardKey, Receipt: w.ReceiptKey} }

func settingsOf(t *testing.T, w *test.World, more string) *Settings {
	t.Helper()
	s, err := ReadSettings(write(t, `
listen = "127.0.0.1:0"
database = "sqlite:collector.db"
folder = "`+w.Dir+`"
board_key = "`+w.Dir+`/board.key"
receipt_key = "`+w.Dir+`/receipt.key"
checkpoint_interval = "10ms"
`+more))
	require.NoError(t, err)
	return s
}

// now makes the polls open by the machine's own clock, for so long.
func now(open time.Duration) func(*election.Manifest) {
	return func(m *election.Manifest) {
		m.Opens, m.Closes = election.At(time.Now().Add(-time.Hour)), election.At(time.Now().Add(open))
	}
}

func (d *server) request(method, path, contentType string, body []byte) (int, []byte) {
	d.t.Helper()
	req, err := http.NewRequest(method, d.address+path, bytes.NewReader(body))
	require.NoError(d.t, err)
	req.Header.Set("Content-Type", contentType)
	resp, err := d.client.Do(req)
	require.NoError(d.t, err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(d.t, err)
	return resp.StatusCode, answer
}

func (d *server) cast(v *test.Voter) {
	d.t.Helper()
	_, raw := d.request(http.MethodGet, "/checkpoint", "", nil)
	c, err := d.world.Manifest.Policy().Open(raw)
	require.NoError(d.t, err)
	b := d.world.Ballot(d.t, v, election.Anchor{Size: c.Size, Root: election.Hash(c.Root)}, time.Now())
	status, answer := d.request(http.MethodPost, "/v1/ballots", "application/vnd.etsi.asic-e+zip", b.Container)
	require.Equal(d.t, http.StatusOK, status, "%s", answer)
	r, err := election.ParseReceipt(answer)
	require.NoError(d.t, err)
	_, err = r.Verify(d.world.Manifest, b.InnerHash(), b.Envelope())
	require.NoError(d.t, err)
}

func TestServeAndExport(t *testing.T) {
	began := time.Now()
	test.New(t, 3) // shows how fast this machine is now: the roll must come before the close
	open := 6*time.Second + 10*time.Since(began)
	w := test.New(t, 3, now(open))
	closes := w.Manifest.Closes.Time()
	s := settingsOf(t, w, "")
	d := serving(t, w, s, &http.Client{})
	d.cast(w.Voters[0])

	all := w.Voters
	w.WriteRoll(t, 1, all[:2])
	d.reload <- struct{}{}
	d.reload <- struct{}{} // the first has been read when the second is taken
	require.NoError(t, d.stop())

	out := filepath.Join(t.TempDir(), "out")
	export := func() error { return Export(context.Background(), s, keysOf(w), slog.Default(), out) }
	if time.Now().Before(closes) {
		require.ErrorIs(t, export(), collector.ErrNotClosed)
	}
	time.Sleep(time.Until(closes))
	require.NoError(t, export())
	box, err := os.ReadFile(filepath.Join(out, "sealed", election.BoxFile))
	require.NoError(t, err)
	parsed, err := election.ParseBox(box)
	require.NoError(t, err)
	require.Len(t, parsed.List, 1)
	require.FileExists(t, filepath.Join(out, "sealed", election.RollFile(1)))
}

func TestTLS(t *testing.T) {
	w := test.New(t, 1, now(time.Hour))
	dir := t.TempDir()
	pool := selfSigned(t, dir)
	more := `tls_certificate = "` + dir + `/cert.pem"` + "\n" + `tls_key = "` + dir + `/key.pem"` + "\n"
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}}
	d := serving(t, w, settingsOf(t, w, more), client)
	d.cast(w.Voters[0])
	require.NoError(t, d.stop())

	require.NoError(t, os.Chmod(filepath.Join(dir, "key.pem"), 0o644))
	err := Serve(context.Background(), settingsOf(t, w, more), keysOf(w), slog.Default(), nil, func(Addresses) {})
	require.ErrorIs(t, err, ErrMode)
}

func selfSigned(t *testing.T, dir string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	require.NoError(t, os.WriteFile(filepath.Join(dir, "cert.pem"), cert, 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "key.pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}), 0o600))
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(cert))
	return pool
}

func TestServeTellsWhyItDoesNot(t *testing.T) {
	w := test.New(t, 1, now(time.Hour))
	s := settingsOf(t, w, "")
	s.Listen = "256.0.0.1:1"
	ready := func(Addresses) { t.Error("it serves") }
	require.Error(t, Serve(context.Background(), s, keysOf(w), slog.Default(), nil, ready))
	s = settingsOf(t, w, "")
	s.Folder = t.TempDir()
	require.ErrorIs(t, Serve(context.Background(), s, keysOf(w), slog.Default(), nil, ready), os.ErrNotExist)
	s = settingsOf(t, w, "")
	other := keysOf(w)
	other.Receipt = test.New(t, 1).ReceiptKey
	require.ErrorContains(t, Serve(context.Background(), s, other, slog.Default(), nil, ready), "receipt key")
}
