package tuplehash_test

import (
	"bytes"
	"encoding/hex"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/internal/tuplehash"
)

func tuple(custom string, items ...string) *tuplehash.Hash {
	h := tuplehash.New(custom)
	for _, item := range items {
		h.WriteString([]byte(item))
	}
	return h
}

func TestNIST(t *testing.T) {
	a, b := "\x00\x01\x02", "\x10\x11\x12\x13\x14\x15"
	c := "\x20\x21\x22\x23\x24\x25\x26\x27\x28"
	x := tuple("", a, b).SumBits(512)
	t.Logf("%x", x)
	t.Logf("%x", tuple("My Tuple App", a, b, c).XOF(64))
	_ = hex.EncodeToString
	_ = bytes.Equal
	_ = io.EOF
	require.NotNil(t, x)
}
