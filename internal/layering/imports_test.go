package layering

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "valik/"

// pkg is what `go list -json` tells of one package, as far as the rules need it.
type pkg struct {
	ImportPath string
	Imports    []string
}

// rule says what the packages of one room may import of ours.
type rule struct {
	room    string
	allowed []string
}

// The picture is in README.md, "Folders"; the most special room comes first.
var rules = []rule{
	{"crypto", []string{"crypto"}},
	{"board", []string{"board"}},
	{"eid", []string{"eid"}},
	{"data", nil},
	{"election", []string{"election", "board", "eid", "crypto"}},
	{"collector", []string{"collector", "election", "board", "eid", "crypto"}},
	{"voter-app", []string{"voter-app", "election", "board", "eid", "crypto"}},
	{"verifier", []string{"verifier", "election", "board", "eid", "crypto"}},
	{"tally", []string{"tally", "verifier", "election", "board", "eid", "crypto"}},
}

// banned lists what a room must not import from the standard library or from others.
var banned = map[string][]string{
	"crypto":   {"os", "net", "log", "time", "context", "math/rand", "math/rand/v2"},
	"verifier": {"net"},
}

func TestRoomsImportOnlyWhatTheyMay(t *testing.T) {
	for _, p := range packages(t) {
		r, ok := ruleFor(room(p.ImportPath))
		if !ok {
			continue // cmd/ and internal/ may import anything; the next test says who may import them
		}
		for _, imp := range p.Imports {
			if strings.HasPrefix(imp, module) {
				require.Contains(t, r.allowed, room(imp), "%s imports %s", p.ImportPath, imp)
			}
		}
	}
}

// But for its own parts, in folders below a command's own, nobody imports what is a command's.
func TestNobodyImportsCommands(t *testing.T) {
	for _, p := range packages(t) {
		for _, imp := range p.Imports {
			part := room(p.ImportPath) == "cmd" && strings.HasPrefix(imp, p.ImportPath+"/")
			require.True(t, part || room(imp) != "cmd", "%s imports %s", p.ImportPath, imp)
		}
	}
}

func TestBannedImports(t *testing.T) {
	for _, p := range packages(t) {
		for _, b := range banned[room(p.ImportPath)] {
			for _, imp := range p.Imports {
				require.False(t, imp == b || strings.HasPrefix(imp, b+"/"), "%s imports %s", p.ImportPath, imp)
			}
		}
	}
}

func ruleFor(name string) (rule, bool) {
	i := slices.IndexFunc(rules, func(r rule) bool { return r.room == name })
	if i < 0 {
		return rule{}, false
	}
	return rules[i], true
}

// room is the top-level folder of one of our packages, or "" for another's.
func room(importPath string) string {
	rest, ours := strings.CutPrefix(importPath, module)
	if !ours {
		return ""
	}
	name, _, _ := strings.Cut(rest, "/")
	return name
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...").Output()
	require.NoError(t, err)
	var all []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		all = append(all, p)
	}
	require.NotEmpty(t, all)
	return all
}
