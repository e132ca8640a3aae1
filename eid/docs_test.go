package eid_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math/big"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/testpki/forge"
)

func readDocument(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile("../docs/protocol/" + name)
	require.NoError(t, err)
	return string(b)
}

// codes lists the constants of errors.go.
func codes(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "errors.go", nil, 0)
	require.NoError(t, err)
	var list []string
	for _, declaration := range file.Decls {
		general, ok := declaration.(*ast.GenDecl)
		if !ok || general.Tok != token.CONST {
			continue
		}
		for _, spec := range general.Specs {
			value, err := strconv.Unquote(spec.(*ast.ValueSpec).Values[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
			list = append(list, value)
		}
	}
	require.NotEmpty(t, list)
	return list
}

// TestCodes: the document lists exactly the codes that there are, and each is
// the code of a forged container, or of a test of something else.
func TestCodes(t *testing.T) {
	_, refusals, found := strings.Cut(readDocument(t, "eid.md"), "## Refusals\n")
	require.True(t, found)
	var documented []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z0-9_]+)` \\|").FindAllStringSubmatch(refusals, -1) {
		documented = append(documented, row[1])
	}
	require.Equal(t, codes(t), documented)
	require.Equal(t, documented, eid.Codes())

	met := map[string]bool{eid.CodeIssuerInvalid: true, eid.CodeProfile: true, eid.CodeLoginForm: true, eid.CodeCMSForm: true}
	_, vectors := forge.Vectors()
	for _, v := range vectors {
		met[v.Code] = true
	}
	for _, code := range codes(t) {
		require.True(t, met[code] || isEvidence(code), code) // TestEvidenceCodes
	}
}

// isEvidence says whether a code is about a certificate's status or a time-stamp.
func isEvidence(code string) bool {
	return strings.HasPrefix(code, "status_") || strings.HasPrefix(code, "time_")
}

// TestDocumentedForms: the document shows the forms that are in use.
func TestDocumentedForms(t *testing.T) {
	document := readDocument(t, "envelope.md")
	for _, name := range []string{"manifest.xml", "signatures0.xml", "unsigned.xml"} {
		form, err := os.ReadFile("form/" + name)
		require.NoError(t, err)
		require.Contains(t, document, "```xml\n"+string(form)+"```", name)
	}
	require.Contains(t, document, strconv.Itoa(eid.Limit))
	require.Contains(t, document, strconv.Itoa(eid.LongTermLimit))
	require.Contains(t, document, strings.TrimSuffix(eid.SigningTimeTolerance.String(), "0m0s"))
}

// TestDocumentedProfile: the document shows Estonia's profile as it is.
func TestDocumentedProfile(t *testing.T) {
	profile, err := os.ReadFile("profile/ee.json")
	require.NoError(t, err)
	require.Contains(t, readDocument(t, "eid.md"), "```json\n"+string(profile)+"```")
}

// TestDocumentedAlgorithms: the document's table has each algorithm's number and
// name, and the forms name the same methods.
func TestDocumentedAlgorithms(t *testing.T) {
	for _, a := range []eid.Algorithm{eid.ES256, eid.ES384, eid.RS256, eid.PS256} {
		row := fmt.Sprintf("(?m)^\\| %d \\| %s \\|.*`(http[^`]*)`", a, a)
		found := regexp.MustCompile(row).FindStringSubmatch(readDocument(t, "eid.md"))
		require.Len(t, found, 2, a)
		require.Contains(t, string(sealedBy(t, a).Bytes()), `Algorithm="`+found[1]+`"`, a)
	}
}

// TestDocumentedLogin: the bytes that the document shows are the ones signed.
func TestDocumentedLogin(t *testing.T) {
	_, lines, found := strings.Cut(readDocument(t, "eid.md"), "the message is these 86 bytes:\n\n")
	require.True(t, found)
	lines, _, _ = strings.Cut(lines, "\n\n")
	message, err := hex.DecodeString(strings.Join(strings.Fields(lines), ""))
	require.NoError(t, err)
	require.Len(t, message, 86)

	authority, _ := newAuthority(t)
	key := newCard(t, authority, elliptic.P256()).Authentication
	login, err := question(eid.Challenge(bytes.Repeat([]byte{1}, 32))).Sign(context.Background(), eid.AuthenticateWith(key))
	require.NoError(t, err)
	digest := sha256.Sum256(message)
	r, s := new(big.Int).SetBytes(login.Signature[:32]), new(big.Int).SetBytes(login.Signature[32:])
	require.True(t, ecdsa.Verify(key.Certificate().PublicKey.(*ecdsa.PublicKey), digest[:], r, s))
}
