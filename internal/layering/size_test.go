package layering

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	maxFunctionLines = 80
	maxFileLines     = 500
	maxMainLines     = 150
)

func TestFilesAndFunctionsStaySmall(t *testing.T) {
	for _, path := range goFiles(t) {
		file, set := parse(t, path)
		lines := set.File(file.Pos()).LineCount()
		assert.LessOrEqual(t, lines, maxFileLines, "%s has too many lines", path)
		if strings.HasPrefix(path, "cmd/") && filepath.Base(path) == "main.go" {
			assert.LessOrEqual(t, lines, maxMainLines, "%s is more than a thin main", path)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			n := set.Position(f.End()).Line - set.Position(f.Pos()).Line + 1
			assert.LessOrEqual(t, n, maxFunctionLines, "%s: %s is too long", path, f.Name.Name)
		}
	}
}

// goFiles lists the Go files of the module, by paths relative to its root.
func goFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	root := os.DirFS(moduleRoot)
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != "." && strings.HasPrefix(d.Name(), ".") {
			return fs.SkipDir
		}
		if strings.HasSuffix(path, ".go") {
			files = append(files, path)
		}
		return nil
	})
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return files
}

// moduleRoot is where the tests of this package find go.mod.
const moduleRoot = "../.."

func parse(t *testing.T, path string) (*ast.File, *token.FileSet) {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, filepath.Join(moduleRoot, path), nil, parser.ParseComments)
	require.NoError(t, err)
	return file, set
}
