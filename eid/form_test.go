package eid_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/elliptic"
	"encoding/xml"
	"io"
	"testing"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/stretchr/testify/require"

	"valik/eid"
)

// unpack gives the files of a container.
func unpack(tb testing.TB, container []byte) map[string][]byte {
	tb.Helper()
	archive, err := zip.NewReader(bytes.NewReader(container), int64(len(container)))
	require.NoError(tb, err)
	files := make(map[string][]byte)
	for _, f := range archive.File {
		r, err := f.Open()
		require.NoError(tb, err)
		files[f.Name], err = io.ReadAll(r)
		require.NoError(tb, err)
	}
	return files
}

// TestFormIsCanonical: what is digested is written as exclusive C14N would
// write it, so the bytes in the file are the bytes that are digested. Another
// canonicaliser is asked.
func TestFormIsCanonical(t *testing.T) {
	authority, _ := newAuthority(t)
	c, err := eid.Seal(context.Background(), "EP2029.ballot", []byte("ballot"), newCard(t, authority, elliptic.P256()).Signing, now)
	require.NoError(t, err)
	text := unpack(t, c.Bytes())["META-INF/signatures0.xml"]
	for _, path := range []string{"//ds:SignedInfo", "//xades:SignedProperties"} {
		document := etree.NewDocument()
		require.NoError(t, document.ReadFromBytes(text))
		element := document.FindElement(path)
		require.NotNil(t, element, path)
		canonical, err := dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("").Canonicalize(element)
		require.NoError(t, err)
		require.Contains(t, string(text), string(canonical))
	}
}

// TestFormIsXML: all files that should be XML are.
func TestFormIsXML(t *testing.T) {
	authority, _ := newAuthority(t)
	c, err := eid.Seal(context.Background(), "EP2029.ballot", []byte("ballot"), newCard(t, authority, elliptic.P384()).Signing, now)
	require.NoError(t, err)
	files := unpack(t, c.Bytes())
	require.Len(t, files, 4)
	for _, name := range []string{"META-INF/manifest.xml", "META-INF/signatures0.xml"} {
		require.NoError(t, xml.Unmarshal(files[name], new(struct{})), name)
		require.NotContains(t, string(files[name]), "{", "a field is not filled in")
	}
	require.Equal(t, "application/vnd.etsi.asic-e+zip", string(files["mimetype"]))
	// file(1) and the like look for the mimetype here.
	require.Equal(t, "mimetypeapplication/vnd.etsi.asic-e+zip", string(c.Bytes()[30:69]))
}
