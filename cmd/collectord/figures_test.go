package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/collector/statistics"
)

// Officials get their figures beside a collector, without its keys.
func TestFigures(t *testing.T) {
	w, config := setUp(t)
	for _, key := range []string{"board.key", "receipt.key"} {
		require.NoError(t, os.Remove(filepath.Join(w.Dir, key)))
	}
	said := func(args ...string) []byte {
		t.Helper()
		out, err := collectord(append(args, "--config", config)...).CombinedOutput()
		require.NoError(t, err, "%s", out)
		return out
	}
	var s statistics.Statistics
	require.NoError(t, json.Unmarshal(said("statistics"), &s))
	require.Equal(t, w.Fingerprint(), s.Election)
	require.Equal(t, "from,to,district,casts,voters,revotes\n", string(said("statistics", "--csv")))
	require.JSONEq(t, fmt.Sprintf(`{"TOTAL": {"time": %q, "election": %q, "online-voters": 0}}`, w.Manifest.Opens, w.Manifest.ID), string(said("total")))

	for _, command := range []string{"statistics", "total"} {
		out, err := collectord(command, "--config", filepath.Join(w.Dir, "nothing.toml")).CombinedOutput()
		require.Error(t, err)
		require.Contains(t, string(out), "no such file")
	}
	require.NoError(t, os.RemoveAll(filepath.Join(w.Dir, "sealed")))
	for _, command := range []string{"statistics", "total"} {
		out, err := collectord(command, "--config", config).CombinedOutput()
		require.Error(t, err)
		require.Contains(t, string(out), "election folder")
	}
}
