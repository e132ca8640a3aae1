package board

import (
	"bytes"
	"fmt"

	fproof "github.com/transparency-dev/formats/proof"
	"golang.org/x/mod/sumdb/tlog"
)

// maxProof is a checkpoint and 60 hashes in base64, with room for the fixed lines.
const maxProof = MaxCheckpoint + 4<<10

// Proof shows to somebody offline that an entry is in the log: its index, its
// audit path and a checkpoint (c2sp.org/tlog-proof).
type Proof struct {
	Index      uint64
	Hashes     []tlog.Hash // from the leaf's sibling upwards
	Checkpoint []byte      // signed note, not verified before Verify
}

// Prove makes the proof for the entry at index under a checkpoint. It verifies
// the proof against the store's own leaf hash, so that a damaged store hands out
// no receipt that fails later: ErrStore. Other errors: ErrOutside, and those of
// the reader.
// It implements Proof.Make of docs/protocol/board.md.
func Prove(c *Checkpoint, index uint64, r tlog.HashReader) (*Proof, error) {
	path, err := ProveInclusion(c.Size, index, r)
	if err != nil {
		return nil, err
	}
	leaf, err := r.ReadHashes([]int64{tlog.StoredHashIndex(0, int64(index))})
	if err != nil {
		return nil, err
	}
	if len(leaf) != 1 {
		return nil, fmt.Errorf("%w: %d hashes for one number", ErrStore, len(leaf))
	}
	if err := VerifyInclusion(path, c.Size, c.Root, index, leaf[0]); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStore, err)
	}
	return &Proof{Index: index, Hashes: path, Checkpoint: bytes.Clone(c.Raw)}, nil
}

// Bytes is the textual form.
// It implements Proof.Parse of docs/protocol/board.md.
func (p *Proof) Bytes() []byte {
	t := fproof.TLogProof{Index: p.Index, Checkpoint: p.Checkpoint}
	for _, h := range p.Hashes {
		t.Hashes = append(t.Hashes, h)
	}
	return t.Marshal()
}

// ParseProof reads what Bytes wrote and nothing else; the optional extra line
// of the format is refused, since nothing authenticates it. Errors: ErrTooLarge,
// ErrMalformed. The checkpoint inside is not looked at before Verify.
// It implements Proof.Parse of docs/protocol/board.md.
func ParseProof(b []byte) (*Proof, error) {
	if len(b) > maxProof {
		return nil, fmt.Errorf("%w: proof of %d bytes", ErrTooLarge, len(b))
	}
	var t fproof.TLogProof
	if err := t.Unmarshal(b); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	p := &Proof{Index: t.Index, Checkpoint: t.Checkpoint}
	for _, h := range t.Hashes {
		p.Hashes = append(p.Hashes, h)
	}
	if !bytes.Equal(p.Bytes(), b) {
		return nil, fmt.Errorf("%w: proof is not spelled as it would be written", ErrMalformed)
	}
	return p, nil
}

// Verify checks the checkpoint against the policy and that the entry with this
// data is at p.Index of its tree. It returns the checkpoint. Errors: those of
// Policy.Open, ErrOutside, ErrInclusion.
// It implements Proof.Verify of docs/protocol/board.md.
func (p *Proof) Verify(policy *Policy, leaf []byte) (*Checkpoint, error) {
	c, err := policy.Open(p.Checkpoint)
	if err != nil {
		return nil, err
	}
	if err := VerifyInclusion(p.Hashes, c.Size, c.Root, p.Index, LeafHash(leaf)); err != nil {
		return nil, err
	}
	return c, nil
}
