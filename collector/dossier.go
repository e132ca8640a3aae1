package collector

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"valik/board"
	"valik/crypto/threshold"
	"valik/election"
)

// The two halves of an election's folder.
const (
	recordFolder = "record"
	sealedFolder = "sealed"
)

// dossier is the election's folder, verified: what the officer's setup made.
type dossier struct {
	manifest           *election.Manifest
	manifestSignatures [][]byte
	ceremony           []byte
	keys               *threshold.Keys
	rolls              []*election.Roll // by changeset, from 0
	rollHashes         []election.Hash
	checkpoint         *board.Checkpoint // the board as the folder has it
	leaves             [][]byte
	entries            []election.Entry
}

// loadDossier reads the folder and verifies all of it: signatures of the authority, key
// ceremony, rolls, and that the board in it logs just these. Errors name the file.
func loadDossier(folder fs.FS) (*dossier, error) {
	d := new(dossier)
	for _, step := range []func(fs.FS) error{d.loadManifest, d.loadCeremony, d.loadRolls, d.loadBoard} {
		if err := step(folder); err != nil {
			return nil, fmt.Errorf("collector: election folder: %w", err)
		}
	}
	return d, d.checkArtefacts()
}

func (d *dossier) loadManifest(folder fs.FS) error {
	name := path.Join(recordFolder, election.ManifestFile)
	raw, err := fs.ReadFile(folder, name)
	if err != nil {
		return err
	}
	if d.manifest, err = election.ParseManifest(raw); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	d.manifestSignatures, err = d.signedByOfficials(folder, raw, name)
	return err
}

// signedByOfficials reads the signature files of a document and verifies them.
func (d *dossier) signedByOfficials(folder fs.FS, document []byte, name string) ([][]byte, error) {
	return d.manifest.VerifyOfficials(name, document, func(file string) ([]byte, error) { return fs.ReadFile(folder, file) })
}

// signatureHashes are the hashes of the manifest's signatures, in order.
func (d *dossier) signatureHashes() []election.Hash {
	hashes := make([]election.Hash, len(d.manifestSignatures))
	for k, signature := range d.manifestSignatures {
		hashes[k] = election.HashOf(signature)
	}
	return hashes
}

func (d *dossier) loadCeremony(folder fs.FS) error {
	name := path.Join(recordFolder, election.CeremonyFile)
	var err error
	if d.ceremony, err = fs.ReadFile(folder, name); err != nil {
		return err
	}
	ceremony, err := election.ParseCeremony(d.ceremony)
	if err == nil {
		d.keys, err = ceremony.Verify(d.manifest)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// loadRolls reads changeset 0 and all that follow without a gap.
func (d *dossier) loadRolls(folder fs.FS) error {
	for k := 0; ; k++ {
		name := path.Join(sealedFolder, election.RollFile(k))
		raw, err := fs.ReadFile(folder, name)
		if errors.Is(err, fs.ErrNotExist) && k > 0 {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := d.signedByOfficials(folder, raw, name); err != nil {
			return err
		}
		roll, err := election.ParseRoll(raw)
		if err == nil {
			err = roll.Check(d.manifest)
		}
		if err == nil && roll.Changeset != k {
			err = fmt.Errorf("it is changeset %d", roll.Changeset)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		d.rolls = append(d.rolls, roll)
		d.rollHashes = append(d.rollHashes, election.HashOf(raw))
	}
}

// loadBoard reads the log in the folder. Its checkpoint may still lack the witnesses.
func (d *dossier) loadBoard(folder fs.FS) error {
	record, err := fs.Sub(folder, recordFolder)
	if err != nil {
		return err
	}
	policy := *d.manifest.Policy()
	policy.Quorum = 0
	if d.checkpoint, d.leaves, err = board.ReadAll(record, &policy); err != nil {
		return err
	}
	if d.entries, err = election.ParseEntries(d.leaves); err != nil {
		return err
	}
	if len(d.entries) < 3 {
		return fmt.Errorf("the board has %d entries: finish the key ceremony first", len(d.entries))
	}
	return election.CheckOrder(d.entries, d.manifest)
}

// checkArtefacts makes sure that the board logs the files that lie beside it.
func (d *dossier) checkArtefacts() error {
	rolls := 0
	for i, e := range d.entries {
		var have election.Hash
		switch e.Kind {
		case election.KindManifest:
			have = d.manifest.Fingerprint()
		case election.KindCeremony:
			have = election.HashOf(d.ceremony)
		case election.KindRoll:
			if rolls == len(d.rollHashes) {
				return fmt.Errorf("collector: election folder: board entry %d: the roll of changeset %d is missing", i, rolls)
			}
			have = d.rollHashes[rolls]
			rolls++
		default:
			continue
		}
		if !bytes.Equal(have[:], e.Artefact[:]) {
			return fmt.Errorf("collector: election folder: board entry %d is another %s than the one in the folder", i, e.Kind)
		}
	}
	return nil
}
