package eid_test

import (
	"bytes"
	"context"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/russellhaering/goxmldsig/etreeutils"
	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/testpki"
	"valik/eid/testpki/forge"
)

// sealedBy is a container by a key of an algorithm.
func sealedBy(t *testing.T, a eid.Algorithm) *eid.Container {
	t.Helper()
	authority, _ := newAuthority(t)
	c, err := eid.Seal(context.Background(), "EP2029.ballot", []byte("ballot"), signerOf(t, authority, a), now)
	require.NoError(t, err)
	require.Equal(t, a, c.Algorithm)
	return c
}

func signerOf(t *testing.T, authority *testpki.Authority, a eid.Algorithm) *testpki.Key {
	t.Helper()
	switch a {
	case eid.ES256:
		return newCard(t, authority, elliptic.P256()).Signing
	case eid.ES384:
		return newCard(t, authority, elliptic.P384()).Signing
	}
	card, err := authority.IssueRSA(testpki.PersonalCode(43), "Mari", "Mets", 2048)
	require.NoError(t, err)
	if a == eid.PS256 {
		return card.Signing.PSS()
	}
	return card.Signing
}

// vectorsOf gives the right vectors of a level.
func vectorsOf(longTerm bool) []forge.Vector {
	var list []forge.Vector
	_, vectors := forge.Vectors()
	for _, v := range vectors {
		if v.LongTerm == longTerm && v.Code == "" {
			list = append(list, v)
		}
	}
	return list
}

// TestExtend: with every mix of evidence the same container and the same evidence
// come out again, and what the signer sent is still there in its own bytes.
func TestExtend(t *testing.T) {
	c, full := sealedBy(t, eid.ES256), fullEvidence(t)
	for mix := range 16 {
		e := eid.Evidence{Certificates: full.Certificates[:1+mix&1]}
		if mix&2 != 0 {
			e.TimeStamp = full.TimeStamp
		}
		if mix&4 != 0 {
			e.CRLs = [][]byte{full.CRLs[0], full.CRLs[0]}
		}
		if mix&8 != 0 || mix&4 == 0 {
			e.OCSPs = full.OCSPs
		}
		extended, err := c.Extend(e)
		require.NoError(t, err)
		parsed, err := eid.ParseLongTerm(extended.Bytes())
		require.NoError(t, err, mix)
		require.Equal(t, extended.Bytes(), parsed.Bytes())
		require.Equal(t, e, parsed.Evidence)
		require.Equal(t, c.Bytes(), parsed.Container().Bytes())
		require.Equal(t, sha256.Sum256(c.Bytes()), sha256.Sum256(extended.Container().Bytes()))

		_, err = eid.ParseContainer(extended.Bytes())
		require.Equal(t, eid.CodeContainerLongTerm, eid.CodeOf(err))
		text := string(unpack(t, extended.Bytes())["META-INF/signatures0.xml"])
		require.Equal(t, mix&2 != 0, strings.Contains(text, "SignatureTimeStamp"))
		require.Equal(t, mix&4 != 0, strings.Contains(text, "CRLValues"))
		require.Equal(t, e.OCSPs != nil, strings.Contains(text, "OCSPValues"))
	}
	_, err := eid.ParseLongTerm(c.Bytes())
	require.Equal(t, eid.CodeEvidenceMissing, eid.CodeOf(err))
}

// fullEvidence is that of the forge's container with all of it.
func fullEvidence(t *testing.T) eid.Evidence {
	t.Helper()
	for _, v := range vectorsOf(true) {
		if v.Name == "lt-good-all" {
			l, err := eid.ParseLongTerm(v.Bytes)
			require.NoError(t, err)
			return l.Evidence
		}
	}
	require.Fail(t, "no lt-good-all")
	return eid.Evidence{}
}

func TestExtendRefuses(t *testing.T) {
	c, full := sealedBy(t, eid.ES256), fullEvidence(t)
	for _, test := range []struct {
		name string
		edit func(e *eid.Evidence)
		code string
	}{
		{"nothing", func(e *eid.Evidence) { *e = eid.Evidence{} }, eid.CodeEvidenceMissing},
		{"no certificate", func(e *eid.Evidence) { e.Certificates = nil }, eid.CodeEvidenceMissing},
		{"no revocation", func(e *eid.Evidence) { e.CRLs, e.OCSPs = nil, nil }, eid.CodeEvidenceMissing},
		{"empty time-stamp", func(e *eid.Evidence) { e.TimeStamp = []byte{} }, eid.CodeEvidenceForm},
		{"no sequence", func(e *eid.Evidence) { e.TimeStamp = []byte{5, 0} }, eid.CodeEvidenceForm},
		{"empty list", func(e *eid.Evidence) { e.CRLs = [][]byte{nil} }, eid.CodeEvidenceForm},
		{"response and a byte", func(e *eid.Evidence) { e.OCSPs = [][]byte{append(bytes.Clone(full.OCSPs[0]), 0)} }, eid.CodeEvidenceForm},
		{"too large", func(e *eid.Evidence) { e.CRLs = [][]byte{sequence(3 * eid.LongTermLimit / 4)} }, eid.CodeContainerTooLarge},
	} {
		e := full
		test.edit(&e)
		l, err := c.Extend(e)
		require.Equal(t, test.code, eid.CodeOf(err), "%s: %v", test.name, err)
		require.Nil(t, l, test.name)
	}
	_, err := eid.ParseLongTerm(make([]byte, eid.LongTermLimit+1))
	require.Equal(t, eid.CodeContainerTooLarge, eid.CodeOf(err))
}

// sequence is one SEQUENCE in DER with n bytes of content, more than 65535.
func sequence(n int) []byte {
	return append([]byte{0x30, 0x83, byte(n >> 16), byte(n >> 8), byte(n)}, make([]byte, n)...)
}

// TestEveryByteOfEvidenceCounts: no byte can change and leave the same evidence on
// the same container.
func TestEveryByteOfEvidenceCounts(t *testing.T) {
	extended, err := sealedBy(t, eid.ES256).Extend(fullEvidence(t))
	require.NoError(t, err)
	good := extended.Bytes()
	random := rand.New(rand.NewPCG(3, 4))
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= byte(1 + random.IntN(255))
		if changed, err := eid.ParseLongTerm(bad); err == nil {
			require.NotEqual(t, extended, changed, "byte %d", i)
			require.Equal(t, bad, changed.Bytes())
		} else {
			require.NotEmpty(t, eid.CodeOf(err), "byte %d: %v", i, err)
		}
		_, err := eid.ParseLongTerm(good[:i])
		require.NotEmpty(t, eid.CodeOf(err), "first %d bytes", i)
	}
}

// TestSignatureValueElement asks another canonicaliser what a time-stamp covers,
// with and without evidence around it.
func TestSignatureValueElement(t *testing.T) {
	for _, a := range []eid.Algorithm{eid.ES256, eid.ES384, eid.RS256, eid.PS256} {
		c := sealedBy(t, a)
		extended, err := c.Extend(fullEvidence(t))
		require.NoError(t, err)
		for _, container := range [][]byte{c.Bytes(), extended.Bytes()} {
			document := etree.NewDocument()
			require.NoError(t, document.ReadFromBytes(unpack(t, container)["META-INF/signatures0.xml"]))
			element := document.FindElement("//ds:SignatureValue")
			around, err := etreeutils.NSBuildParentContext(element)
			require.NoError(t, err)
			alone, err := etreeutils.NSDetatch(around, element)
			require.NoError(t, err)
			canonical, err := dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("").Canonicalize(alone)
			require.NoError(t, err)
			require.Equal(t, string(canonical), string(c.SignatureValueElement()))
		}
	}
}

// TestUnsignedProperties looks at the evidence as the schema of XAdES 1.3.2 has it:
// which elements, in which order, and what they hold.
func TestUnsignedProperties(t *testing.T) {
	full := fullEvidence(t)
	extended, err := sealedBy(t, eid.RS256).Extend(full)
	require.NoError(t, err)
	document := etree.NewDocument()
	require.NoError(t, document.ReadFromBytes(unpack(t, extended.Bytes())["META-INF/signatures0.xml"]))
	properties := document.FindElement("//xades:QualifyingProperties")
	require.Equal(t, []string{"SignedProperties", "UnsignedProperties"}, tagsOf(properties))
	unsigned := properties.FindElement("xades:UnsignedProperties/xades:UnsignedSignatureProperties")
	require.Equal(t, []string{"SignatureTimeStamp", "CertificateValues", "RevocationValues"}, tagsOf(unsigned))
	require.Equal(t, []string{"CanonicalizationMethod", "EncapsulatedTimeStamp"}, tagsOf(unsigned.ChildElements()[0]))
	require.Equal(t, []string{"EncapsulatedX509Certificate", "EncapsulatedX509Certificate"}, tagsOf(unsigned.ChildElements()[1]))
	require.Equal(t, []string{"CRLValues", "OCSPValues"}, tagsOf(unsigned.ChildElements()[2]))
	for _, element := range unsigned.FindElements(".//*") {
		namespace := "http://uri.etsi.org/01903/v1.3.2#"
		if element.Tag == "CanonicalizationMethod" {
			namespace = "http://www.w3.org/2000/09/xmldsig#"
		}
		require.Equal(t, namespace, element.NamespaceURI(), element.Tag)
	}
	ids := make(map[string]bool)
	for _, element := range document.FindElements("//*") {
		if id := element.SelectAttrValue("Id", ""); id != "" {
			require.False(t, ids[id], id)
			ids[id] = true
		}
	}
}

func tagsOf(e *etree.Element) []string {
	var tags []string
	for _, child := range e.ChildElements() {
		tags = append(tags, child.Tag)
	}
	return tags
}

// TestForgedEvidence: the evidence of the right vectors is sound, so that other
// implementations may verify it.
func TestForgedEvidence(t *testing.T) {
	certs, _ := forge.Vectors()
	for _, v := range vectorsOf(true) {
		l, err := eid.ParseLongTerm(v.Bytes)
		require.NoError(t, err)
		for _, der := range l.CRLs {
			list, err := x509.ParseRevocationList(der)
			require.NoError(t, err)
			require.NoError(t, list.CheckSignatureFrom(l.Certificates[0]), v.Name)
		}
		require.Contains(t, certs, l.Certificates[0], v.Name)
		require.NoError(t, l.Container().Certificate.CheckSignatureFrom(l.Certificates[0]), v.Name)
	}
}

func FuzzParseLongTerm(f *testing.F) {
	_, vectors := forge.Vectors()
	for _, v := range vectors {
		if v.LongTerm {
			f.Add(v.Bytes)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := eid.ParseLongTerm(b)
		if err != nil {
			require.NotEmpty(t, eid.CodeOf(err))
			return
		}
		require.Equal(t, b, l.Bytes())
		again, err := eid.ParseContainer(l.Container().Bytes())
		require.NoError(t, err)
		require.Equal(t, l.Container(), again)
	})
}
