package group_test

import (
	"encoding/binary"
	"encoding/hex"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/group"
	"valik/crypto/internal/tuplehash"
)

// TestDocumentedExample makes the example at the head of group.md again.
func TestDocumentedExample(t *testing.T) {
	document, err := os.ReadFile("../../docs/protocol/group.md")
	require.NoError(t, err)
	label, index := "valik/1 shuffle", binary.BigEndian.AppendUint64(nil, 1)
	uniform := tuplehash.XOF("valik/1 hash to group", 64, []byte(label), index)
	h := group.Generators(label, 1)
	for _, b := range [][]byte{
		[]byte(label), index, uniform[:32], uniform[32:], h[0].Bytes(), group.NewGenerator().Bytes(),
	} {
		require.Contains(t, string(document), hex.EncodeToString(b))
	}
}
