package daemon

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/acme"

	test "valik/collector/collectortest"
	"valik/internal/loopback"
)

// domain is the host of test.URL.
const domain = "vote.example.ee"

// pebble is an ACME server that others wrote. It has a module of its own, so that what it
// needs is no dependency of Valik. The second program answers its questions to the DNS.
const pebble = "github.com/letsencrypt/pebble/v2/cmd/pebble"

// authority is a running ACME server.
type authority struct {
	directory string
	roots     string         // file by which its own server is judged
	issued    *x509.CertPool // roots of the certificates that it issues
}

// startAuthority starts an authority that finds every domain at this port of this machine.
func startAuthority(t *testing.T, port string) *authority {
	t.Helper()
	dir := t.TempDir()
	out, err := exec.Command("go", "build", "-C", "testdata/pebble", "-o", dir+string(filepath.Separator), pebble, pebble+"-challtestsrv").CombinedOutput()
	require.NoError(t, err, "%s", out)
	pool := selfSigned(t, dir)
	dns, dnsControl, directory, control := freePort(t), freePort(t), freePort(t), freePort(t)
	config, err := json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress": "127.0.0.1:" + directory, "managementListenAddress": "127.0.0.1:" + control,
		"certificate": dir + "/cert.pem", "privateKey": dir + "/key.pem", "tlsPort": number(t, port), "httpPort": 1,
		"retryAfter": map[string]int{"authz": 1, "order": 1}, "keyAlgorithm": "ecdsa",
		"profiles": map[string]any{"default": map[string]any{"description": "test", "validityPeriod": 7776000}},
	}})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(dir+"/pebble.json", config, 0o600))
	start(t, filepath.Join(dir, "pebble-challtestsrv"), "-dnsserver", "127.0.0.1:"+dns, "-management", "127.0.0.1:"+dnsControl,
		"-defaultIPv4", "127.0.0.1", "-defaultIPv6", "", "-http01", "", "-https01", "", "-tlsalpn01", "", "-doh", "")
	start(t, filepath.Join(dir, "pebble"), "-config", dir+"/pebble.json", "-dnsserver", "127.0.0.1:"+dns, "-strict")

	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, DisableKeepAlives: true}}
	a := &authority{directory: "https://127.0.0.1:" + directory + "/dir", roots: dir + "/cert.pem", issued: x509.NewCertPool()}
	require.EventuallyWithT(t, func(t *assert.CollectT) {
		_, err := fetched(client, a.directory)
		require.NoError(t, err)
	}, 20*time.Second, 100*time.Millisecond)
	root, err := fetched(client, "https://127.0.0.1:"+control+"/roots/0")
	require.NoError(t, err)
	require.True(t, a.issued.AppendCertsFromPEM(root))
	return a
}

// start runs a program until the test ends.
func start(t *testing.T, program string, args ...string) {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), "PEBBLE_VA_NOSLEEP=1")
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		require.NoError(t, cmd.Process.Kill())
		_ = cmd.Wait() // it was killed
		if t.Failed() {
			t.Logf("%s said:\n%s", filepath.Base(program), said.String())
		}
	})
}

func freePort(t *testing.T) string {
	t.Helper()
	address, err := loopback.Free()
	require.NoError(t, err)
	_, port, err := net.SplitHostPort(address)
	require.NoError(t, err)
	return port
}

func number(t *testing.T, port string) (n int) {
	t.Helper()
	_, err := fmt.Sscan(port, &n)
	require.NoError(t, err)
	return n
}

func fetched(client *http.Client, url string) ([]byte, error) {
	resp, err := client.Get(url)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", resp.Status, body)
	}
	return body, err
}

// at is a client that finds the domain at this port.
func at(port string, config *tls.Config) *http.Client {
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, "127.0.0.1:"+port)
	}
	return &http.Client{Timeout: time.Minute, Transport: &http.Transport{DialContext: dial, TLSClientConfig: config, ForceAttemptHTTP2: true}}
}

// The collector gets its certificate from a real authority, on the listener on which
// voters cast, and keeps it.
func TestACME(t *testing.T) {
	w := test.New(t, 1, now(time.Hour))
	port := freePort(t)
	a := startAuthority(t, port)
	cache := filepath.Join(t.TempDir(), "acme")
	settings := func() *Settings {
		s := settingsOf(t, w, fmt.Sprintf("[acme]\ndomains = [%q]\ncache = %q\nemail = \"polls@example.ee\"\ndirectory = %q\nroots = %q\n",
			domain, cache, a.directory, a.roots))
		s.Listen = "127.0.0.1:" + port
		return s
	}
	d := serving(t, w, settings(), at(port, &tls.Config{RootCAs: a.issued, MinVersion: tls.VersionTLS13}))
	d.address = test.URL
	status, answer := d.request(http.MethodGet, "/healthz", "", nil)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "ok\n", string(answer))
	d.cast(w.Voters[0])

	first := handshake(t, port, &tls.Config{RootCAs: a.issued, ServerName: domain})
	require.Equal(t, x509.ECDSA, first.PublicKeyAlgorithm)
	require.Equal(t, []string{domain}, first.DNSNames)
	for name, config := range map[string]*tls.Config{
		"another domain": {RootCAs: a.issued, ServerName: "other.example.ee"},
		"no domain":      {InsecureSkipVerify: true},
		"TLS 1.2":        {RootCAs: a.issued, ServerName: domain, MaxVersion: tls.VersionTLS12},
		"a question of the authority that nobody asked": {RootCAs: a.issued, ServerName: domain, NextProtos: []string{acme.ALPNProto}},
	} {
		conn, err := tls.Dial("tcp", "127.0.0.1:"+port, config)
		require.Error(t, err, name)
		require.Nil(t, conn)
	}
	require.NoError(t, d.stop())
	requireCache(t, cache)

	// It is the same after a restart, also while the authority cannot be asked.
	again := settings()
	again.ACME.Directory = "https://127.0.0.1:1/dir"
	d = serving(t, w, again, at(port, &tls.Config{RootCAs: a.issued}))
	require.Equal(t, first.Raw, handshake(t, port, &tls.Config{RootCAs: a.issued, ServerName: domain}).Raw)
	require.NoError(t, d.stop())
}

func handshake(t *testing.T, port string, config *tls.Config) *x509.Certificate {
	t.Helper()
	conn, err := tls.Dial("tcp", "127.0.0.1:"+port, config)
	require.NoError(t, err)
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0]
}

// requireCache finds one certificate, with an ECDSA key, and nothing that others can read.
func requireCache(t *testing.T, dir string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	var names []string
	for _, f := range files {
		info, err := f.Info()
		require.NoError(t, err)
		require.Zero(t, info.Mode().Perm()&0o077, f.Name())
		names = append(names, f.Name())
	}
	require.Equal(t, []string{"acme_account+key", domain}, names)
}

func TestACMEFolder(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o755))
	require.ErrorIs(t, private(dir), errFolderMode)
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.Error(t, private(file))
	require.NoError(t, private(filepath.Join(dir, "new")))
	w := test.New(t, 1, now(time.Hour))
	for name, one := range map[string]struct{ roots, want string }{
		"no file":         {"nothing", "no such file"},
		"no certificates": {file, "there is no certificate in it"},
	} {
		s := settingsOf(t, w, fmt.Sprintf("[acme]\ndomains = [%q]\ncache = %q\nroots = %q\n", domain, filepath.Join(dir, "new"), one.roots))
		err := Serve(t.Context(), s, keysOf(w), slog.New(slog.DiscardHandler), nil, func(Addresses) { t.Error(name) })
		require.ErrorContains(t, err, one.want)
	}
}

// While the authority is away the collector says so and tries again.
func TestACMEWithoutItsAuthority(t *testing.T) {
	var said strings.Builder
	s := settingsOf(t, test.New(t, 1), fmt.Sprintf("[acme]\ndomains = [%q]\ncache = %q\ndirectory = \"https://127.0.0.1:1/dir\"\n", domain, t.TempDir()+"/acme"))
	client, err := newACME(s)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	client.fetch(ctx, slog.New(slog.NewTextHandler(&said, nil)))
	require.Contains(t, said.String(), "no certificate could be had")
	require.Contains(t, said.String(), domain)
}
