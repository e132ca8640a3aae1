package board_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"valik/board"
)

func TestOpenReadsWhatWasSigned(t *testing.T) {
	w := newWorld(t, 300)
	for _, size := range []uint64{0, 1, 255, 256, 257, 300} {
		raw := w.witnessed(t, size, 3)
		c, err := w.policy.Open(raw)
		require.NoError(t, err)
		root, err := w.tree.Root(size)
		require.NoError(t, err)
		require.Equal(t, testOrigin, c.Origin)
		require.Equal(t, size, c.Size)
		require.Equal(t, root, c.Root)
		require.Equal(t, raw, c.Raw)
		require.Len(t, c.Cosignatures, 3)
		require.Positive(t, c.Cosignatures[0].Time)
	}
}

func TestOpenKeepsItsOwnBytes(t *testing.T) {
	w := newWorld(t, 3)
	raw := w.witnessed(t, 3, 2)
	c, err := w.policy.Open(raw)
	require.NoError(t, err)
	kept := bytes.Clone(raw)
	raw[0] ^= 1
	require.Equal(t, kept, c.Raw)
}

func TestOpenRefusesEveryChangedByte(t *testing.T) {
	w := newWorld(t, 3)
	raw := w.witnessed(t, 3, 2)
	for i := range raw {
		for _, bit := range []byte{1, 0x20, 0x80} {
			bad := bytes.Clone(raw)
			bad[i] ^= bit
			_, err := w.policy.Open(bad)
			require.Error(t, err, "byte %d of %q", i, raw)
		}
	}
}

func TestOpenRefusesEveryPrefix(t *testing.T) {
	w := newWorld(t, 3)
	raw := w.witnessed(t, 3, 2)
	for i := range raw {
		_, err := w.policy.Open(raw[:i])
		require.Error(t, err, "%q", raw[:i])
	}
}

// signText signs a text that SignCheckpoint would never write.
func signText(t *testing.T, k *board.Key, text string) []byte {
	t.Helper()
	s, err := note.NewSigner(k.Secret())
	require.NoError(t, err)
	raw, err := note.Sign(&note.Note{Text: text}, s)
	require.NoError(t, err)
	return raw
}

func TestOpenRefusesSignedTextsOfOtherForms(t *testing.T) {
	w := newWorld(t, 3)
	p := &board.Policy{Origin: testOrigin, LogKey: w.key.Public()}
	root := w.checkpoint(t, 3).Root.String()
	empty := emptyRoot(t).String()
	tests := []struct {
		name, text string
		want       error
	}{
		{"right", testOrigin + "\n3\n" + root + "\n", nil},
		{"right and empty", testOrigin + "\n0\n" + empty + "\n", nil},
		{"other origin", "log.example/other\n3\n" + root + "\n", board.ErrOrigin},
		{"extension line", testOrigin + "\n3\n" + root + "\nextension\n", board.ErrMalformed},
		{"empty extension line", testOrigin + "\n3\n" + root + "\n\n", board.ErrMalformed},
		{"leading zero", testOrigin + "\n03\n" + root + "\n", board.ErrMalformed},
		{"plus", testOrigin + "\n+3\n" + root + "\n", board.ErrMalformed},
		{"negative", testOrigin + "\n-3\n" + root + "\n", board.ErrMalformed},
		{"hexadecimal", testOrigin + "\n0x3\n" + root + "\n", board.ErrMalformed},
		{"underscore", testOrigin + "\n1_0\n" + root + "\n", board.ErrMalformed},
		{"space", testOrigin + "\n3 \n" + root + "\n", board.ErrMalformed},
		{"short root", testOrigin + "\n3\n" + root[:40] + "\n", board.ErrMalformed},
		{"long root", testOrigin + "\n3\n" + root[:40] + root + "\n", board.ErrMalformed},
		{"loose root", testOrigin + "\n3\n" + looseBase64(t, root) + "\n", board.ErrMalformed},
		{"two lines", testOrigin + "\n3\n", board.ErrMalformed},
		{"no line", "\n", board.ErrMalformed},
		{"empty origin", "\n3\n" + root + "\n", board.ErrMalformed},
		{"empty tree with a root", testOrigin + "\n0\n" + root + "\n", board.ErrMalformed},
		{"above the limit", fmt.Sprintf("%s\n%d\n%s\n", testOrigin, uint64(board.MaxSize)+1, root), board.ErrTooLarge},
		{"above int64", fmt.Sprintf("%s\n%d\n%s\n", testOrigin, uint64(1)<<63, root), board.ErrTooLarge},
		{"above uint64", testOrigin + "\n18446744073709551616\n" + root + "\n", board.ErrMalformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := p.Open(signText(t, w.key, tt.text))
			if tt.want == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, tt.want)
		})
	}
}

func emptyRoot(t *testing.T) tlog.Hash {
	t.Helper()
	h, err := board.Root(0, nil)
	require.NoError(t, err)
	return h
}

func TestOpenRefusesSignatures(t *testing.T) {
	w := newWorld(t, 3)
	p := &board.Policy{Origin: testOrigin, LogKey: w.key.Public(), Witnesses: w.policy.Witnesses}
	raw, text := w.signed(t, 3), noteText(w.signed(t, 3))
	line := string(raw[len(text)+1:])
	stranger, err := board.NewKey(testOrigin)
	require.NoError(t, err)
	late := cosignature(t, w.witnesses[0], 1<<63, text)
	tests := map[string]struct {
		raw  string
		want error
	}{
		"no signature":          {text, board.ErrMalformed},
		"no signature line":     {text + "\n", board.ErrMalformed},
		"another key":           {string(signText(t, stranger, text)), board.ErrSignature},
		"witness alone":         {text + "\n" + string(w.witnesses[0].line(t, raw)), board.ErrSignature},
		"loose base64":          {text + "\n" + looseBase64(t, line), board.ErrMalformed},
		"loose base64, unknown": {string(raw) + looseBase64(t, unknownLine()), board.ErrMalformed},
		"carriage return":       {strings.ReplaceAll(string(raw), "\n", "\r\n"), board.ErrMalformed},
		"empty":                 {"", board.ErrMalformed},
		"too long":              {string(raw) + strings.Repeat("x", board.MaxCheckpoint), board.ErrTooLarge},
		"too many lines":        {string(raw) + strings.Repeat(unknownLine(), 101), board.ErrMalformed},
		"time above int64":      {string(raw) + late, board.ErrMalformed},
	}
	for name, tt := range tests {
		_, err := p.Open([]byte(tt.raw))
		require.ErrorIs(t, err, tt.want, name)
	}
	_, err = p.Open([]byte(string(raw) + unknownLine()))
	require.NoError(t, err, "lines of unknown keys are skipped")
}

func unknownLine() string {
	return "— somebody.example " + base64.StdEncoding.EncodeToString(make([]byte, 68)) + "\n"
}

func TestSignCheckpointRefusesTheImpossible(t *testing.T) {
	_, err := board.SignCheckpoint(testKey(t, testOrigin), board.MaxSize+1, tlog.Hash{})
	require.ErrorIs(t, err, board.ErrTooLarge)
}

// cosignature is a witness's line with a time of our choice, written without the
// formats library.
func cosignature(t testing.TB, w *witness, at uint64, text string) string {
	t.Helper()
	name := w.signer.Name()
	message := fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at, text)
	sig := binary.BigEndian.AppendUint32(nil, w.signer.KeyHash())
	sig = binary.BigEndian.AppendUint64(sig, at)
	sig = append(sig, ed25519.Sign(w.private, message)...)
	return "— " + name + " " + base64.StdEncoding.EncodeToString(sig) + "\n"
}
