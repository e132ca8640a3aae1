package tally

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/x509"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/testpki"
	"valik/election/electiontest"
)

// tools is a folder in which standard tools work.
type tools struct {
	t      *testing.T
	folder string
}

// run runs a standard tool, which must be there: what we write is for others to read.
func (b tools) run(line string) string {
	b.t.Helper()
	args := strings.Fields(line)
	path, err := exec.LookPath(args[0])
	require.NoError(b.t, err, "install Debian's package %s: it is the outside check of this package", args[0])
	ctx, cancel := context.WithTimeout(b.t.Context(), 30*time.Second)
	defer cancel()
	command := exec.CommandContext(ctx, path, args[1:]...)
	command.Dir = b.folder
	output, err := command.CombinedOutput()
	require.NoError(b.t, err, "%s: %s", line, output)
	return string(output)
}

func (b tools) write(name string, content []byte) {
	b.t.Helper()
	require.NoError(b.t, os.WriteFile(filepath.Join(b.folder, name), content, 0o600))
}

func (b tools) writeCertificates(name string, certs ...*x509.Certificate) {
	b.t.Helper()
	b.write(name, testpki.EncodeCertificates(certs...))
}

// requireOthersRead opens a written container with xmlsec1, and what it has of evidence
// with openssl. They get the roots alone: the rest of every chain must be in the container.
func requireOthersRead(t *testing.T, w *evidenceWorld, s story, file []byte) {
	t.Helper()
	b := tools{t, t.TempDir()}
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	require.NoError(t, err)
	require.NoError(t, os.CopyFS(b.folder, archive))
	said := b.run("xmlsec1 --verify --insecure --id-attr:Id http://uri.etsi.org/01903/v1.3.2#:SignedProperties META-INF/signatures0.xml")
	require.Contains(t, said, "SignedInfo References (ok/all): 2/2", s.name)
	if s.level == LevelB {
		return
	}
	l, err := eid.ParseLongTerm(file)
	require.NoError(t, err)
	require.Contains(t, l.Certificates, w.Authority.Certificates()[0], "the manifest lists the root")
	b.writeCertificates("voter.pem", l.Container().Certificate)
	b.writeCertificates("issuer.pem", l.Certificates[0])
	b.writeCertificates("inside.pem", l.Certificates...)
	at := fmt.Sprintf(" -attime %d", electiontest.Opens.Add(time.Hour).Unix())
	b.writeCertificates("roots.pem", w.Authority.Certificates()[0])
	b.run("openssl verify -CAfile roots.pem -untrusted inside.pem" + at + " voter.pem")
	for _, der := range l.OCSPs {
		b.write("response", der)
		trust := "-CAfile roots.pem"
		if s.name == "answers without certificates" { // the manifest appoints it: no chain leads there
			b.writeCertificates("appointed.pem", w.desk.appointed.Certificate())
			require.Contains(t, l.Certificates, w.desk.appointed.Certificate())
			trust = "-verify_other inside.pem -VAfile appointed.pem"
		}
		said := b.run("openssl ocsp -respin response -issuer issuer.pem -cert voter.pem -no_nonce " + trust + at)
		require.Contains(t, said, "Response verify OK", s.name)
		require.Regexp(t, `(?m)^(voter\.pem: )?good$`, said, s.name)
	}
	for _, der := range l.CRLs {
		b.write("list", der)
		require.Contains(t, b.run("openssl crl -inform DER -in list -noout -CAfile issuer.pem"), "verify OK")
	}
	if l.TimeStamp != nil {
		b.write("token", l.TimeStamp)
		b.writeCertificates("authorities.pem", w.authorities()...)
		b.write("element", l.Container().SignatureValueElement())
		require.Contains(t, b.run("openssl ts -verify -token_in -in token -data element -partial_chain -CAfile authorities.pem"+
			" -untrusted inside.pem"+at), "Verification: OK", s.name)
	}
}

// authorities are those of the manifest whose time-stamps are believed.
func (w *evidenceWorld) authorities() []*x509.Certificate {
	w.t.Helper()
	var certs []*x509.Certificate
	for _, der := range w.Election.Manifest.EID.Evidence.Time.Authorities {
		cert, err := x509.ParseCertificate(der)
		require.NoError(w.t, err)
		certs = append(certs, cert)
	}
	return certs
}
