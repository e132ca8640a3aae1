package board_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/board"
)

func TestWitnessRequest(t *testing.T) {
	w := newWorld(t, 300)
	proof, err := board.ProveConsistency(257, 300, w.tree)
	require.NoError(t, err)
	raw := w.signed(t, 300)
	lines := strings.Split(string(board.WitnessRequest(257, proof, raw)), "\n")
	require.Equal(t, "old 257", lines[0])
	for i, h := range proof {
		require.Equal(t, base64.StdEncoding.EncodeToString(h[:]), lines[1+i])
	}
	require.Empty(t, lines[1+len(proof)])
	require.Equal(t, string(raw), strings.Join(lines[2+len(proof):], "\n"))
	require.Equal(t, "old 0\n\n"+string(raw), string(board.WitnessRequest(0, nil, raw)))
}

func TestAddCosignatures(t *testing.T) {
	w := newWorld(t, 300)
	raw := w.signed(t, 300)
	answer := w.witnesses[0].line(t, raw)
	one, err := w.policy.AddCosignatures(raw, answer)
	require.NoError(t, err)
	require.Equal(t, string(raw)+string(answer), string(one))

	again, err := w.policy.AddCosignatures(one, w.witnesses[0].line(t, raw))
	require.NoError(t, err)
	require.Equal(t, one, again, "a second answer changes nothing")

	stranger := testWitness(t, "witness.example/stranger").line(t, raw)
	two, err := w.policy.AddCosignatures(one, append(stranger, w.witnesses[1].line(t, raw)...))
	require.NoError(t, err)
	require.NotContains(t, string(two), "stranger")
	c, err := w.policy.Open(two)
	require.NoError(t, err)
	require.Len(t, c.Cosignatures, 2)
}

func TestAddCosignaturesRefuses(t *testing.T) {
	w := newWorld(t, 300)
	raw, other := w.signed(t, 300), w.signed(t, 299)
	for name, tt := range map[string]struct {
		lines []byte
		want  error
	}{
		"cosignature of another checkpoint": {w.witnesses[0].line(t, other), board.ErrSignature},
		"a whole checkpoint":                {w.witnessed(t, 300, 1), board.ErrSignature},
		"a second note":                     {append([]byte("\n"), w.witnesses[0].line(t, raw)...), board.ErrSignature},
		"no line":                           {[]byte("x\n"), board.ErrMalformed},
		"too long":                          {make([]byte, board.MaxCheckpoint), board.ErrTooLarge},
	} {
		_, err := w.policy.AddCosignatures(raw, tt.lines)
		require.ErrorIs(t, err, tt.want, name)
	}
	_, err := w.policy.AddCosignatures([]byte("x"), nil)
	require.ErrorIs(t, err, board.ErrMalformed)
	_, err = (&board.Policy{}).AddCosignatures(raw, nil)
	require.ErrorIs(t, err, board.ErrPolicy)
}
