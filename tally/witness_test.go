package tally

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"valik/board"
	"valik/election"
)

// witness cosigns whatever it is asked for, with the formats library alone.
type witness struct {
	key    string
	signer *fnote.Signer
}

func newWitness(t *testing.T, name string) *witness {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	plain, err := note.NewEd25519VerifierKey(name, public)
	require.NoError(t, err)
	key, err := fnote.VKeyToCosignatureV1(plain)
	require.NoError(t, err)
	seed := base64.StdEncoding.EncodeToString(append([]byte{4}, private.Seed()...))
	signer, err := fnote.NewSignerForCosignatureV1(fmt.Sprintf("PRIVATE+KEY+%s+%s+%s", name, strings.Split(key, "+")[1], seed))
	require.NoError(t, err)
	return &witness{key, signer}
}

// answer is what the witness says to a request: the lines of its signature.
func (x *witness) answer(t *testing.T, request []byte) []byte {
	t.Helper()
	_, checkpoint, ok := bytes.Cut(request, []byte("\n\n"))
	require.True(t, ok)
	text := checkpoint[:bytes.Index(checkpoint, []byte("\n\n"))+1]
	signed, err := note.Sign(&note.Note{Text: string(text)}, x.signer)
	require.NoError(t, err)
	return signed[len(text)+1:]
}

// A board with witnesses is cosigned after every step, or the next one refuses.
func TestWitnessedCount(t *testing.T) {
	t.Parallel()
	one, two := newWitness(t, "witness.example/one"), newWitness(t, "witness.example/two")
	w := newWorld(t, []int{0, 1}, func(m *election.Manifest) {
		m.Board.Witnesses, m.Board.Quorum = []string{one.key, two.key}, 2
	})
	var seen uint64
	cosign := func() {
		t.Helper()
		request, err := w.WitnessRequest(seen)
		require.NoError(t, err)
		require.True(t, bytes.HasPrefix(request, fmt.Appendf(nil, "old %d\n", seen)))
		seen, err = w.Cosign(one.answer(t, request), two.answer(t, request))
		require.NoError(t, err)
		require.Equal(t, w.entries(), seen)
	}
	_, err := w.Process(w.Board)
	require.ErrorIs(t, err, ErrUnverified)
	require.ErrorContains(t, err, "board.checkpoint")
	for _, step := range []func(){
		w.process, func() { w.mix(0) }, func() { w.mix(1) }, func() { w.decrypt(0) }, func() { w.decrypt(1) }, func() { w.count() },
	} {
		cosign()
		step()
	}
	cosign()
	w.requireVerified()
}

func TestCosignRefuses(t *testing.T) {
	t.Parallel()
	one, two := newWitness(t, "witness.example/one"), newWitness(t, "witness.example/two")
	w := newWorld(t, nil, func(m *election.Manifest) {
		m.Board.Witnesses, m.Board.Quorum = []string{one.key, two.key}, 2
	})
	request, err := w.WitnessRequest(0)
	require.NoError(t, err)
	_, err = w.Cosign(one.answer(t, request))
	require.ErrorIs(t, err, board.ErrQuorum)
	stranger := newWitness(t, "witness.example/stranger")
	_, err = w.Cosign(one.answer(t, request), stranger.answer(t, request))
	require.ErrorIs(t, err, board.ErrQuorum)
	_, err = w.Cosign(one.answer(t, request), one.answer(t, request))
	require.ErrorIs(t, err, board.ErrQuorum, "one witness twice is one")
	_, err = w.Cosign([]byte("no signature\n"))
	require.Error(t, err)
	_, err = w.WitnessRequest(w.entries() + 1)
	require.ErrorContains(t, err, "no witness has seen")
}
