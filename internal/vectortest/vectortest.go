// Package vectortest compares the committed test vectors with what the code
// makes today. Tests of other packages use it; programs do not.
package vectortest

import (
	"crypto/sha3"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the vectors instead of comparing them")

// root is vectors/ as seen from a package two levels below the module's root.
const root = "../../vectors"

// Compare fails t unless v, as indented JSON, is the file vectors/<name>. With
// -update it writes the file.
func Compare(t *testing.T, name string, v any) {
	t.Helper()
	b, err := json.MarshalIndent(v, "", "  ")
	require.NoError(t, err)
	b = append(b, '\n')
	path := filepath.Join(root, name)
	if *update {
		require.NoError(t, os.WriteFile(path, b, 0o644))
		return
	}
	committed, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(committed), string(b), "%s is not what the code makes; see -update", path)
}

// Read decodes the file vectors/<name> into v, for a check that does not trust
// the generator. Unknown fields fail.
func Read(t *testing.T, name string, v any) {
	t.Helper()
	f, err := os.Open(filepath.Join(root, name))
	require.NoError(t, err)
	defer f.Close()
	d := json.NewDecoder(f)
	d.DisallowUnknownFields()
	require.NoError(t, d.Decode(v))
}

// Random returns the same bytes every time: SHAKE256 of seed. Whoever makes the
// vectors again reads the prover's randomness from there, 64 bytes a scalar.
func Random(seed string) io.Reader {
	h := sha3.NewSHAKE256()
	h.Write([]byte(seed))
	return h
}
