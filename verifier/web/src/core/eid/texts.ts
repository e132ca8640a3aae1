// The texts of a container's files (docs/protocol/envelope.md), as they stand there.

import { Form } from "./form.ts";

/** META-INF/manifest.xml */
export const manifestForm = new Form(`<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">
<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.etsi.asic-e+zip"></manifest:file-entry>
<manifest:file-entry manifest:full-path="{file}" manifest:media-type="application/octet-stream"></manifest:file-entry>
</manifest:manifest>
`);

const signatures = `<?xml version="1.0" encoding="UTF-8"?>
<asic:XAdESSignatures xmlns:asic="http://uri.etsi.org/02918/v1.2.1#">
<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="S0">
<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:CanonicalizationMethod>
<ds:SignatureMethod Algorithm="{method}"></ds:SignatureMethod>
<ds:Reference Id="S0-data" URI="{file}">
<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod>
<ds:DigestValue>{data-digest}</ds:DigestValue>
</ds:Reference>
<ds:Reference Type="http://uri.etsi.org/01903#SignedProperties" URI="#S0-properties">
<ds:Transforms>
<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:Transform>
</ds:Transforms>
<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod>
<ds:DigestValue>{properties-digest}</ds:DigestValue>
</ds:Reference>
</ds:SignedInfo>
<ds:SignatureValue Id="S0-value">{signature}</ds:SignatureValue>
<ds:KeyInfo>
<ds:X509Data>
<ds:X509Certificate>{certificate}</ds:X509Certificate>
</ds:X509Data>
</ds:KeyInfo>
<ds:Object>
<xades:QualifyingProperties xmlns:xades="http://uri.etsi.org/01903/v1.3.2#" Target="#S0">
<xades:SignedProperties xmlns:xades="http://uri.etsi.org/01903/v1.3.2#" Id="S0-properties">
<xades:SignedSignatureProperties>
<xades:SigningTime>{time}</xades:SigningTime>
<xades:SigningCertificateV2>
<xades:Cert>
<xades:CertDigest>
<ds:DigestMethod xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod>
<ds:DigestValue xmlns:ds="http://www.w3.org/2000/09/xmldsig#">{certificate-digest}</ds:DigestValue>
</xades:CertDigest>
</xades:Cert>
</xades:SigningCertificateV2>
</xades:SignedSignatureProperties>
<xades:SignedDataObjectProperties>
<xades:DataObjectFormat ObjectReference="#S0-data">
<xades:MimeType>application/octet-stream</xades:MimeType>
</xades:DataObjectFormat>
</xades:SignedDataObjectProperties>
</xades:SignedProperties>
</xades:QualifyingProperties>
</ds:Object>
</ds:Signature>
</asic:XAdESSignatures>
`;

/** META-INF/signatures0.xml */
export const signaturesForm = new Form(signatures);

// What is digested are these two elements, with the very bytes that they have in the file.
export const signedInfoForm = new Form(element("ds:SignedInfo"));
export const signedPropertiesForm = new Form(element("xades:SignedProperties"));

/** An element of the signature file that is there once. */
function element(name: string): string {
  const end = `</${name}>`;
  return signatures.slice(signatures.indexOf(`<${name} `), signatures.indexOf(end) + end.length);
}
