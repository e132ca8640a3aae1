package tally

import (
	"errors"
	"fmt"

	"valik/board"
)

// WitnessRequest is what the board asks a witness for its cosignature with: the
// body of add-checkpoint in c2sp.org/tlog-witness. old is the size that the
// witness has seen last, 0 if none. The request is carried to the witness by any
// means, so that the machine that counts needs no network.
//
// It implements Step.Witness of docs/protocol/steps.md.
func (f *Folder) WitnessRequest(old uint64) (_ []byte, err error) {
	log, err := f.anyBoard()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	c := log.Checkpoint()
	if old > c.Size {
		return nil, fmt.Errorf("tally: the board has %d entries: no witness has seen %d", c.Size, old)
	}
	proof, err := board.ProveConsistency(old, c.Size, log)
	if err != nil {
		return nil, err
	}
	return board.WitnessRequest(old, proof, c.Raw), nil
}

// Cosign adds the witnesses' answers, of which there must be a quorum, to the
// checkpoint. It returns the size of the board that they have seen.
//
// It implements Step.Cosign of docs/protocol/steps.md.
func (f *Folder) Cosign(answers ...[]byte) (size uint64, err error) {
	m, err := f.Manifest()
	if err != nil {
		return 0, err
	}
	log, err := f.anyBoard()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	note := log.Checkpoint().Raw
	for _, lines := range answers {
		if note, err = m.Policy().AddCosignatures(note, lines); err != nil {
			return 0, err
		}
	}
	return log.Checkpoint().Size, log.Publish(note)
}

// anyBoard opens the board of the folder; its key is not needed.
func (f *Folder) anyBoard() (*board.Folder, error) {
	m, err := f.Manifest()
	if err != nil {
		return nil, err
	}
	return board.OpenFolder(f.Record(), m.Policy())
}
