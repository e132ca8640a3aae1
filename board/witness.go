package board

import (
	"bytes"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// WitnessRequest is the body with which a log asks a witness (add-checkpoint of
// c2sp.org/tlog-witness) to cosign a checkpoint: old is the size that the
// witness has seen last, 0 if none, and proof the consistency proof from there.
// It implements Witness.Request of docs/protocol/board.md.
func WitnessRequest(old uint64, proof []tlog.Hash, checkpoint []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "old %d\n", old)
	for _, h := range proof {
		fmt.Fprintf(&b, "%v\n", h)
	}
	b.WriteByte('\n')
	b.Write(checkpoint)
	return b.Bytes()
}

// AddCosignatures joins a checkpoint and the signature lines that a witness has
// answered. Lines of keys that are not in the policy are dropped, a wrong line
// of a key that is in it is refused, and the quorum is not asked for yet.
// Errors: those of Policy.Open.
// It implements Witness.Merge of docs/protocol/board.md.
func (p *Policy) AddCosignatures(checkpoint, lines []byte) ([]byte, error) {
	before, err := p.withoutQuorum().Open(checkpoint)
	if err != nil {
		return nil, err
	}
	ks, err := p.keys()
	if err != nil {
		return nil, err
	}
	n, err := openNote(append(bytes.Clone(checkpoint), lines...), ks)
	if err != nil {
		return nil, fmt.Errorf("board: answer of a witness: %w", err)
	}
	n.UnverifiedSigs = nil
	joined, err := note.Sign(n)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	after, err := p.withoutQuorum().Open(joined)
	if err != nil {
		return nil, err
	}
	if after.Size != before.Size || after.Root != before.Root {
		return nil, fmt.Errorf("%w: answer of a witness changes the checkpoint", ErrMalformed)
	}
	return joined, nil
}
