package daemon

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNoticeSettings(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "hook")
	key := "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 32))
	require.NoError(t, os.WriteFile(file, []byte(key+"\n"), 0o600))
	s := &Settings{file: filepath.Join(dir, "collector.toml")}
	n, err := s.notices()
	require.NoError(t, err)
	require.Nil(t, n.Channel)

	s.Notice = &Notice{Webhook: Webhook{URL: "https://notify.example.ee/", SecretFile: "hook"}}
	n, err = s.notices()
	require.NoError(t, err)
	require.NotNil(t, n.Channel)

	for _, bad := range []Notice{
		{},
		{Webhook: Webhook{URL: "https://notify.example.ee/"}},
		{Webhook: Webhook{URL: "http://notify.example.ee/", SecretFile: "hook"}},
		{Webhook: Webhook{URL: "https://notify.example.ee/", SecretFile: "none"}},
		{GiveUp: -1, Webhook: Webhook{URL: "https://notify.example.ee/", SecretFile: "hook"}},
	} {
		s.Notice = &bad
		_, err = s.notices()
		require.Error(t, err)
		require.NotContains(t, err.Error(), key)
	}
	require.NoError(t, os.Chmod(file, 0o640))
	s.Notice = &Notice{Webhook: Webhook{URL: "https://notify.example.ee/", SecretFile: "hook"}}
	_, err = s.notices()
	require.ErrorIs(t, err, ErrMode)
}
