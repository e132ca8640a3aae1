package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid/secret"
)

const planted = "planted-8f14e45f"

func TestTextIsNeverPrinted(t *testing.T) {
	text := secret.New([]byte(planted))
	holder := struct{ PIN secret.Text }{text}
	var said bytes.Buffer
	slog.New(slog.NewJSONHandler(&said, nil)).Info("login", "pin", text, "holder", holder)
	slog.New(slog.NewTextHandler(&said, nil)).Info("login", "pin", text, "holder", holder)
	encoded, err := json.Marshal(holder)
	require.NoError(t, err)
	said.Write(encoded)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, value := range []any{text, &text, holder, &holder} {
			fmt.Fprintf(&said, verb, value)
		}
	}
	require.NotContains(t, said.String(), planted)
	require.NotContains(t, said.String(), fmt.Sprintf("%x", planted))
	require.NotContains(t, said.String(), fmt.Sprint([]byte(planted)))
}

func TestWipe(t *testing.T) {
	b := []byte(planted)
	text := secret.New(b)
	other := text
	require.False(t, text.Empty())
	require.Equal(t, planted, string(text.Reveal()))
	text.Wipe()
	require.Equal(t, make([]byte, len(planted)), b)
	require.True(t, text.Empty())
	require.True(t, other.Empty())
	secret.Text{}.Wipe()
	require.True(t, secret.Text{}.Empty())
}

func TestFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pin")
	require.NoError(t, os.WriteFile(path, []byte(planted+"\r\n"), 0o600))
	text, err := secret.ReadText(path)
	require.NoError(t, err)
	require.Equal(t, planted, string(text.Reveal()))
	_, err = secret.ReadFile(path, 5)
	require.ErrorIs(t, err, secret.ErrTooLong)

	require.NoError(t, os.Chmod(path, 0o604))
	_, err = secret.ReadText(path)
	require.ErrorIs(t, err, secret.ErrExposed)
	_, err = secret.ReadText(path + "-none")
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = secret.ReadFile(path+"-none", 100)
	require.ErrorIs(t, err, os.ErrNotExist)
}
