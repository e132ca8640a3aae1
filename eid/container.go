package eid

import (
	"bytes"
	"context"
	"crypto/x509"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Limit is the greatest size of a container in bytes. A larger one is refused
// before anything of it is read.
const Limit = 1 << 20

// SigningTimeTolerance is how far a signer's claim of the time may be from the
// receiver's clock: voters' clocks are often wrong by minutes, seldom by more.
const SigningTimeTolerance = time.Hour

// mimetype is the content of the container's first file.
const mimetype = "application/vnd.etsi.asic-e+zip"

// timeForm is XML's dateTime in UTC, in whole seconds: the one form in use here.
const timeForm = "2006-01-02T15:04:05Z"

// Container is one file with one signature. Its fields are all that its bytes
// say: Bytes is a function of them, and the only container with these fields.
type Container struct {
	FileName    string
	Data        []byte
	Certificate *x509.Certificate
	// SigningTime is the signer's own claim, in UTC and whole seconds. It proves
	// nothing; the time that decides is the one given to Verify.
	SigningTime time.Time
	// Algorithm is one that the certificate's key allows.
	Algorithm Algorithm
	// Signature is r ‖ s, 64 bytes for P-256 and 96 for P-384, or as long as the
	// modulus of an RSA key.
	Signature []byte
}

// Seal signs data under a file name at a time (cut to seconds). It fails where
// Verify would: for a certificate that is not for signing, a bad file name, a
// time outside the certificate's validity, a container above Limit.
//
// It implements Envelope.Seal of docs/protocol/envelope.md.
func Seal(ctx context.Context, fileName string, data []byte, s Signer, at time.Time) (*Container, error) {
	c := &Container{
		FileName: fileName, Data: bytes.Clone(data), Certificate: s.Certificate(), Algorithm: s.Algorithm(),
		SigningTime: at.UTC().Truncate(time.Second),
	}
	if err := checkFileName(fileName); err != nil {
		return nil, err
	}
	if err := c.Algorithm.checkAllowed(c.Certificate); err != nil {
		return nil, err
	}
	if err := checkUsage(c.Certificate, Signing); err != nil {
		return nil, err
	}
	if err := c.checkClaim(); err != nil {
		return nil, err
	}
	var err error
	if c.Signature, err = signWith(ctx, s, c.signedInfo()); err != nil {
		return nil, err
	}
	if size := len(c.Bytes()); size > Limit {
		return nil, refuse(CodeContainerTooLarge, "%d bytes, the limit is %d", size, Limit)
	}
	return c, nil
}

// Bytes builds the container.
func (c *Container) Bytes() []byte { return writeZip(c.entries()) }

func (c *Container) entries() []entry {
	return []entry{
		{mimetypeName, []byte(mimetype)},
		{c.FileName, c.Data},
		{manifestName, manifestForm.fill(map[string]string{fieldFile: c.FileName})},
		{signaturesName, signaturesForm.fill(c.fields())},
	}
}

// ParseContainer reads a container, which must be byte for byte the one that
// Bytes builds from its fields. It checks all digests but no key: the signature
// and the certificate are for Verify. Nothing of b is kept. A container with
// evidence is refused, code "container_long_term": no signer makes one.
//
// It implements Envelope.Parse of docs/protocol/envelope.md.
func ParseContainer(b []byte) (*Container, error) {
	if len(b) > Limit {
		return nil, refuse(CodeContainerTooLarge, "%d bytes, the limit is %d", len(b), Limit)
	}
	files, err := readZip(b)
	if err != nil {
		return nil, err
	}
	if string(files[0].data) != mimetype {
		return nil, refuse(CodeMimetypeForm, "it is not exactly %s", mimetype)
	}
	data := files[dataIndex]
	if err := checkFileName(data.name); err != nil {
		return nil, err
	}
	if !bytes.Equal(files[manifestIndex].data, manifestForm.fill(map[string]string{fieldFile: data.name})) {
		return nil, refuse(CodeManifestForm, "it is not the manifest of the one file %s", data.name)
	}
	c := &Container{FileName: data.name, Data: bytes.Clone(data.data)}
	if err := c.readSignatures(files[signaturesIndex].data); err != nil {
		return nil, err
	}
	// The one rule. Everything above only finds better words for a refusal.
	if err := checkRebuilt(c.Bytes(), b); err != nil {
		return nil, err
	}
	return c, nil
}

// checkRebuilt compares a container with what its fields give, and says from where on
// they differ.
func checkRebuilt(rebuilt, b []byte) error {
	if bytes.Equal(rebuilt, b) {
		return nil
	}
	n := 0
	for n < min(len(rebuilt), len(b)) && rebuilt[n] == b[n] {
		n++
	}
	if n == len(rebuilt) {
		return refuse(CodeContainerForm, "it has %d bytes more after its end, at byte %d", len(b)-n, n)
	}
	return refuse(CodeContainerForm, "built again from its fields, its %d bytes are %d, and others from byte %d on", len(b), len(rebuilt), n)
}

// Verify says who signed the container, judged at the time `at`: when the
// collector received it. The signer's claim SigningTime decides nothing, but it
// must lie within the certificate's validity: standard tools judge a B-level
// signature at that time and would refuse what we count.
//
// It implements Envelope.Verify of docs/protocol/envelope.md.
func (c *Container) Verify(is *Issuers, at time.Time) (*Identity, error) {
	if err := is.Verify(c.Certificate, Signing, at); err != nil {
		return nil, err
	}
	if err := c.checkClaim(); err != nil {
		return nil, err
	}
	if err := c.Algorithm.verify(c.Certificate, c.signedInfo(), c.Signature); err != nil {
		return nil, err
	}
	return is.rules.IdentityOf(c.Certificate)
}

// CheckSigningTime refuses a claim that is further than tolerance from the
// receiver's clock, before or after. The collector calls it when a container
// arrives, with SigningTimeTolerance; a verifier need not. The error's code is
// "signing_time".
func (c *Container) CheckSigningTime(clock time.Time, tolerance time.Duration) error {
	if off := c.SigningTime.Sub(clock).Abs(); off > tolerance {
		return refuse(CodeSigningTime, "%s is %s from the receiver's %s", stamp(c.SigningTime), off.Round(time.Second), stamp(clock))
	}
	return nil
}

func (c *Container) checkClaim() error {
	if c.SigningTime.Before(c.Certificate.NotBefore) || c.SigningTime.After(c.Certificate.NotAfter) {
		return refuse(CodeSigningTime, "%s is outside of the certificate's validity, %s to %s",
			stamp(c.SigningTime), stamp(c.Certificate.NotBefore), stamp(c.Certificate.NotAfter))
	}
	return nil
}

var fileNameForm = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$`)

// The names that would collide with the container's own when it is unpacked, on
// file systems that ignore case too.
var takenNames = []string{"mimetype", "meta-inf"}

// checkFileName: letters that mean nothing to XML, URIs, zip, shells and file
// systems, and no first character that hides a file, climbs or is an option.
func checkFileName(name string) error {
	if !fileNameForm.MatchString(name) || slices.Contains(takenNames, strings.ToLower(name)) {
		return refuse(CodeFileName, "%q is not a name that a data file may have", name)
	}
	return nil
}
