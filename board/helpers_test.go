package board_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"valik/board"
)

const testOrigin = "log.example/board-test"

// testSeed is a seed that everybody knows. Keys made from it protect nothing.
func testSeed(name string) []byte {
	seed := sha256.Sum256([]byte("valik test seed, not secret: " + name))
	return seed[:]
}

func testKey(t testing.TB, origin string) *board.Key {
	t.Helper()
	k, err := board.KeyFromSeed(origin, testSeed(origin))
	require.NoError(t, err)
	return k
}

// witness is an outside signer, made by the formats library alone.
type witness struct {
	skey, vkey string
	private    ed25519.PrivateKey
	signer     *fnote.Signer
}

func testWitness(t testing.TB, name string) *witness {
	t.Helper()
	return witnessFromSeed(t, name, testSeed(name))
}

func witnessFromSeed(t testing.TB, name string, seed []byte) *witness {
	t.Helper()
	private := ed25519.NewKeyFromSeed(seed)
	plain, err := note.NewEd25519VerifierKey(name, private.Public().(ed25519.PublicKey))
	require.NoError(t, err)
	vkey, err := fnote.VKeyToCosignatureV1(plain)
	require.NoError(t, err)
	material := base64.StdEncoding.EncodeToString(append([]byte{4}, seed...))
	skey := fmt.Sprintf("PRIVATE+KEY+%s+%s+%s", name, strings.Split(vkey, "+")[1], material)
	s, err := fnote.NewSignerForCosignatureV1(skey)
	require.NoError(t, err)
	return &witness{skey: skey, vkey: vkey, private: private, signer: s}
}

// line is the witness's answer to a checkpoint: one signature line.
func (w *witness) line(t testing.TB, checkpoint []byte) []byte {
	t.Helper()
	return signatureLines(t, checkpoint, w.signer)
}

func signatureLines(t testing.TB, checkpoint []byte, s note.Signer) []byte {
	t.Helper()
	text := noteText(checkpoint)
	signed, err := note.Sign(&note.Note{Text: text}, s)
	require.NoError(t, err)
	return signed[len(text)+1:]
}

func noteText(raw []byte) string {
	return string(raw[:bytes.LastIndex(raw, []byte("\n\n"))+1])
}

// world is a log in memory with its key, witnesses and policy.
type world struct {
	key       *board.Key
	witnesses []*witness
	policy    *board.Policy
	entries   [][]byte
	tree      *board.Tree
}

// newWorld has size entries "entry 0", "entry 1" and so on, and three witnesses
// of which two are asked for.
func newWorld(t testing.TB, size int) *world {
	t.Helper()
	w := &world{key: testKey(t, testOrigin)}
	w.policy = &board.Policy{Origin: testOrigin, LogKey: w.key.Public(), Quorum: 2}
	for _, name := range []string{"witness.example/a", "witness.example/b", "witness.example/c"} {
		x := testWitness(t, name)
		w.witnesses = append(w.witnesses, x)
		w.policy.Witnesses = append(w.policy.Witnesses, x.vkey)
	}
	w.entries = testEntries(0, size)
	var err error
	w.tree, err = board.NewTree(w.entries)
	require.NoError(t, err)
	return w
}

func testEntries(first, n int) [][]byte {
	entries := make([][]byte, n)
	for i := range entries {
		entries[i] = fmt.Appendf(nil, "entry %d", first+i)
	}
	return entries
}

// signed is the checkpoint at this size with the log's signature alone.
func (w *world) signed(t testing.TB, size uint64) []byte {
	t.Helper()
	root, err := w.tree.Root(size)
	require.NoError(t, err)
	raw, err := board.SignCheckpoint(w.key, size, root)
	require.NoError(t, err)
	return raw
}

// witnessed is the checkpoint at this size with the cosignatures of the first n
// witnesses.
func (w *world) witnessed(t testing.TB, size uint64, n int) []byte {
	t.Helper()
	raw := w.signed(t, size)
	for _, x := range w.witnesses[:n] {
		raw = append(raw, x.line(t, raw)...)
	}
	return raw
}

func (w *world) checkpoint(t testing.TB, size uint64) *board.Checkpoint {
	t.Helper()
	c, err := w.policy.Open(w.witnessed(t, size, 2))
	require.NoError(t, err)
	return c
}

// ReadEntries makes a world a board.EntryReader.
func (w *world) ReadEntries(first uint64, n int) ([][]byte, error) {
	return w.entries[first : first+uint64(n)], nil
}

// ReadHashes makes a world a board.Store.
func (w *world) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	return w.tree.ReadHashes(indexes)
}

// files is the whole log as files in memory.
func (w *world) files(t testing.TB) fstest.MapFS {
	t.Helper()
	return exportFiles(t, w.checkpoint(t, w.tree.Size()), w)
}

func exportFiles(t testing.TB, c *board.Checkpoint, r board.EntryReader) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	require.NoError(t, board.Export(c, r, func(path string, data []byte) error {
		files[path] = &fstest.MapFile{Data: bytes.Clone(data), Mode: 0o644}
		return nil
	}))
	return files
}

// names are the files of fsys in order.
func names(t testing.TB, fsys fs.FS) []string {
	t.Helper()
	var all []string
	require.NoError(t, fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, path)
		}
		return err
	}))
	return all
}
