package tally

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/election"
)

// A trustee who has decrypted a mix refuses another one of the same ballots, even
// if the board was put back: what moved between the two would be seen.
func TestTrusteeDecryptsOneMixOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, []int{0, 1, 2}, nil)
	w.process()
	w.mix(0)
	before := w.snapshot()
	w.mix(1)
	w.decrypt(0)
	first := w.snapshot()

	require.NoError(t, os.RemoveAll(w.dir))
	require.NoError(t, os.CopyFS(w.dir, os.DirFS(before)))
	w.mix(1) // again, and so another mix
	again, err := OpenTrustee(w.trustees[0].path, testVault())
	require.NoError(t, err)
	for _, trustee := range []*Trustee{w.trustees[0], again} {
		require.ErrorContains(t, w.Decrypt(trustee, w.Board), "never decrypts another one")
	}
	require.NoFileExists(t, filepath.Join(w.Record(), election.DecryptionFile(1)))

	require.NoError(t, os.RemoveAll(w.dir))
	require.NoError(t, os.CopyFS(w.dir, os.DirFS(first)))
	w.decrypt(1)
	w.count()
	w.requireVerified()
}

func TestTrusteeFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a", "trustee.age")
	made, err := NewTrustee("Anna", path, testVault())
	require.NoError(t, err)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.EqualValues(t, 0o600, info.Mode().Perm())

	_, err = NewTrustee("Anna", path, testVault())
	require.ErrorIs(t, err, ErrDone)
	_, err = OpenTrustee(path, NewVault("wrong", testWorkFactor))
	require.ErrorIs(t, err, ErrPassphrase)
	read, err := OpenTrustee(path, NewVault(testPassphrase, DefaultWorkFactor))
	require.NoError(t, err)
	require.Equal(t, made.Card().Bytes(), read.Card().Bytes())
	require.Equal(t, "Anna", read.Name())
	require.Equal(t, testWorkFactor, read.vault.workFactor, "a file keeps its work factor")

	b, err := os.ReadFile(path)
	require.NoError(t, err)
	b[len(b)-1] ^= 1
	require.NoError(t, os.WriteFile(path, b, 0o600))
	_, err = OpenTrustee(path, testVault())
	require.ErrorIs(t, err, ErrPassphrase)
	require.NoError(t, testVault().save(path, []byte(`{"type":"something else"}`)))
	_, err = OpenTrustee(path, testVault())
	require.ErrorContains(t, err, "not a trustee's file")
}

func TestSecretsDoNotPrint(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	var log strings.Builder
	logger := slog.New(slog.NewTextHandler(&log, nil))
	for _, secret := range []any{w.trustees[0], testVault(), w.mixers[0], &w.mixers[0], w.authority} {
		for _, format := range []string{"%v", "%+v", "%s", "%#v"} {
			require.Equal(t, redacted, fmt.Sprintf(format, secret), "%T", secret)
		}
		logger.Info("x", "secret", secret)
		b, err := json.Marshal(secret)
		if err == nil {
			require.NotContains(t, string(b), testPassphrase)
		}
	}
	require.Equal(t, 5, strings.Count(log.String(), redacted), log.String())
}
