package forge

import (
	"encoding/base64"
	"math/big"
	"strings"
	"time"

	"valik/eid"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// fields are of the right form, but say something that is not so.
func (w *world) fields() []Vector {
	c := w.seal(w.voter.Signing)
	other := w.other.Signing.Certificate().Raw
	changed := members(c)
	changed[file].data = []byte("this is what was not signed\n")
	replaced := members(c)
	replaced[file].data = []byte("this is what was not signed\n")
	replaced[signatures].data = []byte(setDigests(string(replaced[signatures].data), replaced[file].data))
	timed := func(value string) []byte {
		return w.signedAgain(func(xml string) string { return setContent(xml, timeTag, value) })
	}
	certificate := func(text string) []byte {
		return rebuilt(c, func(xml string) string { return setContent(xml, certificateTag, text) })
	}
	own := w.voter.Signing.Certificate().Raw
	return []Vector{
		{Name: "data-changed", Fault: "the data file is another", Code: eid.CodeDataDigest, Bytes: archive(changed)},
		{Name: "data-replaced", Fault: "the data file and its digest are others", Code: eid.CodeSignatureInvalid, Bytes: archive(replaced)},
		{Name: "time-changed", Fault: "the signing time is another", Code: eid.CodePropertiesDigest, Bytes: rebuilt(c, func(xml string) string { return setContent(xml, timeTag, "2029-03-04T10:30:01Z") })},
		{Name: "time-replaced", Fault: "the signing time and the digest over it are others", Code: eid.CodeSignatureInvalid, Bytes: rebuilt(c, func(xml string) string {
			return setDigests(setContent(xml, timeTag, "2029-03-04T10:30:01Z"), data)
		})},
		{Name: "time-zone", Fault: "the signing time has an offset, signed", Code: eid.CodeSigningTime, Bytes: timed("2029-03-04T12:30:00+02:00")},
		{Name: "time-fraction", Fault: "the signing time has a fraction, signed", Code: eid.CodeSigningTime, Bytes: timed("2029-03-04T10:30:00.0Z")},
		{Name: "time-no-day", Fault: "the signing time is on 30 February, signed", Code: eid.CodeSigningTime, Bytes: timed("2029-02-30T10:30:00Z")},
		{Name: "time-too-early", Fault: "the signing time is before the certificate, signed", Code: eid.CodeSigningTime, Bytes: timed(validFrom.Add(-time.Second).Format(time.RFC3339))},
		{Name: "time-too-late", Fault: "the signing time is after the certificate, signed", Code: eid.CodeSigningTime, Bytes: timed(validTo.Add(time.Second).Format(time.RFC3339))},
		{Name: "certificate-other", Fault: "the certificate is another voter's", Code: eid.CodeCertificateDigest, Bytes: certificate(base64.StdEncoding.EncodeToString(other))},
		{Name: "certificate-other-digest", Fault: "the certificate and its digest are another voter's", Code: eid.CodePropertiesDigest, Bytes: rebuilt(c, func(xml string) string { return withCertificate(xml, other) })},
		{Name: "certificate-other-digests", Fault: "the certificate and all digests are another voter's", Code: eid.CodeSignatureInvalid, Bytes: rebuilt(c, func(xml string) string { return setDigests(withCertificate(xml, other), data) })},
		{Name: "certificate-garbage", Fault: "the certificate is none", Code: eid.CodeCertificateForm, Bytes: certificate("AAAA")},
		{Name: "certificate-trailing", Fault: "a byte follows the certificate", Code: eid.CodeCertificateForm, Bytes: certificate(base64.StdEncoding.EncodeToString(append(own[:len(own):len(own)], 0)))},
		{Name: "certificate-lines", Fault: "the certificate is broken into lines", Code: eid.CodeCertificateForm, Bytes: rebuilt(c, func(xml string) string {
			at := strings.Index(xml, certificateTag) + len(certificateTag) + 64
			return xml[:at] + "\n" + xml[at:]
		})},
	}
}

// signatures have a signature value that is wrong.
func (w *world) signatures() []Vector {
	c := w.seal(w.voter.Signing)
	r, s := c.Signature[:32], c.Signature[32:]
	value := func(signature ...[]byte) []byte {
		var all []byte
		for _, part := range signature {
			all = append(all, part...)
		}
		return rebuilt(c, func(xml string) string {
			return setContent(xml, valueTag, base64.StdEncoding.EncodeToString(all))
		})
	}
	text := func(edit func(string) string) []byte {
		return rebuilt(c, func(xml string) string {
			return setContent(xml, valueTag, edit(base64.StdEncoding.EncodeToString(c.Signature)))
		})
	}
	zero, ones := make([]byte, 32), []byte(strings.Repeat("\xff", 32))
	flipped := append([]byte{r[0] ^ 1}, r[1:]...)
	return []Vector{
		{Name: "signature-bit", Fault: "one bit of r is another", Code: eid.CodeSignatureInvalid, Bytes: value(flipped, s)},
		{Name: "signature-swapped", Fault: "s ‖ r", Code: eid.CodeSignatureInvalid, Bytes: value(s, r)},
		{Name: "signature-zero", Fault: "r = s = 0", Code: eid.CodeSignatureInvalid, Bytes: value(zero, zero)},
		{Name: "signature-zero-s", Fault: "s = 0", Code: eid.CodeSignatureInvalid, Bytes: value(r, zero)},
		{Name: "signature-above-order", Fault: "r is above the order", Code: eid.CodeSignatureInvalid, Bytes: value(ones, s)},
		{Name: "signature-der", Fault: "the signature is in DER", Code: eid.CodeSignatureForm, Bytes: value(der(r, s))},
		{Name: "signature-short", Fault: "the last byte is missing", Code: eid.CodeSignatureForm, Bytes: value(r, s[:31])},
		{Name: "signature-long", Fault: "r and s have 48 bytes each", Code: eid.CodeSignatureForm, Bytes: value(zero[:16], r, zero[:16], s)},
		{Name: "signature-none", Fault: "there is no signature value", Code: eid.CodeSignatureForm, Bytes: value()},
		{Name: "signature-lines", Fault: "the signature is broken into lines", Code: eid.CodeSignatureForm, Bytes: text(func(v string) string { return v[:64] + "\n" + v[64:] })},
		{Name: "signature-bits", Fault: "base64 has bits that mean nothing", Code: eid.CodeSignatureForm, Bytes: text(looseBits)},
		{Name: "signature-text", Fault: "the signature is not base64", Code: eid.CodeSignatureForm, Bytes: text(func(v string) string { return "*" + v[1:] })},
	}
}

// looseBits changes the last sextet's four bits that no byte takes: 64 bytes end
// in one byte, written as two letters of which the second counts for two bits.
func looseBits(value string) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	last := len(value) - 3
	return value[:last] + string(letters[strings.IndexByte(letters, value[last])^1]) + value[last+1:]
}

func der(r, s []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1BigInt(new(big.Int).SetBytes(r))
		b.AddASN1BigInt(new(big.Int).SetBytes(s))
	})
	return b.BytesOrPanic()
}
