package daemon

import (
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const complete = `
listen = "127.0.0.1:0"
database = "sqlite:collector.db"
folder = "election"
board_key = "keys/board"
receipt_key = "/etc/valik/receipt"
checkpoint_interval = "50ms"
requests_per_second = 2.5
burst = 20
proxies = ["192.0.2.1"]

[[witness]]
key = "witness.example+00000000+AAAA"
url = "https://witness.example"
`

func write(t *testing.T, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "collectord.toml")
	require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
	return file
}

func TestSettings(t *testing.T) {
	file := write(t, complete)
	s, err := ReadSettings(file)
	require.NoError(t, err)
	board, receipt := s.KeyFiles()
	require.Equal(t, filepath.Join(filepath.Dir(file), "keys/board"), board)
	require.Equal(t, "/etc/valik/receipt", receipt)
	c, err := s.collector(Keys{}, slog.Default())
	require.NoError(t, err)
	require.Equal(t, "sqlite:"+filepath.Join(filepath.Dir(file), "collector.db"), c.Database)
	require.Equal(t, 50*time.Millisecond, c.Interval)
	require.Equal(t, 2.5, c.Rate.PerSecond)
	require.Equal(t, 20, c.Rate.Burst)
	require.Equal(t, []string{"192.0.2.1"}, c.Proxies)
	require.Equal(t, "https://witness.example", c.Witnesses[0].URL)
	// Everybody has a memory, wherever it lies.
	require.Equal(t, filepath.Join(filepath.Dir(file), "collector.checkpoint"), c.Memory)
	s.Memory = "/var/lib/valik/memory"
	require.Equal(t, "/var/lib/valik/memory", s.memory())
	require.Equal(t, 20, c.Voter.Casts)
	require.Equal(t, time.Hour, c.Voter.Per)
	s, err = ReadSettings(write(t, complete+"[voter]\ncasts = 0\n"))
	require.NoError(t, err)
	require.Zero(t, s.Voter.limits().Casts, "no limit")
}

func TestCheckPage(t *testing.T) {
	built := fstest.MapFS{"index.html": {}}
	of := func(setting string) (fs.FS, error) {
		s, err := ReadSettings(write(t, strings.Replace(complete, "burst = 20", "burst = 20\n"+setting, 1)))
		require.NoError(t, err)
		s.BuiltInPage = built
		page := filepath.Join(filepath.Dir(s.file), "page")
		require.NoError(t, os.Mkdir(page, 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(page, "index.html"), []byte("own"), 0o600))
		c, err := s.collector(Keys{}, slog.Default())
		return c.CheckPage, err
	}
	page, err := of("")
	require.NoError(t, err)
	require.Equal(t, built, page)
	page, err = of(`check_page = "off"`)
	require.NoError(t, err)
	require.Nil(t, page)
	page, err = of(`check_page = "page"`)
	require.NoError(t, err)
	own, err := fs.ReadFile(page, "index.html")
	require.NoError(t, err)
	require.Equal(t, "own", string(own))
	_, err = of(`check_page = "pages"`)
	require.ErrorContains(t, err, "pages is not the folder of a page")
}

func TestBadSettings(t *testing.T) {
	without := func(key string) string {
		var kept []string
		for line := range strings.Lines(complete) {
			if !strings.HasPrefix(line, key+" ") {
				kept = append(kept, line)
			}
		}
		return strings.Join(kept, "")
	}
	for name, one := range map[string]struct{ content, want string }{
		"no TOML":                {"listen", "configuration"},
		"unknown key":            {"listn = \"x\"" + complete, "there is no key listn"},
		"unknown inner key":      {complete + "name = \"x\"\n", "there is no key witness.name"},
		"no listen":              {without("listen"), "listen is missing"},
		"no database":            {without("database"), "database is missing"},
		"no folder":              {without("folder"), "folder is missing"},
		"no board key":           {without("board_key"), "board_key is missing"},
		"no receipt key":         {without("receipt_key"), "receipt_key is missing"},
		"half of TLS":            {"tls_key = \"x\"" + complete, "go together"},
		"negative":               {"burst = -1\n" + without("burst"), "not negative"},
		"admin without clients":  {complete + "[admin]\nlisten = \":0\"\n", "admin.clients is missing"},
		"admin without listen":   {complete + "[admin]\nclients = \"x\"\n", "admin.listen is missing"},
		"half an admin key":      {complete + "[admin]\nlisten = \":0\"\nclients = \"x\"\nkey = \"x\"\n", "go together"},
		"admin without TLS":      {complete + "[admin]\nlisten = \":0\"\nclients = \"x\"\n", "admin needs"},
		"ACME for nothing":       {complete + "[acme]\ncache = \"x\"\n", "acme.domains is missing"},
		"ACME for an empty name": {complete + "[acme]\ncache = \"x\"\ndomains = [\"\"]\n", "acme.domains is missing"},
		"ACME without cache":     {complete + "[acme]\ndomains = [\"x\"]\n", "acme.cache is missing"},
		"ACME beside files":      {"tls_certificate = \"x\"\ntls_key = \"x\"\n" + complete + "[acme]\ndomains = [\"x\"]\ncache = \"x\"\n", "exclude each other"},
		"admin with ACME alone":  {complete + "[acme]\ndomains = [\"x\"]\ncache = \"x\"\n[admin]\nlisten = \":0\"\nclients = \"x\"\n", "admin needs"},
		"negative casts":         {complete + "[voter]\ncasts = -1\n", "voter.casts"},
		"casts in no time":       {complete + "[voter]\ncasts = 3\nper = \"1s\"\n", "voter.per"},
		"no duration":            {"checkpoint_interval = \"soon\"\n" + without("checkpoint_interval"), "configuration"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadSettings(write(t, one.content))
			require.ErrorContains(t, err, one.want)
		})
	}
}

// A file with the database's password is a secret.
func TestPasswordNeedsAPrivateFile(t *testing.T) {
	file := write(t, strings.Replace(complete, "sqlite:collector.db", "postgres://valik:secret@db/valik", 1))
	_, err := ReadSettings(file)
	require.NoError(t, err)
	require.NoError(t, os.Chmod(file, 0o640))
	_, err = ReadSettings(file)
	require.ErrorIs(t, err, ErrMode)
	require.NotContains(t, err.Error(), "secret")
}
