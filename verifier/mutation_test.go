package verifier_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gowebpki/jcs"
	"github.com/stretchr/testify/require"

	"valik/internal/recordtest"
)

// mutant is a document with one value changed.
type mutant struct {
	what     string
	document []byte
}

// mutants changes every value of a JSON document in every way that could lead a
// reader astray: lists that are missing, short or long, numbers out of range.
func mutants(t *testing.T, document []byte) []mutant {
	t.Helper()
	var root any
	d := json.NewDecoder(strings.NewReader(string(document)))
	d.UseNumber()
	require.NoError(t, d.Decode(&root))
	var all []mutant
	keep := func(what string) {
		plain, err := json.Marshal(root)
		require.NoError(t, err)
		canonical, err := jcs.Transform(plain)
		require.NoError(t, err)
		all = append(all, mutant{what, canonical})
	}
	each("", root, func(v any) { root = v }, func(path string, old any, set func(any)) {
		for _, v := range instead(old) {
			set(v)
			keep(fmt.Sprintf("%s = %.60v", path, v))
		}
		set(old)
	})
	return all
}

// each calls visit for every value, with a way to set it.
func each(path string, v any, set func(any), visit func(path string, old any, set func(any))) {
	visit(path, v, set)
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			each(path+"."+k, v[k], func(x any) { v[k] = x }, visit)
		}
	case []any:
		for i := range v {
			each(fmt.Sprintf("%s[%d]", path, i), v[i], func(x any) { v[i] = x }, visit)
		}
	}
}

func instead(old any) []any {
	switch v := old.(type) {
	case json.Number:
		return []any{-1, 0, json.Number("1" + v.String()), 1, 2, 3, 64, 1 << 32, 1 << 53, nil, "1"}
	case string:
		return []any{"", v + "0", strings.Repeat("0", len(v)), nil, 1}
	case []any:
		all := []any{[]any{}, nil, append(slices.Clone(v), v...)}
		if len(v) > 0 {
			all = append(all, v[1:], v[:len(v)-1])
		}
		if len(v) > 1 {
			swapped := slices.Clone(v)
			swapped[0], swapped[1] = swapped[1], swapped[0]
			all = append(all, swapped)
		}
		return all
	case map[string]any:
		return []any{nil, map[string]any{}}
	}
	return []any{nil, 0}
}

// TestDocumentsThatLie replaces documents by ones that their parties have signed
// and the board has logged, but that are not what they should be. Nothing may
// panic, and none may pass.
func TestDocumentsThatLie(t *testing.T) {
	t.Parallel()
	r, err := recordtest.Honest(false)
	require.NoError(t, err)
	step := 25 // all of them take a minute; every run looks at others
	if testing.Short() {
		step = 50
	}
	for _, d := range recordtest.Documents() {
		all := mutants(t, r.Public[d.Path])
		for i := rand.IntN(step); i < len(all); i += step {
			m := all[i]
			if string(m.document) == string(r.Public[d.Path]) {
				continue
			}
			changed, err := r.Replace(d, m.document)
			require.NoError(t, err)
			report := verify(t, input(changed, false))
			require.False(t, report.Verified, "%s: %s", d.Path, m.what)
			require.NotEmpty(t, report.Failed(), "%s: %s", d.Path, m.what)
		}
	}
}
