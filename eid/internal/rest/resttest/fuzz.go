package resttest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid/internal/rest"
)

// FuzzSession feeds a reader of answers about a session. ended gives the result and the
// certificate of one that is over.
func FuzzSession[S any](f *testing.F, read func(*rest.Client, []byte) (*S, bool, error), ended func(*S) (result, cert string), seeds ...string) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	c, err := rest.New("test", "https://sk.example.ee", nil)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, answer []byte) {
		s, complete, err := read(c, answer)
		if err != nil {
			require.NotEmpty(t, rest.CodeOf(err))
			require.NotEqual(t, "config", rest.CodeOf(err))
			return
		}
		require.Equal(t, complete, s != nil)
		if complete {
			result, cert := ended(s)
			require.Equal(t, "OK", result)
			_, err := c.Person(cert, "PNOEE-1", 0)
			require.Error(t, err, "no certificate has the key usage 0")
		}
	})
}
