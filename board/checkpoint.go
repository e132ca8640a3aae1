package board

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"strings"

	flog "github.com/transparency-dev/formats/log"
	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	// MaxSize bounds the number of entries. Above 2^62 the tree's mathematics
	// in tlog, which counts in int64, would not end.
	MaxSize = 1 << 60
	// MaxCheckpoint bounds a checkpoint's bytes: 64 post-quantum cosignatures fit.
	MaxCheckpoint = 256 << 10
)

// Checkpoint is the state of a log that its signers vouch for.
type Checkpoint struct {
	Origin       string
	Size         uint64    // number of entries
	Root         tlog.Hash // root of the tree over them
	Raw          []byte    // the signed note as it was read or written
	Cosignatures []Cosignature
}

// Cosignature is a witness's verified statement that at this time this was the
// largest tree of this log that it knew, and an extension of all before.
type Cosignature struct {
	Witness string // the witness's name
	Time    int64  // seconds since 1970, the witness's clock
}

// SignCheckpoint signs the tree of this size and root for the key's log. The
// caller must never sign two trees of which one does not extend the other.
// It implements Checkpoint.Sign of docs/protocol/board.md.
func SignCheckpoint(k *Key, size uint64, root tlog.Hash) ([]byte, error) {
	if err := checkSize(size); err != nil {
		return nil, err
	}
	return note.Sign(&note.Note{Text: body(k.name, size, root)}, k.signer)
}

func body(origin string, size uint64, root tlog.Hash) string {
	return string(flog.Checkpoint{Origin: origin, Size: size, Hash: root[:]}.Marshal())
}

// Open verifies a checkpoint against the policy: canonical form, the log's
// signature and origin, and the quorum of distinct witnesses. Errors wrap
// ErrPolicy, ErrTooLarge, ErrMalformed, ErrSignature, ErrOrigin or ErrQuorum.
// It implements Checkpoint.Open of docs/protocol/board.md.
func (p *Policy) Open(raw []byte) (*Checkpoint, error) {
	ks, err := p.keys()
	if err != nil {
		return nil, err
	}
	n, err := openNote(raw, ks)
	if err != nil {
		return nil, err
	}
	c, err := parseBody(n.Text)
	if err != nil {
		return nil, err
	}
	if c.Origin != p.Origin {
		return nil, fmt.Errorf("%w: origin %q, not %q", ErrOrigin, c.Origin, p.Origin)
	}
	c.Raw = bytes.Clone(raw)
	if c.Cosignatures, err = ks.cosignatures(n.Sigs); err != nil {
		return nil, err
	}
	if have := len(c.Cosignatures); have < p.Quorum {
		return nil, &QuorumError{Have: have, Want: p.Quorum}
	}
	return c, nil
}

// openNote verifies every signature whose key is known; a wrong one spoils the
// note. Lines of unknown keys are skipped, as signed-note demands.
func openNote(raw []byte, ks *keys) (*note.Note, error) {
	if len(raw) > MaxCheckpoint {
		return nil, fmt.Errorf("%w: checkpoint of %d bytes", ErrTooLarge, len(raw))
	}
	n, err := note.Open(raw, ks.known())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", noteReason(err), err)
	}
	for _, s := range n.Sigs {
		if s.Name == ks.log.Name() && s.Hash == ks.log.verifier.KeyHash() {
			return n, checkLines(raw[len(n.Text)+1:])
		}
	}
	return nil, fmt.Errorf("%w: no line of %q", ErrSignature, ks.log)
}

// noteReason tells a wrong or missing signature from bytes that are no note.
func noteReason(err error) error {
	var unverified *note.UnverifiedNoteError
	var invalid *note.InvalidSignatureError
	if errors.As(err, &unverified) || errors.As(err, &invalid) {
		return ErrSignature
	}
	return ErrMalformed
}

// checkLines refuses base64 with loose ends, which note.Open would accept: one
// signature must not have several spellings.
func checkLines(sigs []byte) error {
	for line := range strings.Lines(string(sigs)) {
		b64 := strings.TrimSuffix(line[strings.LastIndex(line, " ")+1:], "\n")
		if _, err := base64.StdEncoding.Strict().DecodeString(b64); err != nil {
			return fmt.Errorf("%w: signature line %q: %w", ErrMalformed, line, err)
		}
	}
	return nil
}

// parseBody reads the three lines of a checkpoint and nothing else: extension
// lines would be signed statements that nobody checks.
func parseBody(text string) (*Checkpoint, error) {
	var c flog.Checkpoint
	if _, err := c.Unmarshal([]byte(text)); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if len(c.Hash) != tlog.HashSize {
		return nil, fmt.Errorf("%w: root of %d bytes", ErrMalformed, len(c.Hash))
	}
	root := tlog.Hash(c.Hash)
	if text != body(c.Origin, c.Size, root) {
		return nil, fmt.Errorf("%w: checkpoint text %q", ErrMalformed, text)
	}
	if err := checkSize(c.Size); err != nil {
		return nil, err
	}
	if c.Size == 0 && root != emptyRoot {
		return nil, fmt.Errorf("%w: empty tree with root %v", ErrMalformed, root)
	}
	return &Checkpoint{Origin: c.Origin, Size: c.Size, Root: root}, nil
}

// cosignatures picks the witnesses' lines out of verified signatures. note.Open
// gives one line for each key, and a valid policy has one key for each witness.
func (ks *keys) cosignatures(sigs []note.Signature) ([]Cosignature, error) {
	var cs []Cosignature
	for _, s := range sigs {
		if s.Name == ks.log.Name() {
			continue
		}
		t, err := fnote.CoSigV1Timestamp(s)
		if err != nil || t.Unix() < 0 {
			return nil, fmt.Errorf("%w: time of the cosignature of %q is above %d", ErrMalformed, s.Name, math.MaxInt64)
		}
		cs = append(cs, Cosignature{Witness: s.Name, Time: t.Unix()})
	}
	return cs, nil
}

func checkSize(size uint64) error {
	if size > MaxSize {
		return fmt.Errorf("%w: %d entries", ErrTooLarge, size)
	}
	return nil
}
