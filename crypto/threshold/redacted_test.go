package threshold

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSecretsDoNotPrint(t *testing.T) {
	w, _ := finished(t, 1, 1)
	for _, secret := range []any{w.ids[0], w.committed[0], w.dealt[0], w.confirmed[0], w.shares[0]} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d", "%q"} {
			require.Equal(t, redactedText, fmt.Sprintf(verb, secret), "%T", secret)
		}
		require.Equal(t, redactedText, secret.(fmt.Stringer).String())
		require.Equal(t, redactedText, secret.(fmt.GoStringer).GoString())

		var line strings.Builder
		slog.New(slog.NewTextHandler(&line, nil)).Info("state", "secret", secret)
		require.Contains(t, line.String(), "secret="+redactedText)
		b, err := json.Marshal(secret)
		require.NoError(t, err)
		require.Equal(t, "{}", string(b))
	}
	// By value, too, where the compiler lets it happen.
	require.Equal(t, redactedText, fmt.Sprintf("%+v", *w.shares[0]))
	require.Equal(t, redactedText, fmt.Sprintf("%#v", *w.ids[0]))
}

func fromHex(tb testing.TB, s string) []byte {
	b, err := hex.DecodeString(s)
	require.NoError(tb, err)
	return b
}
