package layering

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	claim   = regexp.MustCompile(`It implements ([A-Za-z]+\.[A-Za-z]+) of docs/protocol/([a-z-]+\.md)\.`)
	heading = regexp.MustCompile(`(?m)^#{2,4} ([A-Z][A-Za-z]+\.[A-Z][A-Za-z]+)$`)
)

// algorithm is a named algorithm and the document that specifies it.
type algorithm struct{ name, document string }

func TestSpecificationAndCodeNameEachOther(t *testing.T) {
	claimed, specified := claims(t), headings(t)
	for a, where := range claimed {
		assert.True(t, specified[a], "%s claims to implement %s, which docs/protocol/%s does not specify", where, a.name, a.document)
	}
	for a := range specified {
		assert.NotEmpty(t, claimed[a], "docs/protocol/%s specifies %s, which no doc comment claims to implement", a.document, a.name)
	}
}

func claims(t *testing.T) map[algorithm]string {
	t.Helper()
	found := map[algorithm]string{}
	for _, path := range goFiles(t) {
		if strings.HasPrefix(path, "internal/layering/") {
			continue
		}
		file, _ := parse(t, path)
		for _, group := range file.Comments {
			text := strings.Join(strings.Fields(group.Text()), " ")
			for _, m := range claim.FindAllStringSubmatch(text, -1) {
				found[algorithm{m[1], m[2]}] = path
			}
		}
	}
	return found
}

func headings(t *testing.T) map[algorithm]bool {
	t.Helper()
	docs, err := filepath.Glob(filepath.Join(moduleRoot, "docs/protocol/*.md"))
	require.NoError(t, err)
	require.NotEmpty(t, docs)
	found := map[algorithm]bool{}
	for _, path := range docs {
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, m := range heading.FindAllStringSubmatch(string(b), -1) {
			found[algorithm{m[1], filepath.Base(path)}] = true
		}
	}
	return found
}
