package keyring

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid/token"
)

// TestPINFile: the last attempt is a person's; a PIN pad needs no file.
func TestPINFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pin")
	require.NoError(t, os.WriteFile(path, []byte("1234\n"), 0o600))
	pin, err := pinFrom(path)(t.Context(), token.Prompt{Low: true})
	require.NoError(t, err)
	require.Equal(t, "1234", string(pin.Reveal()))
	for _, p := range []token.Prompt{{Final: true}, {Again: true}, {Again: true, PinPad: true}} {
		_, err = pinFrom(path)(t.Context(), p)
		require.ErrorIs(t, err, ErrPINFile)
	}
	pin, err = pinFrom(path+"-none")(t.Context(), token.Prompt{PinPad: true})
	require.NoError(t, err)
	require.True(t, pin.Empty())
}
