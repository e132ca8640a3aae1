package vis3

import (
	"testing"

	"github.com/stretchr/testify/require"

	"valik/election"
)

func TestParseSkip(t *testing.T) {
	raw := []byte(`{"election": "E1", "skip": "3"}`)
	require.True(t, IsSkip(raw))
	s, err := ParseSkip(raw)
	require.NoError(t, err)
	require.Equal(t, &Skip{Election: "E1", Changeset: 3, hash: election.HashOf(raw)}, s)
	for name, text := range map[string]string{
		"the initial list": `{"election": "E1", "skip": "0"}`,
		"leading zero":     `{"election": "E1", "skip": "03"}`,
		"a number":         `{"election": "E1", "skip": 3}`,
		"no number":        `{"election": "E1"}`,
		"a key twice":      `{"election": "E1", "skip": "3", "skip": "4"}`,
		"another key":      `{"election": "E1", "skip": "3", "why": "x"}`,
		"something after":  `{"election": "E1", "skip": "3"} {}`,
	} {
		_, err := ParseSkip([]byte(text))
		var parse *Error
		require.ErrorAs(t, err, &parse, name)
	}
}

func TestSkipRefused(t *testing.T) {
	r := NewRegister("E1", nil)
	require.ErrorContains(t, r.Skip(&Skip{Election: "E1", Changeset: 1}), "0 comes next", "the initial list cannot be skipped")
	require.ErrorContains(t, r.Skip(&Skip{Election: "E2", Changeset: 1}), "E2")
}

func FuzzParseSkip(f *testing.F) {
	f.Add([]byte(`{"election": "E1", "skip": "3"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := ParseSkip(b); err == nil {
			require.Positive(t, s.Changeset)
		}
	})
}
