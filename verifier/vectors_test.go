package verifier_test

import (
	"archive/zip"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/election"
	"valik/verifier"
)

const vectors = "../vectors/records"

// TestVectors reads the committed records, which other programs read too.
func TestVectors(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join(vectors, "vectors.json"))
	require.NoError(t, err)
	var list []struct {
		File, Check, Story      string
		Sealed                  bool
		Fingerprint, Checkpoint string
	}
	require.NoError(t, json.Unmarshal(raw, &list))
	checks := map[string]bool{}
	for _, v := range list {
		checks[v.Check] = true
		t.Run(v.File, func(t *testing.T) {
			t.Parallel()
			archive, err := zip.OpenReader(filepath.Join(vectors, v.File))
			require.NoError(t, err)
			defer archive.Close()
			in := verifier.Input{Checkpoint: []byte(v.Checkpoint)}
			fingerprint, err := election.ParseHash(v.Fingerprint)
			require.NoError(t, err)
			in.Fingerprint = &fingerprint
			in.Record, err = fs.Sub(archive, "record")
			require.NoError(t, err)
			if v.Sealed {
				in.Sealed, err = fs.Sub(archive, "sealed")
				require.NoError(t, err)
			}
			report := verify(t, in)
			if v.Check == "" {
				require.True(t, report.Verified, report.Text())
				return
			}
			require.Equal(t, []string{v.Check}, report.Failed(), report.Text())
		})
	}
	for _, c := range verifier.Checks() {
		require.True(t, checks[c.ID], "%s has no record in %s; see its README", c.ID, vectors)
	}
}
