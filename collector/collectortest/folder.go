package collectortest

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/board"
	"valik/eid"
	"valik/election"
)

// LogSetup logs manifest, ceremony and roll, as they lie in the folder.
func (w *World) LogSetup(t testing.TB) {
	t.Helper()
	w.Grow(t, election.KindManifest, w.Fingerprint())
	w.Grow(t, election.KindCeremony, election.HashOf(w.Read(t, "record/"+election.CeremonyFile)))
	w.Grow(t, election.KindRoll, election.HashOf(w.Read(t, "sealed/"+election.RollFile(0))))
}

// Grow appends an entry to the board in the folder, as officials do.
func (w *World) Grow(t testing.TB, kind election.Kind, artefact election.Hash) {
	t.Helper()
	log, err := board.OpenFolder(filepath.Join(w.Dir, "record"), w.Manifest.Policy())
	require.NoError(t, err)
	_, err = log.Append(w.BoardKey, election.NewEntry(kind, w.Fingerprint(), artefact).Bytes())
	require.NoError(t, err)
	require.NoError(t, log.Close())
}

// Reset makes the board in the folder empty.
func (w *World) Reset(t testing.TB) {
	t.Helper()
	record := filepath.Join(w.Dir, "record")
	require.NoError(t, os.RemoveAll(filepath.Join(record, election.TileFolder)))
	require.NoError(t, os.Remove(filepath.Join(record, election.CheckpointFile)))
	w.createBoard(t)
}

func (w *World) createBoard(t testing.TB) {
	log, err := board.CreateFolder(filepath.Join(w.Dir, "record"), w.Manifest.Policy(), w.BoardKey)
	require.NoError(t, err)
	require.NoError(t, log.Close())
}

// Load reads the folder of New in another process: manifest and keys, no voters.
func Load(dir string) (*World, error) {
	w := &World{Dir: dir}
	var parts [3][]byte
	for i, name := range []string{boardKeyFile, receiptKeyFile, "record/" + election.ManifestFile} {
		var err error
		if parts[i], err = os.ReadFile(filepath.Join(dir, name)); err != nil {
			return nil, err
		}
	}
	var err error
	if w.BoardKey, err = board.ParseKey(strings.TrimSpace(string(parts[0]))); err != nil {
		return nil, err
	}
	block, _ := pem.Decode(parts[1])
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	w.ReceiptKey = key.(ed25519.PrivateKey)
	w.Manifest, err = election.ParseManifest(parts[2])
	return w, err
}

// WriteRoll puts a version of the voter roll into the folder.
func (w *World) WriteRoll(t testing.TB, changeset int, voters []*Voter) {
	lines := make([]election.Voter, len(voters))
	for i, v := range voters {
		lines[i] = *v.Voter
	}
	sort.Slice(lines, func(i, j int) bool { return lines[i].Code < lines[j].Code })
	var salt election.Salt
	rand.Read(salt[:])
	roll, err := election.NewRoll(w.Fingerprint(), changeset, salt, election.At(Opens), election.At(Closes), lines)
	require.NoError(t, err)
	w.WriteSigned(t, "sealed/"+election.RollFile(changeset), roll.Bytes())
}

// WriteSigned writes a document and the signature of the official.
func (w *World) WriteSigned(t testing.TB, name string, document []byte) {
	signature, err := eid.SignCMS(t.Context(), document, w.Official)
	require.NoError(t, err)
	w.WriteFile(t, name, document)
	w.WriteFile(t, name+".p7s", signature)
}

// WriteFile writes a file of the folder.
func (w *World) WriteFile(t testing.TB, name string, content []byte) {
	file := filepath.Join(w.Dir, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
	require.NoError(t, os.WriteFile(file, content, 0o600))
}

// Read reads a file of the folder.
func (w *World) Read(t testing.TB, name string) []byte {
	b, err := os.ReadFile(filepath.Join(w.Dir, name))
	require.NoError(t, err)
	return b
}
