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

	s.Notice = &Notice{Webhook: &Webhook{URL: "https://notify.example.ee/", SecretFile: "hook"}}
	n, err = s.notices()
	require.NoError(t, err)
	require.NotNil(t, n.Channel)

	for _, bad := range []Notice{
		{},
		{Webhook: &Webhook{URL: "https://notify.example.ee/"}},
		{Webhook: &Webhook{URL: "http://notify.example.ee/", SecretFile: "hook"}},
		{Webhook: &Webhook{URL: "https://notify.example.ee/", SecretFile: "none"}},
		{GiveUp: -1, Webhook: &Webhook{URL: "https://notify.example.ee/", SecretFile: "hook"}},
	} {
		s.Notice = &bad
		_, err = s.notices()
		require.Error(t, err)
		require.NotContains(t, err.Error(), key)
	}
	require.NoError(t, os.Chmod(file, 0o640))
	s.Notice = &Notice{Webhook: &Webhook{URL: "https://notify.example.ee/", SecretFile: "hook"}}
	_, err = s.notices()
	require.ErrorIs(t, err, ErrMode)
}

func TestMailSettings(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	write("password", "word\n")
	write("contacts.tsv", "38001010000\ta@example.ee\tet\n")
	write("bad.tsv", "38001010000\n")
	write("no.pem", "")
	require.NoError(t, os.Mkdir(filepath.Join(dir, "empty"), 0o700))
	try := func(change func(*Notice)) error {
		n := &Notice{Contact: map[string]string{"en": "help@example.ee"}, SMTP: &SMTP{
			Server: "mail.example.ee:587", User: "collector", PasswordFile: "password", From: "noreply@example.ee", To: "{code}@example.ee",
		}}
		change(n)
		made, err := (&Settings{file: filepath.Join(dir, "collector.toml"), Notice: n}).notices()
		require.Equal(t, err == nil, made.Channel != nil)
		return err
	}
	require.NoError(t, try(func(*Notice) {}))
	require.NoError(t, try(func(n *Notice) { n.SMTP.To, n.SMTP.Contacts = "", "contacts.tsv" }))
	require.NoError(t, try(func(n *Notice) { n.Zone = "Europe/Tallinn" }))
	for want, change := range map[string]func(*Notice){
		"one of webhook and smtp": func(n *Notice) { n.Webhook = &Webhook{} },
		"one of to and contacts":  func(n *Notice) { n.SMTP.Contacts = "contacts.tsv" },
		"line 1":                  func(n *Notice) { n.SMTP.To, n.SMTP.Contacts = "", "bad.tsv" },
		"no certificate in it":    func(n *Notice) { n.SMTP.Roots = "no.pem" },
		"zone":                    func(n *Notice) { n.Zone = "Europe/Nowhere" },
		"contact is missing":      func(n *Notice) { n.Contact = nil },
		"no file such as et.txt":  func(n *Notice) { n.Texts = "empty" },
		"security is":             func(n *Notice) { n.SMTP.Security = "none" },
		"no such file":            func(n *Notice) { n.SMTP.PasswordFile = "none" },
	} {
		err := try(change)
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "38001010000")
	}
	require.NoError(t, os.Chmod(filepath.Join(dir, "contacts.tsv"), 0o644))
	require.ErrorIs(t, try(func(n *Notice) { n.SMTP.To, n.SMTP.Contacts = "", "contacts.tsv" }), ErrMode)
}
