package board_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"

	"valik/board"
)

// go test ./board -run TestVectors -update writes vectors/board again.
var update = flag.Bool("update", false, "write the vectors instead of comparing them")

const vectorsDir = "../vectors/board"

// vectorTime is the time of all cosignatures in the vectors: 2025-01-01.
const vectorTime = 1735689600

type keyVector struct {
	Name string `json:"name"`
	Seed string `json:"seed"` // hexadecimal, known to everybody
	Skey string `json:"skey"`
	Vkey string `json:"vkey"`
}

type keysVector struct {
	Log       keyVector   `json:"log"`
	Witnesses []keyVector `json:"witnesses"`
	Quorum    int         `json:"quorum"`
}

type inclusionVector struct {
	Size  uint64      `json:"size"`
	Root  tlog.Hash   `json:"root"`
	Index uint64      `json:"index"`
	Leaf  tlog.Hash   `json:"leaf"`
	Proof []tlog.Hash `json:"proof"`
}

type consistencyVector struct {
	From     uint64      `json:"from"`
	FromRoot tlog.Hash   `json:"from_root"`
	To       uint64      `json:"to"`
	ToRoot   tlog.Hash   `json:"to_root"`
	Proof    []tlog.Hash `json:"proof"`
}

// vectors makes every file under vectors/board.
func vectors(t *testing.T) map[string][]byte {
	t.Helper()
	w := newWorld(t, 300)
	files := map[string][]byte{
		"keys.json":        keysFile(t, w),
		"inclusion.json":   inclusionFile(t, w),
		"consistency.json": consistencyFile(t, w),
		"empty.checkpoint": w.vectorCheckpoint(t, 0).Raw,
		"witness.request":  requestFile(t, w),
	}
	c := w.vectorCheckpoint(t, 300)
	for path, file := range exportFiles(t, c, w) {
		files["log/"+path] = file.Data
	}
	for path, at := range map[string]struct{ size, index uint64 }{
		"example":   {5, 3},
		"first":     {300, 0},
		"last":      {300, 299},
		"full-tile": {256, 255},
		"alone":     {1, 0},
	} {
		p, err := board.Prove(w.vectorCheckpoint(t, at.size), at.index, w)
		require.NoError(t, err)
		files[path+".tlog-proof"] = p.Bytes()
	}
	return files
}

// vectorCheckpoint has the cosignatures of two of the three witnesses, at a
// fixed time and written by the test itself.
func (w *world) vectorCheckpoint(t *testing.T, size uint64) *board.Checkpoint {
	t.Helper()
	raw := w.signed(t, size)
	text := noteText(raw)
	for i, x := range w.witnesses[:2] {
		raw = append(raw, cosignature(t, x, vectorTime+uint64(i), text)...)
	}
	c, err := w.policy.Open(raw)
	require.NoError(t, err)
	return c
}

func keysFile(t *testing.T, w *world) []byte {
	t.Helper()
	v := keysVector{
		Log:    keyVector{Name: testOrigin, Seed: hex.EncodeToString(testSeed(testOrigin)), Skey: w.key.Secret(), Vkey: w.key.Public()},
		Quorum: w.policy.Quorum,
	}
	for _, x := range w.witnesses {
		name := x.signer.Name()
		v.Witnesses = append(v.Witnesses, keyVector{Name: name, Seed: hex.EncodeToString(testSeed(name)), Skey: x.skey, Vkey: x.vkey})
	}
	return indented(t, v)
}

func inclusionFile(t *testing.T, w *world) []byte {
	t.Helper()
	var all []inclusionVector
	for _, size := range []uint64{1, 2, 3, 7, 8, 255, 256, 257, 300} {
		for _, index := range []uint64{0, 1, 2, 6, 7, 128, 254, 255, 256, 299} {
			if index >= size {
				continue
			}
			c := w.at(t, size)
			proof, err := board.ProveInclusion(size, index, w)
			require.NoError(t, err)
			all = append(all, inclusionVector{size, c.Root, index, board.LeafHash(w.entries[index]), emptyNotNull(proof)})
		}
	}
	return indented(t, all)
}

func consistencyFile(t *testing.T, w *world) []byte {
	t.Helper()
	var all []consistencyVector
	sizes := []uint64{0, 1, 2, 3, 7, 8, 255, 256, 257, 300}
	for _, to := range sizes {
		for _, from := range sizes {
			if from > to {
				continue
			}
			proof, err := board.ProveConsistency(from, to, w)
			require.NoError(t, err)
			all = append(all, consistencyVector{from, w.at(t, from).Root, to, w.at(t, to).Root, emptyNotNull(proof)})
		}
	}
	return indented(t, all)
}

func requestFile(t *testing.T, w *world) []byte {
	t.Helper()
	proof, err := board.ProveConsistency(257, 300, w)
	require.NoError(t, err)
	return board.WitnessRequest(257, proof, w.signed(t, 300))
}

// emptyNotNull makes an empty proof [] in JSON.
func emptyNotNull(hs []tlog.Hash) []tlog.Hash { return append([]tlog.Hash{}, hs...) }

func indented(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.MarshalIndent(v, "", "  ")
	require.NoError(t, err)
	return append(b, '\n')
}

func TestVectors(t *testing.T) {
	want := vectors(t)
	if *update {
		require.NoError(t, os.RemoveAll(filepath.Join(vectorsDir, "log")))
		for path, data := range want {
			writeFile(t, filepath.Join(vectorsDir, path), data)
		}
	}
	for _, path := range names(t, os.DirFS(vectorsDir)) {
		if path != "README.md" && !strings.HasPrefix(path, "ml-dsa.") { // TestPostQuantumVector
			require.Contains(t, want, path, "no generator makes this file")
		}
	}
	for path, data := range want {
		got, err := os.ReadFile(filepath.Join(vectorsDir, path))
		require.NoError(t, err)
		require.True(t, bytes.Equal(data, got), "vectors/board/%s differs from what its generator makes", path)
	}
}

// The vectors are read as another implementation would: from the files alone.
func TestVectorsVerify(t *testing.T) {
	p := vectorPolicy(t)
	c, entries, err := board.ReadAll(os.DirFS(filepath.Join(vectorsDir, "log")), p)
	require.NoError(t, err)
	require.EqualValues(t, 300, c.Size)
	for path, index := range map[string]int{"example": 3, "first": 0, "last": 299, "full-tile": 255, "alone": 0} {
		proof, err := board.ParseProof(vectorFile(t, path+".tlog-proof"))
		require.NoError(t, err)
		_, err = proof.Verify(p, entries[index])
		require.NoError(t, err, path)
	}
	var inclusion []inclusionVector
	require.NoError(t, json.Unmarshal(vectorFile(t, "inclusion.json"), &inclusion))
	for _, v := range inclusion {
		require.NoError(t, board.VerifyInclusion(v.Proof, v.Size, v.Root, v.Index, v.Leaf))
	}
	var consistency []consistencyVector
	require.NoError(t, json.Unmarshal(vectorFile(t, "consistency.json"), &consistency))
	for _, v := range consistency {
		old, next := &board.Checkpoint{Size: v.From, Root: v.FromRoot}, &board.Checkpoint{Size: v.To, Root: v.ToRoot}
		require.NoError(t, board.VerifyConsistency(old, next, v.Proof))
	}
}

func vectorFile(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(vectorsDir, name))
	require.NoError(t, err)
	return b
}

func vectorPolicy(t *testing.T) *board.Policy {
	t.Helper()
	var keys keysVector
	require.NoError(t, json.Unmarshal(vectorFile(t, "keys.json"), &keys))
	p := &board.Policy{Origin: keys.Log.Name, LogKey: keys.Log.Vkey, Quorum: keys.Quorum}
	for _, k := range keys.Witnesses {
		p.Witnesses = append(p.Witnesses, k.Vkey)
	}
	return p
}

// The examples of the specification are the vectors, byte for byte.
func TestSpecificationShowsTheVectors(t *testing.T) {
	doc, err := os.ReadFile("../docs/protocol/board.md")
	require.NoError(t, err)
	proof := vectorFile(t, "example.tlog-proof")
	_, checkpoint, _ := strings.Cut(string(proof), "\n\n")
	var keys keysVector
	require.NoError(t, json.Unmarshal(vectorFile(t, "keys.json"), &keys))
	for _, example := range []string{string(proof), checkpoint, keys.Log.Vkey, keys.Log.Skey, keys.Witnesses[0].Vkey, string(vectorFile(t, "witness.request"))} {
		lines := strings.Split(strings.TrimSuffix(example, "\n"), "\n")
		for i, line := range lines {
			if line != "" {
				lines[i] = "    " + line
			}
		}
		require.Contains(t, string(doc), strings.Join(lines, "\n")+"\n")
	}
}

// TestPostQuantumVector reads the checkpoint that a witness has cosigned by ML-DSA-44. Its
// signature is another each time, so the files are made once and then given.
func TestPostQuantumVector(t *testing.T) {
	w := newWorld(t, 5)
	if *update {
		m, err := newMLDSA("witness.example/m")
		require.NoError(t, err)
		raw := w.signed(t, 5)
		signed := append(bytes.Clone(raw), signatureLines(t, raw, m.signer)...)
		require.NoError(t, os.WriteFile(filepath.Join(vectorsDir, "ml-dsa.vkey"), []byte(m.vkey+"\n"), 0o644))
		require.NoError(t, os.WriteFile(filepath.Join(vectorsDir, "ml-dsa.checkpoint"), signed, 0o644))
	}
	vkey, err := os.ReadFile(filepath.Join(vectorsDir, "ml-dsa.vkey"))
	require.NoError(t, err)
	signed, err := os.ReadFile(filepath.Join(vectorsDir, "ml-dsa.checkpoint"))
	require.NoError(t, err)
	p := &board.Policy{Origin: testOrigin, LogKey: w.key.Public(), Witnesses: []string{strings.TrimSpace(string(vkey))}, Quorum: 1}
	c, err := p.Open(signed)
	require.NoError(t, err)
	require.EqualValues(t, 5, c.Size)
}
