package text

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"valik/collector/notice"
	"valik/election"
)

var update = flag.Bool("update", false, "write testdata anew")

var (
	languages = []string{"en", "et", "ru", "vi"}
	contact   = election.Text{"en": "help@example.ee, +372 000 0000"}
)

func one(languages ...string) notice.Notice {
	return notice.Notice{
		ID: "id", Code: "38001010000", Languages: languages, Cast: time.Unix(1_700_000_000, 0),
		Title: election.Text{"en": "Council 2029", "et": "Volikogu 2029", "ru": "Совет 2029", "vi": "Hội đồng 2029"},
	}
}

func texts(t *testing.T, c Config) *Texts {
	t.Helper()
	if c.Contact == nil {
		c.Contact = contact
	}
	made, err := New(c)
	require.NoError(t, err)
	return made
}

func TestWords(t *testing.T) {
	made := texts(t, Config{})
	for _, l := range languages {
		subject, body, err := made.Write(one(l), "")
		require.NoError(t, err)
		golden(t, l+".golden", subject+"\n\n"+body)
		f := made.fields(one(l), l)
		f.Rehearsal = true
		subject, err = execute(made.templates[l], "subject", f)
		require.NoError(t, err)
		body, err = execute(made.templates[l], "body", f)
		require.NoError(t, err)
		golden(t, l+".rehearsal.golden", subject+"\n\n"+body)
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

func TestNoLanguageLacksAText(t *testing.T) {
	made := texts(t, Config{})
	require.Len(t, made.templates, len(languages))
	for _, l := range languages {
		require.True(t, made.Has(l), l)
		for _, part := range []string{"subject", "body"} {
			require.NotNil(t, made.templates[l].Lookup(part), "%s %s", l, part)
		}
		subject, body, err := made.Write(one(l), "")
		require.NoError(t, err)
		require.Contains(t, subject, one().Title[l])
		for _, must := range []string{one().Title[l], "2023-11-14 22:13 UTC", contact["en"]} {
			require.Contains(t, body, must, l)
		}
		require.NotContains(t, body, one().Code)
	}
}

func TestLanguages(t *testing.T) {
	made := texts(t, Config{})
	for _, row := range []struct {
		election []string
		own      string
		want     []string
	}{
		{[]string{"et", "en"}, "", []string{"et", "en"}},
		{[]string{"et", "en"}, "en", []string{"en", "et"}},
		{[]string{"et", "en"}, "ru", []string{"ru", "et", "en"}},
		{[]string{"fi", "vi"}, "", []string{"vi"}},
		{[]string{"fi"}, "fi", []string{"en"}},
	} {
		require.Equal(t, row.want, made.languages(row.election, row.own))
		_, body, err := made.Write(one(row.election...), row.own)
		require.NoError(t, err)
		require.Len(t, strings.Split(body, rule), len(row.want))
	}
}

func TestTimeAndContact(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Tallinn")
	require.NoError(t, err)
	made := texts(t, Config{Zone: zone, Contact: election.Text{"et": "abi", "vi": "giúp"}})
	for language, want := range map[string]string{"et": "abi", "vi": "giúp", "en": "abi"} {
		f := made.fields(one(language), language)
		require.Equal(t, "2023-11-15 00:13 EET", f.Time)
		require.Equal(t, want, f.Contact)
	}
	_, err = New(Config{})
	require.ErrorContains(t, err, "contact is missing")
}

func TestTitleStaysOneLine(t *testing.T) {
	made := texts(t, Config{})
	n := one("en")
	for bad, want := range map[string]string{
		"Title\r\nBcc: y@example.ee": "Title Bcc: y@example.ee",
		"a\u2028b\u0085c\x00d":       "a b c d",
		"a\u202eb\u200bc":            "abc",
		"{{.Contact}} {{end}}":       "{{.Contact}} {{end}}",
		"<b>&amp;":                   "<b>&amp;",
	} {
		n.Title = election.Text{"en": bad}
		subject, body, err := made.Write(n, "")
		require.NoError(t, err)
		require.Equal(t, "A ballot was cast in your name: "+want, subject)
		require.Contains(t, body, "Election: "+want+"\n")
	}
}

func TestOverride(t *testing.T) {
	folder := func(text string) fstest.MapFS { return fstest.MapFS{"fi.txt": {Data: []byte(text)}} }
	good := `{{define "subject"}}S {{.Title}}{{end}}{{define "body"}}B {{.Time}}{{end}}`
	made := texts(t, Config{Override: folder(good)})
	subject, body, err := made.Write(one("fi", "en"), "")
	require.NoError(t, err)
	require.Equal(t, "S Council 2029", subject)
	require.True(t, strings.HasPrefix(body, "B 2023-11-14 22:13 UTC\n"+rule+"A ballot was cast"), body)

	for name, bad := range map[string]string{
		"not a template":    `{{define`,
		"no body":           `{{define "subject"}}S{{end}}`,
		"empty subject":     `{{define "subject"}} {{end}}{{define "body"}}B{{end}}`,
		"unknown field":     `{{define "subject"}}{{.Code}}{{end}}{{define "body"}}B{{end}}`,
		"rehearsal is bare": `{{define "subject"}}{{if not .Rehearsal}}S{{end}}{{end}}{{define "body"}}B{{end}}`,
	} {
		_, err := New(Config{Contact: contact, Override: folder(bad)})
		require.ErrorContains(t, err, "fi.txt", name)
	}
	_, err = New(Config{Contact: contact, Override: fstest.MapFS{}})
	require.ErrorContains(t, err, "no file")
}
