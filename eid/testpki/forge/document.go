package forge

import (
	"context"
	"crypto"
	"strings"

	"valik/eid"
)

// rebuilt is the archive of c after one change to the signature file, which is
// left as it is, not signed again.
func rebuilt(c *eid.Container, edit func(xml string) string) []byte {
	return rebuiltFrom(c.Bytes(), edit)
}

func rebuiltFrom(b []byte, edit func(xml string) string) []byte {
	m := membersOf(b)
	m[signatures].data = []byte(edit(string(m[signatures].data)))
	return archive(m)
}

// signedAgain is the archive after one change that is signed.
func (w *world) signedAgain(edit func(xml string) string) []byte {
	return rebuilt(w.seal(w.voter.Signing), func(xml string) string {
		return string(resign(edit(xml), data, w.voter.Signing))
	})
}

func replace(before, after string) func(string) string {
	return func(xml string) string {
		if !strings.Contains(xml, before) {
			panic("forge: no " + before)
		}
		return strings.Replace(xml, before, after, 1)
	}
}

// documents have a manifest or a signature file of another form: most of them
// are good signatures for standard tools.
func (w *world) documents() []Vector {
	c := w.seal(w.voter.Signing)
	manifestWith := func(edit func(string) string) []byte {
		m := members(c)
		m[manifest].data = []byte(edit(string(m[manifest].data)))
		return archive(m)
	}
	const (
		root     = "<asic:XAdESSignatures"
		rootEnd  = "</asic:XAdESSignatures>"
		dataRef  = `<ds:Reference Id="S0-data" URI="` + fileName + `">`
		noFile   = `<ds:Reference Id="S0-note" URI="note.txt"><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod><ds:DigestValue>AAAA</ds:DigestValue></ds:Reference>`
		identity = `<ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#base64"></ds:Transform></ds:Transforms>`
		entry    = `<manifest:file-entry manifest:full-path="note.txt" manifest:media-type="text/plain"></manifest:file-entry>`
		end      = "</manifest:manifest>"
	)
	return []Vector{
		{Name: "manifest-other-file", Fault: "the manifest names another file", Code: eid.CodeManifestForm, Bytes: manifestWith(replace(fileName, "EP2028.ballot"))},
		{Name: "manifest-second-file", Fault: "the manifest names a second file", Code: eid.CodeManifestForm, Bytes: manifestWith(replace(end, entry+end))},
		{Name: "manifest-type", Fault: "the manifest gives the file another type", Code: eid.CodeManifestForm, Bytes: manifestWith(replace("application/octet-stream", "text/plain"))},
		{Name: "form-comment", Fault: "a comment outside of what is signed", Code: eid.CodeSignatureForm, Bytes: rebuilt(c, replace(rootEnd, "<!-- -->"+rootEnd))},
		{Name: "form-trailing", Fault: "an empty line at the end", Code: eid.CodeSignatureForm, Bytes: rebuilt(c, func(xml string) string { return xml + "\n" })},
		{Name: "form-cut", Fault: "it ends within the certificate", Code: eid.CodeSignatureForm, Bytes: rebuilt(c, func(xml string) string { return xml[:strings.Index(xml, certificateTag)+100] })},
		{Name: "form-line-ends", Fault: "lines end in CR LF", Code: eid.CodeSignatureForm, Bytes: rebuilt(c, func(xml string) string { return strings.ReplaceAll(xml, "\n", "\r\n") })},
		{Name: "form-entity", Fault: "a document type with an entity", Code: eid.CodeSignatureForm, Bytes: rebuilt(c, replace(root, `<!DOCTYPE x [<!ENTITY e "e">]>`+root))},
		{Name: "form-mark", Fault: "a byte order mark", Code: eid.CodeSignatureForm, Bytes: rebuilt(c, func(xml string) string { return "\ufeff" + xml })},
		{Name: "form-space", Fault: "one space more in what is signed, signed", Code: eid.CodeSignatureForm, Bytes: w.signedAgain(replace("<ds:Transforms>", " <ds:Transforms>"))},
		{Name: "form-order", Fault: "attributes in another order, signed in the right one", Code: eid.CodeSignatureForm, Bytes: rebuilt(c, replace(`Id="S0-data" URI="`+fileName+`"`, `URI="`+fileName+`" Id="S0-data"`))},
		{Name: "form-wrapped", Fault: "the signature stands inside of another element", Code: eid.CodeSignatureForm, Bytes: rebuilt(c, wrap)},
		{Name: "form-two-signatures", Fault: "the signature is there twice", Code: eid.CodeSignatureForm, Bytes: rebuilt(c, twice)},
		{Name: "form-second-object", Fault: "other properties of the same Id before the signed ones", Code: eid.CodeSignatureForm, Bytes: rebuilt(c, shadow)},
		{Name: "form-unsigned-properties", Fault: "unsigned properties are added", Code: eid.CodeSignatureForm, Bytes: rebuilt(c, replace("</xades:QualifyingProperties>", "<xades:UnsignedProperties></xades:UnsignedProperties></xades:QualifyingProperties>"))},
		{Name: "form-inclusive", Fault: "another canonicalisation, signed", Code: eid.CodeSignatureForm, Bytes: w.signedAgain(replace("http://www.w3.org/2001/10/xml-exc-c14n#", "http://www.w3.org/2006/12/xml-c14n11"))},
		{Name: "form-second-reference", Fault: "a reference to a second file, signed", Code: eid.CodeSignatureForm, Bytes: w.signedAgain(replace(dataRef, noFile+dataRef))},
		{Name: "form-transform", Fault: "a transform of the data file, signed", Code: eid.CodeSignatureForm, Bytes: w.signedAgain(replace(dataRef, dataRef+identity))},
		{Name: "form-digest-method", Fault: "another digest of the data file, signed", Code: eid.CodeSignatureForm, Bytes: w.signedAgain(replace("xmlenc#sha256", "xmlenc#sha512"))},
		{Name: "form-other-file", Fault: "the reference is to another file, signed", Code: eid.CodeSignatureForm, Bytes: w.signedAgain(replace(fileName, "EP2028.ballot"))},
		{Name: "form-type", Fault: "another type of the data file, signed", Code: eid.CodeSignatureForm, Bytes: w.signedAgain(replace("application/octet-stream", "text/plain"))},
		{Name: "algorithm-sha1", Fault: "ECDSA with SHA-1, signed", Code: eid.CodeSignatureAlgorithm, Bytes: w.withHash("#ecdsa-sha1", crypto.SHA1)},
		{Name: "algorithm-sha512", Fault: "ECDSA with SHA-512 for a P-256 key, signed", Code: eid.CodeSignatureAlgorithm, Bytes: w.withHash("#ecdsa-sha512", crypto.SHA512)},
	}
}

// wrap: a reader that looks for the first ds:Signature anywhere finds it.
func wrap(xml string) string {
	signature := cut(xml, "<ds:Signature ", "</ds:Signature>")
	return strings.Replace(xml, signature, "<x>"+signature+"</x>", 1)
}

func twice(xml string) string {
	signature := cut(xml, "<ds:Signature ", "</ds:Signature>")
	return strings.Replace(xml, signature, signature+signature, 1)
}

// shadow: a reader that looks an Id up and one that walks the tree would take
// the time from different elements.
func shadow(xml string) string {
	properties := setContent(cut(xml, propertiesStart, propertiesEnd), timeTag, "2029-03-04T12:00:00Z")
	return strings.Replace(xml, "<ds:Object>", "<ds:Object>"+properties+"</ds:Object><ds:Object>", 1)
}

// withHash signs with another digest, and says so.
func (w *world) withHash(method string, hash crypto.Hash) []byte {
	return rebuilt(w.seal(w.voter.Signing), func(xml string) string {
		xml = replace("#ecdsa-sha256", method)(xml)
		return string(resignWith(xml, data, func(signedInfo []byte) []byte {
			return must(w.voter.Signing.SignDigest(context.Background(), hashed(hash, signedInfo)))
		}))
	})
}
