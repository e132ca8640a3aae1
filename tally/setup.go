package tally

import (
	"crypto"
	"errors"
	"os"
	"path/filepath"

	"valik/board"
	"valik/eid"
	"valik/election"
)

// Authority is who signs manifest, rolls and revocations: the key of the
// certificate in the manifest.
type Authority struct {
	Key crypto.Signer
}

// sign signs a document as the authority of the manifest.
func (a *Authority) sign(m *election.Manifest, document []byte) ([]byte, error) {
	return eid.SignCMS(document, m.AuthorityCertificate(), a.Key)
}

// Setup begins an election in an empty folder: manifest and initial voter roll,
// signed by the authority, and a board whose first entry is the manifest. The
// order in which things are written lets an interrupted setup be done again with
// the same manifest. Errors: [ErrDone] if the board is there already.
//
// It implements Step.Setup of docs/protocol/steps.md.
func (f *Folder) Setup(m *election.Manifest, roll *election.Roll, authority *Authority, key *board.Key) error {
	if _, err := os.Stat(filepath.Join(f.Record(), election.CheckpointFile)); err == nil {
		return ErrDone
	}
	if err := roll.Check(m); err != nil {
		return err
	}
	if roll.Changeset != 0 {
		return errors.New("tally: an election begins with the initial roll, changeset 0")
	}
	if err := f.writeSigned(f.Record(), election.ManifestFile, election.ManifestSignatureFile, m.Bytes(), m, authority, public); err != nil {
		return err
	}
	if err := f.writeSigned(f.Sealed(), election.RollFile(0), election.RollSignatureFile(0), roll.Bytes(), m, authority, private); err != nil {
		return err
	}
	log, err := board.CreateFolder(f.Record(), m.Policy(), key)
	if err != nil {
		return err
	}
	_, err = log.Append(key, election.NewEntry(election.KindManifest, m.Fingerprint(), m.Fingerprint()).Bytes())
	return errors.Join(err, log.Close())
}

// writeSigned writes a document and the authority's signature of it.
func (f *Folder) writeSigned(folder, path, signaturePath string, document []byte, m *election.Manifest, a *Authority, mode os.FileMode) error {
	signature, err := a.sign(m, document)
	if err != nil {
		return err
	}
	if err := write(folder, signaturePath, signature, mode); err != nil {
		return err
	}
	return write(folder, path, document, mode)
}
