//go:build cgo

package keyring_test

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid/keyring"
	"valik/eid/pkcs12"
	cardtoken "valik/eid/token"
)

const cards = "../../docs/cards.md"

// shellBlock is a block that the reader of a document copies into a shell.
var shellBlock = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")

// TestDocument runs the commands of docs/cards.md and uses what they make by the
// lines that the document gives.
func TestDocument(t *testing.T) {
	document, err := os.ReadFile(cards)
	require.NoError(t, err)
	folder := t.TempDir()
	require.NoError(t, newCard(t).Save(filepath.Join(folder, "card.pem")))
	require.NoError(t, newCard(t).Signing.Save(filepath.Join(folder, "authority.key")))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "passphrase"), []byte(passphrase), 0o600))

	script := "set -eu\n"
	for _, m := range shellBlock.FindAllStringSubmatch(string(document), -1) {
		script += m[1]
	}
	const asking = "openssl pkcs12 -export"
	require.Contains(t, script, asking)
	script = strings.ReplaceAll(script, asking, asking+" -passout file:passphrase") // nobody types here
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	shell := exec.CommandContext(ctx, "sh", "-c", script)
	shell.Dir = folder
	said, err := shell.CombinedOutput()
	require.NoError(t, err, "%s\n(Debian: softhsm2, opensc, openssl)", said)

	t.Setenv("SOFTHSM2_CONF", filepath.Join(folder, "softhsm2.conf"))
	line := regexp.MustCompile(`(?m)^    (pkcs11:token=My\S+)$`).FindSubmatch(document)
	require.NotNil(t, line)
	card := open(t, string(line[1]), asks("1234"))
	require.NoError(t, sign(t, card))
	require.NoError(t, authenticate(t, card))

	require.Contains(t, string(document), "`pkcs12:authority.p12`")
	t.Chdir(folder)
	require.NoError(t, sign(t, open(t, "pkcs12:authority.p12", asks(""))))
}

// TestDocumentedCodes: the document lists exactly the codes that there are.
func TestDocumentedCodes(t *testing.T) {
	document, err := os.ReadFile(cards)
	require.NoError(t, err)
	var documented []string
	for _, row := range regexp.MustCompile("(?m)^\\| `((?:token|pkcs12|keyring)_[a-z0-9_]+)` \\|").FindAllStringSubmatch(string(document), -1) {
		documented = append(documented, row[1])
	}
	var all []string
	for path, listed := range map[string][]string{
		"../token/errors.go":  cardtoken.Codes(),
		"../pkcs12/errors.go": pkcs12.Codes(),
		"errors.go":           keyring.Codes(),
	} {
		require.Equal(t, codes(t, path), listed, path)
		all = append(all, listed...)
	}
	require.ElementsMatch(t, all, documented)
}

// codes lists the Code constants of a file.
func codes(t *testing.T, path string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
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
	return list
}

// TestDocumentedURIs: the other URIs of the document are understood.
func TestDocumentedURIs(t *testing.T) {
	document, err := os.ReadFile(cards)
	require.NoError(t, err)
	uris := regexp.MustCompile("pkcs11:[^ `\n]+").FindAllString(string(document), -1)
	require.Len(t, uris, 3)
	for _, u := range uris {
		_, err := keyring.ParseURI(u)
		require.NoError(t, err, u)
	}
}
