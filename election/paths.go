package election

import (
	"fmt"
	"slices"
	"strings"
)

// The files of the record, which is published. Nothing else may lie there but
// the tiles of the board, see docs/protocol/record.md.
const (
	CheckpointFile = "checkpoint"
	TileFolder     = "tile"
	ManifestFile   = "manifest.json"
	CeremonyFile   = "ceremony.json"
	OpenFile       = "open.json"
	CloseFile      = "close.json"
	SettlementFile = "settlement.jsonl" // where the manifest lets evidence come later
	BallotsFile    = "ballots.jsonl"    // profile open
	InputFile      = "input.json"
	ResultFile     = "result.json"
)

// The files that are sealed: for those who count and for accredited observers.
const (
	BoxFile       = "box.jsonl"
	DecisionsFile = "decisions.jsonl"
)

// SignatureFile is the k-th official's signature of a document, from 0.
func SignatureFile(document string, k int) string {
	if k == 0 {
		return document + ".p7s"
	}
	return fmt.Sprintf("%s.%d.p7s", document, k+1)
}

// SignatureFiles lists the files of all signatures that a document must have.
func (m *Manifest) SignatureFiles(document string) []string {
	files := make([]string, m.Authority.Signatures)
	for k := range files {
		files[k] = SignatureFile(document, k)
	}
	return files
}

// RevocationListFile is a sealed revocation list of an eID issuer, by its hash.
func RevocationListFile(hash Hash) string { return "crl/" + hash.String() + ".crl" }

// RollFile is the sealed roll of a changeset.
func RollFile(changeset int) string { return fmt.Sprintf("roll-%d.jsonl", changeset) }

// RevocationsFile is the sealed revocation document number k, from 1.
func RevocationsFile(k int) string { return fmt.Sprintf("revocations-%d.json", k) }

// InputBin is the rows of a list of the mix input; sealed in profile guarded.
func InputBin(id ListID) string { return "input/" + id.Stem() + ".bin" }

// MixFile is the document of mix k, from 1.
func MixFile(k int) string { return fmt.Sprintf("mix-%d.json", k) }

// MixSignatureFile is the mixer's signature of it.
func MixSignatureFile(k int) string { return MixFile(k) + ".sig" }

// MixBin is the rows of a list after mix k.
func MixBin(k int, id ListID) string { return fmt.Sprintf("mix-%d/%s.bin", k, id.Stem()) }

// MixProof is the shuffle proof of a list in mix k.
func MixProof(k int, id ListID) string { return fmt.Sprintf("mix-%d/%s.proof", k, id.Stem()) }

// DecryptionFile is the document of trustee j, from 1.
func DecryptionFile(j int) string { return fmt.Sprintf("decryption-%d.json", j) }

// DecryptionSignatureFile is the trustee's signature of it.
func DecryptionSignatureFile(j int) string { return DecryptionFile(j) + ".sig" }

// DecryptionBin is the shares of a list from trustee j.
func DecryptionBin(j int, id ListID) string {
	return fmt.Sprintf("decryption-%d/%s.bin", j, id.Stem())
}

// PlaintextsBin is the decrypted points of a list, 32 bytes a slot.
func PlaintextsBin(id ListID) string { return "plaintexts/" + id.Stem() + ".bin" }

// BallotFile is the name of the inner ballot in the voter's container.
func BallotFile(m *Manifest) string { return m.ID + ".ballot" }

// MayLieInRecord reports whether a file of the published record may have this
// path; the tiles of the board are checked by their own package.
//
// It implements Record.Path of docs/protocol/record.md.
func (m *Manifest) MayLieInRecord(path string) bool {
	return slices.Contains(m.recordPaths(), path) || strings.HasPrefix(path, TileFolder+"/")
}

func (m *Manifest) recordPaths() []string {
	paths := []string{
		CheckpointFile, ManifestFile, CeremonyFile, OpenFile, CloseFile, InputFile, ResultFile,
	}
	paths = append(paths, m.SignatureFiles(ManifestFile)...)
	paths = append(paths, m.SignatureFiles(ResultFile)...)
	if m.Settles() {
		paths = append(paths, SettlementFile)
	}
	if m.Profile == ProfileOpen {
		paths = append(paths, BallotsFile)
	}
	for k := range m.Mixers.Required {
		paths = append(paths, MixFile(k+1), MixSignatureFile(k+1))
	}
	for j := range m.Trustees.Cards {
		paths = append(paths, DecryptionFile(j+1), DecryptionSignatureFile(j+1))
	}
	for _, id := range m.ListIDs() {
		paths = append(paths, m.listPaths(id)...)
	}
	return paths
}

func (m *Manifest) listPaths(id ListID) []string {
	paths := []string{PlaintextsBin(id)}
	if m.Profile == ProfileOpen {
		paths = append(paths, InputBin(id))
	}
	for k := range m.Mixers.Required {
		paths = append(paths, MixBin(k+1, id), MixProof(k+1, id))
	}
	for j := range m.Trustees.Cards {
		paths = append(paths, DecryptionBin(j+1, id))
	}
	return paths
}
