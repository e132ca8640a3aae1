package eid

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"slices"
	"time"
)

// The fields of the forms.
const (
	fieldFile              = "file"
	fieldMethod            = "method"
	fieldDataDigest        = "data-digest"
	fieldPropertiesDigest  = "properties-digest"
	fieldSignature         = "signature"
	fieldCertificate       = "certificate"
	fieldTime              = "time"
	fieldCertificateDigest = "certificate-digest"
)

// fields gives the value of every field of the signature file.
func (c *Container) fields() map[string]string {
	values := map[string]string{
		fieldFile:              c.FileName,
		fieldDataDigest:        digest64(c.Data),
		fieldSignature:         base64.StdEncoding.EncodeToString(c.Signature),
		fieldCertificate:       base64.StdEncoding.EncodeToString(c.Certificate.Raw),
		fieldTime:              stamp(c.SigningTime),
		fieldCertificateDigest: digest64(c.Certificate.Raw),
	}
	if known, ok := algorithms[c.Algorithm]; ok {
		values[fieldMethod] = known.method
	}
	values[fieldPropertiesDigest] = digest64(signedPropertiesForm.fill(values))
	return values
}

// signedInfo gives the bytes that are signed: the element SignedInfo.
func (c *Container) signedInfo() []byte { return signedInfoForm.fill(c.fields()) }

// readSignatures takes certificate, time and signature out of the signature
// file, and checks that the file says of itself and of the data what is true.
func (c *Container) readSignatures(b []byte) error {
	if _, _, found := cutEvidence(string(b)); found {
		return refuse(CodeContainerLongTerm, "evidence was added to the signature")
	}
	values, err := signaturesForm.read(b)
	if err != nil {
		return refuse(CodeSignatureForm, "%w", err)
	}
	if err := c.readCertificate(values[fieldCertificate]); err != nil {
		return err
	}
	if err := c.readMethod(values[fieldMethod]); err != nil {
		return err
	}
	if c.SigningTime, err = parseTime(values[fieldTime]); err != nil {
		return err
	}
	if c.Signature, err = decode64(values[fieldSignature]); err != nil {
		return refuse(CodeSignatureForm, "signature value: %w", err)
	}
	if size := c.Algorithm.size(c.Certificate); len(c.Signature) != size {
		return refuse(CodeSignatureForm, "the signature value has %d bytes, not %d", len(c.Signature), size)
	}
	return c.compareDigests(values)
}

func (c *Container) readCertificate(value string) error {
	der, err := decode64(value)
	if err != nil {
		return refuse(CodeCertificateForm, "%w", err)
	}
	if c.Certificate, err = x509.ParseCertificate(der); err != nil {
		return refuse(CodeCertificateForm, "%w", err)
	}
	return nil
}

// readMethod: the key decides the signature's algorithm and length, so its type is
// checked here already.
func (c *Container) readMethod(value string) error {
	allowed, err := AlgorithmsOf(c.Certificate.PublicKey)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(allowed, func(a Algorithm) bool { return algorithms[a].method == value })
	if i < 0 {
		return refuse(CodeSignatureAlgorithm, "%s is not an algorithm of the certificate's key", value)
	}
	c.Algorithm = allowed[i]
	return nil
}

func parseTime(value string) (time.Time, error) {
	t, err := time.Parse(timeForm, value)
	if err != nil || stamp(t) != value { // time.Parse takes fractions of seconds too
		return time.Time{}, refuse(CodeSigningTime, "%q is not of the form %s", value, timeForm)
	}
	return t, nil
}

// compareDigests gives each broken digest its own name. The properties come
// last: they contain the certificate's.
func (c *Container) compareDigests(values map[string]string) error {
	truth := c.fields()
	if values[fieldFile] != truth[fieldFile] {
		return refuse(CodeSignatureForm, "it signs %q, not the container's file %q", values[fieldFile], c.FileName)
	}
	for _, check := range []struct{ field, code, what string }{
		{fieldDataDigest, CodeDataDigest, "data file"},
		{fieldCertificateDigest, CodeCertificateDigest, "certificate"},
		{fieldPropertiesDigest, CodePropertiesDigest, "signed properties"},
	} {
		if values[check.field] != truth[check.field] {
			return refuse(check.code, "the digest is not that of the %s", check.what)
		}
	}
	return nil
}

// decode64 takes only what EncodeToString writes: the library's decoder skips
// line breaks.
func decode64(value string) ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(value)
	if err == nil && base64.StdEncoding.EncodeToString(b) != value {
		err = errors.New("not the one base64 form of its bytes")
	}
	return b, err
}

func digest64(b []byte) string {
	sum := sha256.Sum256(b)
	return base64.StdEncoding.EncodeToString(sum[:])
}
