package voter_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	voter "valik/voter-app"
)

const (
	ballotHash = "5e0c7f4b9a1d2c3e4f5061728394a5b6c7d8e9fa0b1c2d3e4f5061728394a5b6"
	seedText   = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
	goodLink   = "https://vote.example.ee/check#valik1.17." + ballotHash + "." + seedText
)

func TestParseCheckLink(t *testing.T) {
	for _, text := range []string{
		goodLink,
		strings.Replace(goodLink, "vote.example.ee", "vote.example.ee/a/b", 1),
		strings.Replace(goodLink, "https://vote.example.ee", "http://127.0.0.1:8080", 1),
		strings.Replace(goodLink, ".17.", ".0.", 1),
		strings.Replace(goodLink, ".17.", ".9007199254740991.", 1),
	} {
		l, err := voter.ParseCheckLink(text)
		require.NoError(t, err, text)
		require.Equal(t, text, l.Reveal())
	}
	l, err := voter.ParseCheckLink(goodLink)
	require.NoError(t, err)
	require.Equal(t, "https://vote.example.ee", l.Collector)
	require.EqualValues(t, 17, l.Index)
	require.Equal(t, ballotHash, l.Ballot.String())
	require.Equal(t, byte(31), l.Seed().SecretBytes()[31])
}

func TestParseCheckLinkRefuses(t *testing.T) {
	tests := map[string]string{
		"nothing":                   "",
		"no fragment":               "https://vote.example.ee/check",
		"no address":                "/check#valik1.17." + ballotHash + "." + seedText,
		"no host":                   strings.Replace(goodLink, "vote.example.ee", "", 1),
		"another scheme":            strings.Replace(goodLink, "https", "javascript", 1),
		"in the clear":              strings.Replace(goodLink, "https", "http", 1),
		"a name and password":       strings.Replace(goodLink, "vote.", "a:b@vote.", 1),
		"a query":                   strings.Replace(goodLink, ".ee/", ".ee/?a=b/", 1),
		"two fragments":             strings.Replace(goodLink, ".ee/", ".ee/#a/", 1),
		"another page":              strings.Replace(goodLink, "/check", "/look", 1),
		"a slash too many":          strings.Replace(goodLink, "/check", "//check", 1),
		"another version":           strings.Replace(goodLink, "valik1", "valik2", 1),
		"a zero before the index":   strings.Replace(goodLink, ".17.", ".017.", 1),
		"a sign before the index":   strings.Replace(goodLink, ".17.", ".+17.", 1),
		"a negative index":          strings.Replace(goodLink, ".17.", ".-1.", 1),
		"an index too large":        strings.Replace(goodLink, ".17.", ".9007199254740992.", 1),
		"a hash in capitals":        strings.Replace(goodLink, ballotHash, strings.ToUpper(ballotHash), 1),
		"a short hash":              strings.Replace(goodLink, ballotHash, ballotHash[2:], 1),
		"a short seed":              strings.TrimSuffix(goodLink, "Hh8"),
		"a long seed":               goodLink + "AAAA",
		"a padded seed":             goodLink + "=",
		"loose bits in the seed":    strings.TrimSuffix(goodLink, "8") + "9",
		"a line end":                goodLink + "\n",
		"a line end in the seed":    strings.Replace(goodLink, "AAEC", "AAEC\n", 1),
		"a field more":              goodLink + ".",
		"a field less":              strings.Replace(goodLink, ".17.", ".", 1),
		"too long":                  strings.Replace(goodLink, ".ee/", ".ee/"+strings.Repeat("a", 4096)+"/", 1),
		"a space before":            " " + goodLink,
		"a host with a line end":    strings.Replace(goodLink, "vote.", "vote\n.", 1),
		"an index that is no digit": strings.Replace(goodLink, ".17.", ".1_7.", 1),
	}
	for name, text := range tests {
		l, err := voter.ParseCheckLink(text)
		require.ErrorIs(t, err, voter.ErrLink, name)
		require.Nil(t, l, name)
		require.NotContains(t, err.Error(), seedText[:20], name)
	}
}

// What is accepted is written back as it was read.
func FuzzParseCheckLink(f *testing.F) {
	f.Add(goodLink)
	f.Add("")
	f.Add("/check#valik1...")
	f.Add(strings.Replace(goodLink, "https://vote.example.ee", "http://[::1]:1", 1))
	f.Add(strings.Replace(goodLink, "vote", "v%6fte", 1))
	f.Fuzz(func(t *testing.T, text string) {
		l, err := voter.ParseCheckLink(text)
		if err != nil {
			require.ErrorIs(t, err, voter.ErrLink)
			return
		}
		require.Equal(t, text, l.Reveal())
	})
}
