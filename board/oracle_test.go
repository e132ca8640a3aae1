package board_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"filippo.io/torchwood"
	"github.com/stretchr/testify/require"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"valik/board"
)

// grownFolder is a folder that has been appended to in uneven batches and whose
// last checkpoint is witnessed.
func grownFolder(t *testing.T, w *world) string {
	t.Helper()
	f, dir := createFolder(t, w)
	defer f.Close()
	for from, batch := 0, 1; from < len(w.entries); batch = batch*3 + 1 {
		to := min(from+batch, len(w.entries))
		_, err := f.Append(w.key, w.entries[from:to]...)
		require.NoError(t, err)
		from = to
	}
	require.NoError(t, f.Publish(w.witnessed(t, f.Checkpoint().Size, 2)))
	return dir
}

// tesseraCheck is the fsck of transparency-dev/tessera over a folder.
func tesseraCheck(t *testing.T, w *world, dir string) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	v, err := note.NewVerifier(w.policy.LogKey)
	require.NoError(t, err)
	hash := func(b []byte) ([][]byte, error) {
		var bundle api.EntryBundle
		if err := bundle.UnmarshalText(b); err != nil {
			return nil, err
		}
		var hashes [][]byte
		for _, e := range bundle.Entries {
			hashes = append(hashes, rfc6962.DefaultHasher.HashLeaf(e))
		}
		return hashes, nil
	}
	return fsck.New(testOrigin, v, client.FileFetcher{Root: dir}, hash, fsck.Opts{N: 4}).Check(ctx)
}

func TestTesseraFindsTheFolderWhole(t *testing.T) {
	for _, size := range []int{1, 255, 256, 257, 1000} {
		w := newWorld(t, size)
		dir := grownFolder(t, w)
		require.NoError(t, tesseraCheck(t, w, dir), "size %d", size)
	}
}

func TestTesseraFindsWhatWeFind(t *testing.T) {
	w := newWorld(t, 300)
	dir := grownFolder(t, w)
	for _, name := range []string{"tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000"} {
		path := filepath.Join(dir, name)
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		data[len(data)-1] ^= 1
		writeFile(t, path, data)
		require.Error(t, tesseraCheck(t, w, dir), name)
		requireFileError(t, os.DirFS(dir), w.policy, name)
		data[len(data)-1] ^= 1
		writeFile(t, path, data)
	}
	require.NoError(t, tesseraCheck(t, w, dir))
}

// torchwoodPolicy asks for the same signatures as the world's policy.
func torchwoodPolicy(t *testing.T, w *world) torchwood.Policy {
	t.Helper()
	log, err := note.NewVerifier(w.policy.LogKey)
	require.NoError(t, err)
	var witnesses []torchwood.Policy
	for _, x := range w.witnesses {
		v, err := torchwood.NewCosignatureVerifier(x.vkey)
		require.NoError(t, err)
		witnesses = append(witnesses, torchwood.SingleVerifierPolicy(v))
	}
	return torchwood.ThresholdPolicy(3, torchwood.OriginPolicy(testOrigin), torchwood.SingleVerifierPolicy(log),
		torchwood.ThresholdPolicy(w.policy.Quorum, witnesses...))
}

func TestTorchwoodReadsTheFolder(t *testing.T) {
	w := newWorld(t, 600)
	dir := grownFolder(t, w)
	raw, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	require.NoError(t, err)
	c, _, err := torchwood.VerifyCheckpoint(raw, torchwoodPolicy(t, w))
	require.NoError(t, err)
	files, err := torchwood.NewTileFS(os.DirFS(dir))
	require.NoError(t, err)
	cl, err := torchwood.NewClient(files)
	require.NoError(t, err)
	next := 0
	for i, e := range cl.AllEntries(t.Context(), c.Tree, 0) {
		require.EqualValues(t, next, i)
		require.Equal(t, w.entries[i], e)
		next++
	}
	require.NoError(t, cl.Err())
	require.Equal(t, 600, next)
}

func TestTorchwoodAcceptsTheProof(t *testing.T) {
	w := newWorld(t, 300)
	policy := torchwoodPolicy(t, w)
	for _, index := range []uint64{0, 77, 255, 256, 299} {
		p, err := board.Prove(w.checkpoint(t, 300), index, w)
		require.NoError(t, err)
		require.NoError(t, torchwood.VerifyProof(policy, tlog.RecordHash(w.entries[index]), p.Bytes()))
		require.Error(t, torchwood.VerifyProof(policy, tlog.RecordHash([]byte("x")), p.Bytes()))
		require.Equal(t, torchwood.FormatProof(int64(index), p.Hashes, p.Checkpoint), p.Bytes())
	}
	p, err := board.Prove(w.checkpoint(t, 300), 0, w)
	require.NoError(t, err)
	p.Checkpoint = w.witnessed(t, 300, 1)
	require.Error(t, torchwood.VerifyProof(policy, tlog.RecordHash(w.entries[0]), p.Bytes()))
}

// A witness of another implementation counts.
func TestTorchwoodCosignatureCounts(t *testing.T) {
	w := newWorld(t, 5)
	s, err := torchwood.NewCosignatureSigner("witness.example/t", w.witnesses[0].private)
	require.NoError(t, err)
	p := &board.Policy{Origin: testOrigin, LogKey: w.key.Public(), Witnesses: []string{s.Verifier().String()}, Quorum: 1}
	raw := w.signed(t, 5)
	joined, err := p.AddCosignatures(raw, signatureLines(t, raw, s))
	require.NoError(t, err)
	_, err = p.Open(joined)
	require.NoError(t, err)
}
