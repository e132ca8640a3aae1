package smtp

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/collector/notice"
)

func has(language string) bool { return language == "en" || language == "et" }

func TestContacts(t *testing.T) {
	c, err := ReadContacts(strings.NewReader("38001010000\ta@example.ee\ten\n48001010000\tb@example.ee\tet\n"), has)
	require.NoError(t, err)
	require.Equal(t, Contacts{"38001010000": {"a@example.ee", "en"}, "48001010000": {"b@example.ee", "et"}}, c)
	_, err = c.Of("1")
	require.ErrorIs(t, err, notice.ErrNoAddress)
}

func TestRefusedContacts(t *testing.T) {
	good := "38001010000\ta@example.ee\ten\n"
	for name, bad := range map[string]string{
		"two fields":    "48001010000\tb@example.ee\n",
		"four fields":   "48001010000\tb@example.ee\ten\tx\n",
		"empty line":    "\n",
		"no code":       "\tb@example.ee\ten\n",
		"a space":       "4800 1010000\tb@example.ee\ten\n",
		"twice":         good,
		"no address":    "48001010000\tb\ten\n",
		"a name":        "48001010000\tB <b@example.ee>\ten\n",
		"two addresses": "48001010000\tb@example.ee,c@example.ee\ten\n",
		"no language":   "48001010000\tb@example.ee\tfi\n",
		"CR LF":         "48001010000\tb@example.ee\ten\r\n",
		"not UTF-8":     "48001010000\tb@example.ee\t\xff\n",
	} {
		_, err := ReadContacts(strings.NewReader(good+bad), has)
		require.ErrorContains(t, err, "line 2", name)
		require.NotContains(t, err.Error(), "8001010000")
		require.NotContains(t, err.Error(), "@example.ee,")
	}
	for _, bad := range []string{"38001010000\ta@example.ee\ten", good + strings.Repeat("4", 2000) + "\n"} {
		_, err := ReadContacts(strings.NewReader(bad), has)
		require.Error(t, err)
		require.NotContains(t, err.Error(), "8001010000")
	}
}

func TestTemplate(t *testing.T) {
	for _, bad := range []string{"", "a@example.ee", "{code}", "{code}{code}@example.ee", "X <{code}@example.ee>", "{code}@example.ee\r\n"} {
		_, err := ParseTemplate(bad)
		require.Error(t, err, bad)
	}
	template, err := ParseTemplate("{code}@example.ee")
	require.NoError(t, err)
	for _, code := range []string{"a@b", "a b", "a\r\nb", "", ".a"} {
		_, err := template.Of(code)
		require.ErrorIs(t, err, notice.ErrNoAddress, code)
	}
}

func FuzzContacts(f *testing.F) {
	f.Add("38001010000\ta@example.ee\ten\n")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := ReadContacts(strings.NewReader(s), has)
		if err != nil {
			return
		}
		require.Len(t, c, strings.Count(s, "\n"))
		for code, a := range c {
			require.Contains(t, s, code+"\t"+a.Mail+"\t"+a.Language+"\n")
		}
	})
}
