package forge

import (
	"encoding/base64"
	"strings"

	"valik/eid"
	"valik/eid/testpki"
)

// longTerm are containers with evidence, and what is wrong with their evidence.
func (w *world) longTerm() []Vector {
	extend := func(key *testpki.Key, evidence func(c *eid.Container) eid.Evidence) *eid.LongTerm {
		c := w.seal(key)
		return must(c.Extend(evidence(c)))
	}
	all := extend(w.voter.Signing, w.fullEvidence)
	good := func(name, fault string, l *eid.LongTerm) Vector {
		return Vector{Name: "lt-good-" + name, Fault: fault, LongTerm: true, Bytes: l.Bytes()}
	}
	ocspOnly := eid.Evidence{Certificates: all.Certificates, OCSPs: all.OCSPs}
	data := members(all.Container())
	data[file].data = []byte("this is what was not signed\n")
	data[signatures].data = membersOf(all.Bytes())[signatures].data
	return append(brokenEvidence(all), []Vector{
		good("all", "time-stamp, two certificates, revocation list and OCSP response", all),
		good("ocsp", "an OCSP response and the issuer's certificate", must(all.Container().Extend(ocspOnly))),
		good("crl", "a revocation list and the issuer's certificate", must(all.Container().Extend(eid.Evidence{Certificates: all.Certificates[:1], CRLs: all.CRLs}))),
		good("rsa", "an RSA key of 2048 bits, PKCS #1 v1.5", extend(w.rsa, w.fullEvidence)),
		good("rsa-pss", "an RSA key of 2048 bits, PSS", extend(w.rsa.PSS(), w.fullEvidence)),
		{Name: "long-term", Fault: "evidence where a voter's own container is expected", Code: eid.CodeContainerLongTerm, Bytes: all.Bytes()},
		{Name: "lt-none", Fault: "no evidence where some is expected", Code: eid.CodeEvidenceMissing, LongTerm: true, Bytes: all.Container().Bytes()},
		{Name: "lt-data-changed", Fault: "the data file is another", Code: eid.CodeDataDigest, LongTerm: true, Bytes: archive(data)},
		{Name: "lt-issuer", Fault: "the issuer is not accepted, whatever the evidence says", Code: eid.CodeCertificateUntrusted, LongTerm: true, Bytes: must(w.seal(w.foreigner()).Extend(ocspOnly)).Bytes()},
		{Name: "lt-trailing", Fault: "one byte after the archive", Code: eid.CodeContainerForm, LongTerm: true, Bytes: append(all.Bytes(), 0)},
		{Name: "lt-zip-time", Fault: "a file has a time", Code: eid.CodeContainerForm, LongTerm: true, Bytes: timed(all.Bytes())},
		{Name: "lt-good-rsa-3072", Fault: "an RSA key of 3072 bits, an OCSP response and no time-stamp", LongTerm: true, Bytes: must(w.seal(w.long).Extend(w.evidence(w.long.Certificate(), w.issuerOf(w.long.Certificate())))).Bytes()},
	}...)
}

// brokenEvidence is a good container whose signature file was changed.
func brokenEvidence(all *eid.LongTerm) []Vector {
	bad := func(name, fault, code string, edit func(string) string) Vector {
		return Vector{Name: "lt-" + name, Fault: fault, Code: code, LongTerm: true, Bytes: rebuiltFrom(all.Bytes(), edit)}
	}
	const (
		unsigned    = "<xades:UnsignedSignatureProperties>\n"
		stampTag    = "<xades:EncapsulatedTimeStamp>"
		certTag     = "<xades:EncapsulatedX509Certificate>"
		crlTag      = "<xades:EncapsulatedCRLValue>"
		ocspTag     = "<xades:EncapsulatedOCSPValue>"
		stampMethod = `<xades:SignatureTimeStamp Id="S0-timestamp">` + "\n<ds:CanonicalizationMethod Algorithm=" + exclusive
	)
	drop := func(start, end string) func(string) string {
		return func(xml string) string { return strings.Replace(xml, cut(xml, start, end), "", 1) }
	}
	double := func(start, end string) func(string) string {
		return func(xml string) string {
			part := cut(xml, start, end)
			return strings.Replace(xml, part, part+part, 1)
		}
	}
	content := func(tag, value string) func(string) string {
		return func(xml string) string { return setContent(xml, tag, value) }
	}
	garbage := base64.StdEncoding.EncodeToString([]byte("garbage"))
	return []Vector{
		bad("place", "the evidence stands before the signed properties", eid.CodeEvidenceMissing, func(xml string) string {
			evidence := cut(xml, "<xades:UnsignedProperties>", "</xades:UnsignedProperties>\n")
			return strings.Replace(strings.Replace(xml, evidence, "", 1), propertiesStart, evidence+propertiesStart, 1)
		}),
		bad("signature", "one bit of the signature is another", eid.CodeSignatureInvalid, flipSignature),
		bad("time", "the signing time is another", eid.CodePropertiesDigest, content(timeTag, "2029-03-04T10:30:01Z")),
		bad("empty", "unsigned properties without evidence", eid.CodeEvidenceForm, func(xml string) string {
			return strings.Replace(xml, cut(xml, unsigned, "</xades:UnsignedSignatureProperties>\n"), "", 1)
		}),
		bad("no-certificate", "no certificate", eid.CodeEvidenceMissing, drop("<xades:CertificateValues>", "</xades:CertificateValues>\n")),
		bad("no-revocation", "no word on revocation", eid.CodeEvidenceMissing, drop("<xades:RevocationValues>", "</xades:RevocationValues>\n")),
		bad("empty-list", "a list of certificates with none", eid.CodeEvidenceForm, func(xml string) string {
			return strings.Replace(xml, cut(xml, certTag, "</xades:CertificateValues>\n"), "</xades:CertificateValues>\n", 1)
		}),
		bad("timestamp-garbage", "the time-stamp is no DER", eid.CodeEvidenceForm, content(stampTag, garbage)),
		bad("timestamp-text", "the time-stamp is no base64", eid.CodeEvidenceForm, content(stampTag, "*")),
		bad("timestamp-none", "the time-stamp is empty", eid.CodeEvidenceForm, content(stampTag, "")),
		bad("timestamp-twice", "two time-stamps", eid.CodeEvidenceForm, double("<xades:SignatureTimeStamp ", "</xades:SignatureTimeStamp>\n")),
		bad("timestamp-tokens", "two tokens in one time-stamp", eid.CodeEvidenceForm, double(stampTag, "</xades:EncapsulatedTimeStamp>\n")),
		bad("timestamp-inclusive", "the time-stamp is of another canonicalisation", eid.CodeEvidenceForm, replace(stampMethod, strings.Replace(stampMethod, exclusive, `"http://www.w3.org/TR/2001/REC-xml-c14n-20010315"`, 1))),
		bad("certificate-garbage", "a certificate is none", eid.CodeEvidenceForm, content(certTag, garbage)),
		bad("certificate-lines", "a certificate is broken into lines", eid.CodeEvidenceForm, func(xml string) string {
			at := strings.Index(xml, certTag) + len(certTag) + 64
			return xml[:at] + "\n" + xml[at:]
		}),
		bad("crl-garbage", "the revocation list is no DER", eid.CodeEvidenceForm, content(crlTag, garbage)),
		bad("crl-trailing", "a byte follows the revocation list", eid.CodeEvidenceForm, content(crlTag, base64.StdEncoding.EncodeToString(append(all.CRLs[0][:len(all.CRLs[0]):len(all.CRLs[0])], 0)))),
		bad("ocsp-garbage", "the OCSP response is no DER", eid.CodeEvidenceForm, content(ocspTag, garbage)),
		bad("ocsp-cut", "the OCSP response is cut", eid.CodeEvidenceForm, content(ocspTag, base64.StdEncoding.EncodeToString(all.OCSPs[0][:100]))),
		bad("ocsp-reference", "the OCSP response has a character reference", eid.CodeEvidenceForm, replace(ocspTag, ocspTag+"&#77;")),
		bad("ocsp-attribute", "the OCSP response has an Id", eid.CodeEvidenceForm, replace(ocspTag, `<xades:EncapsulatedOCSPValue Id="N0">`)),
		bad("order", "the certificates stand after the revocation values", eid.CodeEvidenceForm, func(xml string) string {
			certificates := cut(xml, "<xades:CertificateValues>", "</xades:CertificateValues>\n")
			xml = strings.Replace(xml, certificates, "", 1)
			return strings.Replace(xml, "</xades:RevocationValues>\n", "</xades:RevocationValues>\n"+certificates, 1)
		}),
		bad("order-values", "the OCSP responses stand before the revocation lists", eid.CodeEvidenceForm, func(xml string) string {
			lists := cut(xml, "<xades:CRLValues>", "</xades:CRLValues>\n")
			xml = strings.Replace(xml, lists, "", 1)
			return strings.Replace(xml, "</xades:OCSPValues>\n", "</xades:OCSPValues>\n"+lists, 1)
		}),
		bad("twice", "the unsigned properties are there twice", eid.CodeEvidenceForm, double("<xades:UnsignedProperties>", "</xades:UnsignedProperties>\n")),
		bad("comment", "a comment in the evidence", eid.CodeEvidenceForm, replace(unsigned, unsigned+"<!-- -->\n")),
		bad("counter-signature", "a counter-signature", eid.CodeEvidenceForm, replace(unsigned, unsigned+"<xades:CounterSignature></xades:CounterSignature>\n")),
		bad("archive", "an archive time-stamp", eid.CodeEvidenceForm, replace(unsigned, unsigned+`<xades141:ArchiveTimeStamp xmlns:xades141="http://uri.etsi.org/01903/v1.4.1#"></xades141:ArchiveTimeStamp>`+"\n")),
		bad("references", "references to certificates", eid.CodeEvidenceForm, replace(unsigned, unsigned+"<xades:CompleteCertificateRefs></xades:CompleteCertificateRefs>\n")),
	}
}

// flipSignature turns one bit of r over.
func flipSignature(xml string) string {
	value := strings.TrimSuffix(strings.TrimPrefix(cut(xml, valueTag, "</ds:SignatureValue>"), valueTag), "</ds:SignatureValue>")
	signature := must(base64.StdEncoding.DecodeString(value))
	signature[5] ^= 1
	return setContent(xml, valueTag, base64.StdEncoding.EncodeToString(signature))
}

// timed gives the data file of an archive a time.
func timed(b []byte) []byte {
	m := membersOf(b)
	m[file].time = 1
	return archive(m)
}
