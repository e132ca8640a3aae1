package daemon

import (
	"bufio"
	"crypto/tls"
	"encoding/binary"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/collector"
	test "valik/collector/collectortest"
	"valik/eid"
)

// hasty are times that a test can wait for.
var hasty = times{header: 300 * time.Millisecond, read: 700 * time.Millisecond, write: 5 * time.Second, idle: 300 * time.Millisecond}

// listening serves the public part of a collector by these times.
func listening(t *testing.T, limits times, config *tls.Config) (address string) {
	t.Helper()
	w := test.New(t, 1, now(time.Hour))
	settings, err := settingsOf(t, w, "").collector(keysOf(w), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	c, err := collector.New(t.Context(), settings)
	require.NoError(t, err)
	l := &listeners{logger: slog.New(slog.DiscardHandler), failed: make(chan error, 1)}
	address, err = l.serve("127.0.0.1:0", config, c.Handler(), limits)
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, l.stop())
		require.NoError(t, c.Close())
	})
	_, address, _ = strings.Cut(address, "://")
	return address
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	return conn
}

// dribble sends a byte now and then until the other end has had enough, and gives how long
// that took and what it said.
func dribble(t *testing.T, conn net.Conn, beginning, text string) (time.Duration, string) {
	t.Helper()
	began := time.Now()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if _, err := io.WriteString(conn, beginning); err != nil {
			return
		}
		for i := 0; ; i++ {
			if _, err := conn.Write([]byte{text[i%len(text)]}); err != nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}()
	answer, err := io.ReadAll(conn)
	took := time.Since(began)
	if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
		t.Fatal("the connection was still open after 20 seconds")
	}
	conn.Close()
	<-ended
	return took, string(answer)
}

// Who sends as slowly as they can does not keep a connection.
func TestSlowClients(t *testing.T) {
	dir := t.TempDir()
	selfSigned(t, dir)
	own, err := openCertificate(dir+"/cert.pem", dir+"/key.pem")
	require.NoError(t, err)
	plain, secure := listening(t, hasty, nil), listening(t, hasty, collector.ServerTLS(own.get))
	const most = 15 * time.Second // of a machine that has more to do

	t.Run("a header", func(t *testing.T) {
		took, _ := dribble(t, dial(t, plain), "GET /healthz HTTP/1.1\r\nX: ", "x")
		require.Less(t, took, most)
	})
	t.Run("no handshake", func(t *testing.T) {
		took, _ := dribble(t, dial(t, secure), "\x16\x03\x01\x02\x00", "\x01")
		require.Less(t, took, most)
	})
	t.Run("a body", func(t *testing.T) {
		took, answer := dribble(t, dial(t, plain),
			"POST /v1/ballots HTTP/1.1\r\nHost: x\r\nContent-Type: application/vnd.etsi.asic-e+zip\r\nContent-Length: 100000\r\n\r\n", "x")
		require.Less(t, took, most)
		require.NotContains(t, answer, "200 OK")
	})
	t.Run("a sign-on", func(t *testing.T) {
		took, answer := dribble(t, dial(t, plain), "POST /v1/session HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n")
		require.Less(t, took, most)
		require.NotContains(t, answer, "200 OK")
	})
	t.Run("nothing more", func(t *testing.T) {
		patient := hasty // with what comes at once on an idle machine
		patient.header = serverTimes.header
		conn := dial(t, listening(t, patient, nil))
		_, err := io.WriteString(conn, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
		require.NoError(t, err)
		began := time.Now()
		answer, err := io.ReadAll(conn)
		require.NoError(t, err)
		require.Contains(t, string(answer), "200 OK")
		require.Less(t, time.Since(began), most)
	})
}

// What is too large is refused when that is clear, and the rest is not waited for.
func TestTooLarge(t *testing.T) {
	address := listening(t, serverTimes, nil)
	for _, one := range []struct {
		name, header string
		body         int // bytes that are sent of it
		want         string
	}{
		{"a body", "POST /v1/ballots HTTP/1.1\r\nHost: x\r\nContent-Type: application/vnd.etsi.asic-e+zip\r\nContent-Length: 1000000000000\r\n\r\n", eid.Limit + 2, " 413 "},
		{"a sign-on", "POST /v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000000\r\n\r\n", 64<<10 + 1, " 400 "},
		{"a header", "GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 2*headerBytes), 0, " 431 "},
		{"a path", "GET /" + strings.Repeat("x", 2*headerBytes), 0, " 431 "},
	} {
		t.Run(one.name, func(t *testing.T) {
			conn := dial(t, address)
			go io.WriteString(conn, one.header+strings.Repeat("x", one.body))
			line, err := bufio.NewReader(conn).ReadString('\n')
			require.NoError(t, err)
			require.Contains(t, line, one.want)
		})
	}
}

// One HTTP/2 connection carries no more requests at once than the server says at its begin.
func TestStreams(t *testing.T) {
	dir := t.TempDir()
	pool := selfSigned(t, dir)
	own, err := openCertificate(dir+"/cert.pem", dir+"/key.pem")
	require.NoError(t, err)
	address := listening(t, serverTimes, collector.ServerTLS(own.get))
	conn, err := tls.Dial("tcp", address, &tls.Config{RootCAs: pool, NextProtos: []string{"h2"}})
	require.NoError(t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00")
	require.NoError(t, err)
	var frame [9]byte // RFC 9113, 4.1
	_, err = io.ReadFull(conn, frame[:])
	require.NoError(t, err)
	require.EqualValues(t, 4, frame[3], "SETTINGS")
	payload := make([]byte, int(frame[0])<<16|int(frame[1])<<8|int(frame[2]))
	_, err = io.ReadFull(conn, payload)
	require.NoError(t, err)
	settings := map[uint16]uint32{}
	for ; len(payload) > 0; payload = payload[6:] {
		settings[binary.BigEndian.Uint16(payload)] = binary.BigEndian.Uint32(payload[2:])
	}
	require.EqualValues(t, streams, settings[3], "SETTINGS_MAX_CONCURRENT_STREAMS")
}

// The log of a server's errors does not say who caused them.
func TestErrorsNameNoAddress(t *testing.T) {
	var said strings.Builder
	log := errorLog(slog.New(slog.NewTextHandler(&said, nil)))
	for _, address := range []string{"192.0.2.7:51234", "[2001:db8::7]:51234", "[fe80::1%eth0]:51234", "[::ffff:192.0.2.7]:443"} {
		log.Printf("http: TLS handshake error from %s: EOF", address)
	}
	require.NotContains(t, said.String(), "192.0")
	require.NotContains(t, said.String(), "2001:db8")
	require.NotContains(t, said.String(), "51234")
	require.Equal(t, 4, strings.Count(said.String(), "TLS handshake error from [address]: EOF"))
}
