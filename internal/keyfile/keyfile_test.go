package keyfile

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid/secret"
)

func TestKeysComeBack(t *testing.T) {
	dir := t.TempDir()
	b, err := NewBoard(filepath.Join(dir, "board"), "example.ee/board")
	require.NoError(t, err)
	again, err := Board(filepath.Join(dir, "board"))
	require.NoError(t, err)
	require.Equal(t, b.Public(), again.Public())

	k, err := NewEd25519(filepath.Join(dir, "key"))
	require.NoError(t, err)
	read, err := Ed25519(filepath.Join(dir, "key"))
	require.NoError(t, err)
	require.Equal(t, k, read)
}

func TestKeysAreNotOverwritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	_, err := NewEd25519(path)
	require.NoError(t, err)
	_, err = NewEd25519(path)
	require.ErrorIs(t, err, os.ErrExist)
}

func TestExposedKeysAreRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	_, err := NewEd25519(path)
	require.NoError(t, err)
	require.NoError(t, os.Chmod(path, 0o640))
	_, err = Ed25519(path)
	require.ErrorIs(t, err, secret.ErrExposed)
}

func TestOtherFilesAreNoKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	for _, content := range []string{"", "hello", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"} {
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		_, err := Ed25519(path)
		require.Error(t, err)
		_, err = Board(path)
		require.Error(t, err)
	}
}
