// Package boardtest makes boards for tests: with witnesses, and with a holder of
// the board's key who can sign whatever a test wants. All keys come from seeds that
// everybody knows and protect nothing. Programs do not use it.
package boardtest

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"valik/board"
)

func seed(name string) []byte {
	s := sha256.Sum256([]byte("valik test seed, not secret: " + name))
	return s[:]
}

// Key is the known key of a log.
func Key(origin string) *board.Key {
	private := ed25519.NewKeyFromSeed(seed(origin))
	hash := keyHash(origin, 1, private)
	k, err := board.ParseKey(fmt.Sprintf("PRIVATE+KEY+%s+%x+%s", origin, hash, b64(append([]byte{1}, private.Seed()...))))
	if err != nil {
		panic(err)
	}
	return k
}

// Witness cosigns whatever it is shown.
type Witness struct {
	Name string
	key  ed25519.PrivateKey
}

// NewWitness is the witness with the known key of this seed's name.
func NewWitness(name, seedName string) *Witness {
	return &Witness{name, ed25519.NewKeyFromSeed(seed(seedName))}
}

// Vkey is the witness's public key as a manifest names it.
func (w *Witness) Vkey() string {
	return fmt.Sprintf("%s+%x+%s", w.Name, keyHash(w.Name, 4, w.key), b64(append([]byte{4}, w.key.Public().(ed25519.PublicKey)...)))
}

// Line is the witness's signature line under a checkpoint (cosignature/v1).
func (w *Witness) Line(checkpoint []byte, at int64) []byte {
	text := checkpoint[:bytes.LastIndex(checkpoint, []byte("\n\n"))+1]
	signature := ed25519.Sign(w.key, fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at, text))
	line := binary.BigEndian.AppendUint64(keyHash(w.Name, 4, w.key), uint64(at))
	return fmt.Appendf(nil, "— %s %s\n", w.Name, b64(append(line, signature...)))
}

func keyHash(name string, kind byte, key ed25519.PrivateKey) []byte {
	h := sha256.Sum256(append(append([]byte(name+"\n"), kind), key.Public().(ed25519.PublicKey)...))
	return h[:4:4]
}

func b64(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// Log is a log in memory that can be grown, cut and signed at will.
type Log struct {
	Key       *board.Key
	Witnesses []*Witness // who cosign its checkpoints
	At        int64      // the witnesses' clock, seconds since 1970
	Entries   [][]byte
}

// Fork is a log of the same keys that begins with the first n entries.
func (l *Log) Fork(n int, more ...[]byte) *Log {
	f := *l
	f.Entries = append(slices.Clone(l.Entries[:n]), more...)
	return &f
}

// Checkpoint is the signed and cosigned checkpoint at a size.
func (l *Log) Checkpoint(size int) []byte {
	root, err := l.tree().Root(uint64(size))
	if err != nil {
		panic(err)
	}
	raw, err := board.SignCheckpoint(l.Key, uint64(size), root)
	if err != nil {
		panic(err)
	}
	signed := bytes.Clone(raw)
	for _, w := range l.Witnesses {
		signed = append(signed, w.Line(raw, l.At)...)
	}
	return signed
}

// Fetch serves the log as it is now.
func (l *Log) Fetch(path string) ([]byte, error) {
	if path == board.CheckpointFile {
		return l.Checkpoint(len(l.Entries)), nil
	}
	b, err := board.TileData(uint64(len(l.Entries)), path, l)
	if errors.Is(err, board.ErrOutside) || errors.Is(err, board.ErrMalformed) {
		return nil, fs.ErrNotExist
	}
	return b, err
}

// ReadEntries makes a log a board.Store.
func (l *Log) ReadEntries(first uint64, n int) ([][]byte, error) {
	return l.Entries[first : first+uint64(n)], nil
}

// ReadHashes makes a log a board.Store.
func (l *Log) ReadHashes(indexes []int64) ([]tlog.Hash, error) { return l.tree().ReadHashes(indexes) }

func (l *Log) tree() *board.Tree {
	t, err := board.NewTree(l.Entries)
	if err != nil {
		panic(err)
	}
	return t
}
