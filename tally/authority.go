package tally

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"valik/eid"
	"valik/election"
)

// Authority is the officials who are at hand to sign manifest, rolls, revocations
// and result: each with a card, a file or whatever else signs for them. It prints as
// [redacted].
type Authority struct {
	Signers []eid.Signer
}

// String hides the keys.
func (*Authority) String() string { return redacted }

// GoString hides the keys.
func (*Authority) GoString() string { return redacted }

// signedFile is a document that officials sign, with the signatures beside it.
type signedFile struct {
	folder, document string
	mode             os.FileMode
}

func (f *Folder) manifestFile() signedFile {
	return signedFile{f.Record(), election.ManifestFile, public}
}

func (f *Folder) resultFile() signedFile { return signedFile{f.Record(), election.ResultFile, public} }

func (f *Folder) rollFile(changeset int) signedFile {
	return signedFile{f.Sealed(), election.RollFile(changeset), private}
}

func (f *Folder) revocationsFile(k int) signedFile {
	return signedFile{f.Sealed(), election.RevocationsFile(k), private}
}

// write writes the signatures of all officials at hand, and then the document: one
// that is there is a signed one. Signatures that the manifest demands beyond these
// are added by [Folder.Sign].
func (a *Authority) write(s signedFile, document []byte, m *election.Manifest) error {
	if err := a.check(m); err != nil {
		return err
	}
	if err := s.removeSignatures(m); err != nil {
		return err
	}
	for k, signer := range a.Signers {
		if err := s.sign(k, document, signer); err != nil {
			return err
		}
	}
	return write(s.folder, s.document, document, s.mode)
}

// check checks who is at hand, before anything is written or any card is asked.
func (a *Authority) check(m *election.Manifest) error {
	if len(a.Signers) == 0 || len(a.Signers) > m.Authority.Signatures {
		return fmt.Errorf("tally: %d officials sign, the manifest asks for %d signatures", len(a.Signers), m.Authority.Signatures)
	}
	for k, signer := range a.Signers {
		if err := requireOfficial(m, signer); err != nil {
			return err
		}
		if slices.ContainsFunc(a.Signers[:k], func(other eid.Signer) bool { return other.Certificate().Equal(signer.Certificate()) }) {
			return fmt.Errorf("%w: %s", election.ErrSameTwice, signer.Certificate().Subject)
		}
	}
	return nil
}

func requireOfficial(m *election.Manifest, signer eid.Signer) error {
	if certificate := signer.Certificate(); !slices.ContainsFunc(m.Officials(), certificate.Equal) {
		return fmt.Errorf("%w: %s is no official of it", ErrKey, certificate.Subject)
	}
	return nil
}

// removeSignatures removes what an interrupted step before has left: signatures of
// another document, whose salt or time was another.
func (s signedFile) removeSignatures(m *election.Manifest) error {
	for _, file := range m.SignatureFiles(s.document) {
		if err := os.Remove(filepath.Join(s.folder, file)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// sign writes the k-th signature, from 0.
func (s signedFile) sign(k int, document []byte, signer eid.Signer) error {
	signature, err := eid.SignCMS(context.Background(), document, signer)
	if err != nil {
		return err
	}
	return write(s.folder, election.SignatureFile(s.document, k), signature, s.mode)
}

// Sign adds an official's signature to every document of the folder that lacks one
// and that this official has not signed yet. It returns the files that it signed.
//
// It implements Step.Sign of docs/protocol/steps.md.
func (f *Folder) Sign(signer eid.Signer) ([]string, error) {
	m, err := f.Manifest()
	if err != nil {
		return nil, err
	}
	if err := requireOfficial(m, signer); err != nil {
		return nil, err
	}
	var signed []string
	for _, s := range f.signedFiles() {
		done, err := s.addSignature(m, signer)
		if err != nil {
			return signed, err
		}
		if done {
			signed = append(signed, s.document)
		}
	}
	return signed, nil
}

// signedFiles lists the documents of officials that are in the folder.
func (f *Folder) signedFiles() []signedFile {
	list := []signedFile{f.manifestFile()}
	for k := 0; f.rollFile(k).exists(); k++ {
		list = append(list, f.rollFile(k))
	}
	for k := 1; f.revocationsFile(k).exists(); k++ {
		list = append(list, f.revocationsFile(k))
	}
	if f.resultFile().exists() {
		list = append(list, f.resultFile())
	}
	return list
}

func (s signedFile) exists() bool {
	_, err := os.Stat(filepath.Join(s.folder, s.document))
	return err == nil
}

// addSignature adds the first signature that is missing, if the official has not
// signed yet. A signature that is there and wrong is an error: it is not written over.
func (s signedFile) addSignature(m *election.Manifest, signer eid.Signer) (bool, error) {
	document, err := os.ReadFile(filepath.Join(s.folder, s.document))
	if err != nil {
		return false, err
	}
	missing := -1
	for k, file := range m.SignatureFiles(s.document) {
		signature, err := os.ReadFile(filepath.Join(s.folder, file))
		if errors.Is(err, fs.ErrNotExist) {
			if missing < 0 {
				missing = k
			}
			continue
		}
		if err != nil {
			return false, err
		}
		who, err := m.VerifyOfficial(document, signature)
		if err != nil {
			return false, fmt.Errorf("%s: %w", file, err)
		}
		if who.Equal(signer.Certificate()) {
			return false, nil
		}
	}
	if missing < 0 {
		return false, nil
	}
	return true, s.sign(missing, document, signer)
}

// read reads the document if all officials who must have signed it have.
func (s signedFile) read(m *election.Manifest) ([]byte, error) {
	document, err := os.ReadFile(filepath.Join(s.folder, s.document))
	if err != nil {
		return nil, err
	}
	_, err = m.VerifyOfficials(s.document, document, func(file string) ([]byte, error) {
		b, err := os.ReadFile(filepath.Join(s.folder, file))
		if errors.Is(err, fs.ErrNotExist) {
			// Not fs.ErrNotExist: the document is there, and an official has yet to sign it.
			return nil, fmt.Errorf("%w: %s", ErrUnsigned, file)
		}
		return b, err
	})
	return document, err
}
