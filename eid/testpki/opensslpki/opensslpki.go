// Package opensslpki is an outside responder and time-stamping authority for
// tests: `openssl ocsp` and `openssl ts`, behind an http.Handler.
package opensslpki

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid/testpki"
)

// Run runs openssl in a folder and gives what it prints. The tool must be there:
// a test without it says nothing about others' software.
func Run(tb testing.TB, folder string, args ...string) (string, error) {
	tb.Helper()
	_, err := exec.LookPath("openssl")
	require.NoError(tb, err, "install Debian's package openssl: it is the outside check of this package")
	return run(tb.Context(), folder, args...)
}

const timeLimit = 30 * time.Second

func run(ctx context.Context, folder string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, timeLimit)
	defer cancel()
	command := exec.CommandContext(ctx, "openssl", args...)
	command.Dir = folder
	output, err := command.CombinedOutput()
	return string(output), err
}

// Write writes a file into a test's folder.
func Write(tb testing.TB, folder, name string, b []byte) {
	tb.Helper()
	require.NoError(tb, os.WriteFile(filepath.Join(folder, name), b, 0o600))
}

// Service answers requests of one kind by running openssl.
type Service struct {
	folder            string
	question, reply   string // content types
	args              []string
	requestFlag, into string
}

// Entry is a certificate in the index of an authority.
type Entry struct {
	Cert    *x509.Certificate
	Revoked time.Time // zero: good
	Reason  string    // of the revocation, as openssl names it
}

// NewStatus is `openssl ocsp` for an issuer, signing with key. args are further
// options, such as -nmin 5.
func NewStatus(tb testing.TB, issuer *x509.Certificate, key *testpki.Key, index []Entry, args ...string) *Service {
	tb.Helper()
	s := &Service{
		folder: tb.TempDir(), question: "application/ocsp-request", reply: "application/ocsp-response",
		args:        append(strings.Fields("ocsp -index index.txt -CA issuer.pem -rsigner key.pem -rkey key.pem"), args...),
		requestFlag: "-reqin", into: "-respout",
	}
	writeIndex(tb, s.folder, index)
	Write(tb, s.folder, "issuer.pem", testpki.EncodeCertificates(issuer))
	s.writeKey(tb, key)
	return s
}

func writeIndex(tb testing.TB, folder string, index []Entry) {
	tb.Helper()
	var lines strings.Builder
	for _, e := range index {
		lines.WriteString(e.line())
	}
	Write(tb, folder, "index.txt", []byte(lines.String()))
	Write(tb, folder, "index.txt.attr", []byte("unique_subject = no\n"))
}

// listConfig is what `openssl ca -gencrl` wants in a file.
const listConfig = `[ca]
default_ca = test
[test]
database = index.txt
certificate = key.pem
private_key = key.pem
crlnumber = number
default_md = sha256
default_crl_days = 1
`

// NewList makes a revocation list by `openssl ca`, in DER.
func NewList(tb testing.TB, issuer *testpki.Key, index []Entry) []byte {
	tb.Helper()
	s := &Service{folder: tb.TempDir()}
	writeIndex(tb, s.folder, index)
	s.writeKey(tb, issuer)
	Write(tb, s.folder, "ca.cnf", []byte(listConfig))
	Write(tb, s.folder, "number", []byte("01\n"))
	output, err := Run(tb, s.folder, "ca", "-config", "ca.cnf", "-gencrl", "-out", "list.pem")
	require.NoError(tb, err, output)
	text, err := os.ReadFile(filepath.Join(s.folder, "list.pem"))
	require.NoError(tb, err)
	block, _ := pem.Decode(text)
	require.NotNil(tb, block)
	return block.Bytes
}

// line is a line of openssl's text database.
func (e Entry) line() string {
	const form = "060102150405Z"
	flag, revoked := "V", ""
	if !e.Revoked.IsZero() {
		flag, revoked = "R", e.Revoked.UTC().Format(form)
		if e.Reason != "" {
			revoked += "," + e.Reason
		}
	}
	return fmt.Sprintf("%s\t%s\t%s\t%X\tunknown\t/CN=card\n", flag, e.Cert.NotAfter.UTC().Format(form), revoked, e.Cert.SerialNumber.Bytes())
}

// timeConfig is what `openssl ts -reply` wants in a file.
const timeConfig = `[tsa]
default_tsa = test
[test]
serial = serial
crypto_device = builtin
signer_digest = sha256
default_policy = 0.4.0.2023.1.1
digests = sha256
accuracy = secs:1, millisecs:500
clock_precision_digits = 3
ordering = no
ess_cert_id_chain = no
ess_cert_id_alg = %s
`

// NewTime is `openssl ts` signing with key. The certificate is named with a hash,
// sha1 or sha256.
func NewTime(tb testing.TB, key *testpki.Key, hash string) *Service {
	tb.Helper()
	s := &Service{
		folder: tb.TempDir(), question: "application/timestamp-query", reply: "application/timestamp-reply",
		args:        strings.Fields("ts -reply -config tsa.cnf -signer key.pem -inkey key.pem"),
		requestFlag: "-queryfile", into: "-out",
	}
	Write(tb, s.folder, "tsa.cnf", fmt.Appendf(nil, timeConfig, hash))
	Write(tb, s.folder, "serial", []byte("01\n"))
	s.writeKey(tb, key)
	return s
}

func (s *Service) writeKey(tb testing.TB, key *testpki.Key) {
	tb.Helper()
	secret, err := key.PEM()
	require.NoError(tb, err)
	Write(tb, s.folder, "key.pem", secret)
}

// Answer gives openssl's answer to a request.
func (s *Service) Answer(ctx context.Context, request []byte) ([]byte, error) {
	exchange, err := os.MkdirTemp(s.folder, "exchange")
	if err != nil {
		return nil, err
	}
	question, answer := filepath.Join(exchange, "question"), filepath.Join(exchange, "answer")
	if err := os.WriteFile(question, request, 0o600); err != nil {
		return nil, err
	}
	args := append(append([]string(nil), s.args...), s.requestFlag, question, s.into, answer)
	if output, err := run(ctx, s.folder, args...); err != nil {
		return nil, fmt.Errorf("openssl: %w: %s", err, output)
	}
	return os.ReadFile(answer)
}

// ServeHTTP answers by openssl.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	request, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
	if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != s.question {
		http.Error(w, "it is no "+s.question, http.StatusBadRequest)
		return
	}
	answer, err := s.Answer(r.Context(), request)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", s.reply)
	_, _ = w.Write(answer) // nobody is left to tell
}
