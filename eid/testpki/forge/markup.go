package forge

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"

	"valik/eid"
)

const exclusive = `"http://www.w3.org/2001/10/xml-exc-c14n#"`

// markup are signature files that say by other means of XML, of XML signatures or
// of XAdES what the form says, or more than it.
func (w *world) markup() []Vector {
	c := w.seal(w.voter.Signing)
	const (
		root       = "<asic:XAdESSignatures"
		dataRef    = `<ds:Reference Id="S0-data" URI="` + fileName + `">`
		transform  = "<ds:Transform Algorithm=" + exclusive + ">"
		method     = "<ds:CanonicalizationMethod Algorithm=" + exclusive + ">"
		keyInfo    = "<ds:KeyInfo>\n"
		signedEnd  = "</xades:SignedSignatureProperties>"
		allEnd     = "</xades:QualifyingProperties>"
		dataEnd    = "</ds:X509Data>"
		properties = `URI="#S0-properties"`
	)
	form := func(name, fault string, edit func(string) string) Vector {
		return Vector{Name: "form-" + name, Fault: fault, Code: eid.CodeSignatureForm, Bytes: rebuilt(c, edit)}
	}
	signed := func(name, fault string, edit func(string) string) Vector {
		return Vector{Name: "form-" + name, Fault: fault + ", signed", Code: eid.CodeSignatureForm, Bytes: w.signedAgain(edit)}
	}
	return []Vector{
		form("doctype", "a document type", replace(root, "<!DOCTYPE x>"+root)),
		form("external-entity", "a document type that reads a file", replace(root, `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>`+root)),
		form("laughs", "a document type with entities of entities", replace(root, laughs()+root)),
		form("instruction", "a processing instruction", replace(root, "<?x y?>"+root)),
		form("cdata", "the certificate is CDATA", replace(certificateTag, certificateTag+"<![CDATA[]]>")),
		form("utf-16", "it is written in UTF-16", inUTF16),
		form("character-reference", "a character of the file name is written as its number", replace(`URI="`+fileName, `URI="&#69;`+fileName[1:])),
		form("foreign-element", "an element of another namespace", replace(dataEnd, dataEnd+`<x xmlns="urn:x"></x>`)),
		form("foreign-namespace", "a namespace that nothing uses", replace(root, root+` xmlns:x="urn:x"`)),
		form("other-namespace", "the elements are of another namespace", func(xml string) string { return strings.ReplaceAll(xml, "2000/09/xmldsig#", "2009/xmldsig11#") }),
		form("prefix", "another prefix for the container's namespace", func(xml string) string { return strings.NewReplacer("asic:", "a:", ":asic", ":a").Replace(xml) }),
		form("wrapped-root", "all stands inside of another element", func(xml string) string {
			at := strings.Index(xml, root)
			return xml[:at] + "<x>" + xml[at:] + "</x>"
		}),
		form("moved-properties", "the signed properties were moved to another object, and others stand at their place", move),
		form("id-twice", "another element has the Id of the signed properties", replace("<ds:Object>", `<ds:Object Id="S0-properties">`)),
		form("two-certificates", "a second certificate stands beside the first", func(xml string) string {
			certificate := cut(xml, certificateTag, "</ds:X509Certificate>")
			return strings.Replace(xml, certificate, certificate+certificate, 1)
		}),
		form("key-value", "a key stands before the certificate", replace(keyInfo, keyInfo+"<ds:KeyName>a</ds:KeyName>")),
		form("counter-signature", "a counter-signature", replace(allEnd, "<xades:UnsignedProperties><xades:UnsignedSignatureProperties><xades:CounterSignature></xades:CounterSignature></xades:UnsignedSignatureProperties></xades:UnsignedProperties>"+allEnd)),
		signed("digest-sha1", "the data's digest is SHA-1's", replace("2001/04/xmlenc#sha256", "2000/09/xmldsig#sha1")),
		signed("c14n-1.0", "inclusive canonicalisation of what is signed", replace(method, `<ds:CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315">`)),
		signed("c14n-comments", "canonicalisation that keeps comments", replace(exclusive, `"http://www.w3.org/2001/10/xml-exc-c14n#WithComments"`)),
		signed("c14n-transform", "inclusive canonicalisation of the properties", replace(transform, `<ds:Transform Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315">`)),
		signed("c14n-prefixes", "exclusive canonicalisation with a list of prefixes", replace(method, method+`<ec:InclusiveNamespaces xmlns:ec=`+exclusive+` PrefixList="ds"></ec:InclusiveNamespaces>`)),
		signed("xslt", "a program as a transform", replace(transform, `<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"></ds:Transform>`+transform)),
		signed("hmac-length", "a length of the signature beside its method", replace("ecdsa-sha256\">", `ecdsa-sha256"><ds:HMACOutputLength>8</ds:HMACOutputLength>`)),
		form("references-swapped", "the references in the other order, signed", func(xml string) string { return signInfo(swapReferences(xml), w.voter.Signing) }),
		signed("reference-twice", "a second reference to the properties", func(xml string) string {
			reference := cut(xml, "<ds:Reference Type", "</ds:Reference>\n")
			return strings.Replace(xml, reference, reference+reference, 1)
		}),
		signed("reference-elsewhere", "the reference to the properties is to the key", replace(properties, `URI="#S0-value"`)),
		signed("reference-document", "the reference to the data is to the document that it stands in", replace(dataRef, `<ds:Reference Id="S0-data" URI="">`)),
		signed("reference-id", "the reference to the data has another Id", func(xml string) string { return strings.ReplaceAll(xml, "S0-data", "S1-data") }),
		signed("reference-no-type", "the reference to the properties does not say that it is one", replace(`Type="http://uri.etsi.org/01903#SignedProperties" `, "")),
		signed("certificate-v1", "the certificate's digest is in the older element", certificateV1),
		signed("policy", "a signature policy", replace(signedEnd, "<xades:SignaturePolicyIdentifier><xades:SignaturePolicyImplied></xades:SignaturePolicyImplied></xades:SignaturePolicyIdentifier>"+signedEnd)),
		signed("role", "a claimed role", replace(signedEnd, "<xades:SignerRoleV2><xades:ClaimedRoles><xades:ClaimedRole>Minister</xades:ClaimedRole></xades:ClaimedRoles></xades:SignerRoleV2>"+signedEnd)),
		{Name: "algorithm-hmac", Fault: "the method is an HMAC, keyed by what everybody knows", Code: eid.CodeSignatureAlgorithm, Bytes: rebuilt(c, replace("#ecdsa-sha256", "#hmac-sha256"))},
		{Name: "algorithm-none", Fault: "there is no method", Code: eid.CodeSignatureAlgorithm, Bytes: rebuilt(c, replace(ecdsa256, ""))},
	}
}

// laughs is an entity of ten times ten times … entities.
func laughs() string {
	var b strings.Builder
	b.WriteString(`<!DOCTYPE x [<!ENTITY a "ha">`)
	for name := 'b'; name <= 'i'; name++ {
		b.WriteString(`<!ENTITY ` + string(name) + ` "` + strings.Repeat("&"+string(name-1)+";", 10) + `">`)
	}
	return b.String() + "]>"
}

func inUTF16(xml string) string {
	units := utf16.Encode([]rune("\ufeff" + strings.Replace(xml, "UTF-8", "UTF-16", 1)))
	b := new(bytes.Buffer)
	must(0, binary.Write(b, binary.LittleEndian, units))
	return b.String()
}

// move: who looks the Id up digests the true properties, who walks the tree reads
// the others.
func move(xml string) string {
	properties := cut(xml, propertiesStart, propertiesEnd)
	others := setContent(strings.Replace(properties, ` Id="S0-properties"`, "", 1), timeTag, "2029-03-04T12:00:00Z")
	xml = strings.Replace(xml, properties, others, 1)
	return strings.Replace(xml, "</ds:Object>", "</ds:Object><ds:Object>"+properties+"</ds:Object>", 1)
}

// swapReferences moves the digests too, which setDigests would find by their order.
func swapReferences(xml string) string {
	second := cut(xml, "<ds:Reference Type", "</ds:Reference>\n")
	xml = strings.Replace(xml, second, "", 1)
	return strings.Replace(xml, "<ds:Reference Id", second+"<ds:Reference Id", 1)
}

// certificateV1 writes SigningCertificate of the older XAdES, with the issuer's
// name and a number.
func certificateV1(xml string) string {
	const number = `<xades:IssuerSerial><ds:X509IssuerName xmlns:ds="http://www.w3.org/2000/09/xmldsig#">CN=Valik</ds:X509IssuerName>` +
		`<ds:X509SerialNumber xmlns:ds="http://www.w3.org/2000/09/xmldsig#">1</ds:X509SerialNumber></xades:IssuerSerial>`
	return strings.NewReplacer("SigningCertificateV2", "SigningCertificate", "</xades:Cert>", number+"</xades:Cert>").Replace(xml)
}
