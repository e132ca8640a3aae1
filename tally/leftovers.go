package tally

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"valik/election"
)

// removeLeftovers removes what interrupted steps have left: files that were being
// written, and artefacts that have no entry on the board. The step that is done
// again makes others, and what no entry leads to may not lie in the record at the
// end. Only names of artefacts are touched; a file of another name is for the
// verifier to refuse.
//
// It implements Step.Clean of docs/protocol/steps.md.
func (f *Folder) removeLeftovers(m *election.Manifest, entries []election.Entry) error {
	paths, err := unfinished(f.Record(), f.Sealed())
	if err != nil {
		return err
	}
	record, sealed := f.artefactsWithout(m, entries)
	for _, p := range record {
		paths = append(paths, filepath.Join(f.Record(), p))
	}
	for _, p := range sealed {
		paths = append(paths, filepath.Join(f.Sealed(), p))
	}
	for _, p := range paths {
		if err := os.RemoveAll(p); err != nil {
			return err
		}
	}
	return nil
}

// unfinished lists the files under their temporary names.
func unfinished(folders ...string) ([]string, error) {
	var found []string
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if os.IsNotExist(err) {
				return nil
			}
			if err == nil && !d.IsDir() && strings.HasPrefix(d.Name(), strings.TrimSuffix(newFiles, "*")) {
				found = append(found, path)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// artefactsWithout lists the artefacts of the count that have no entry: files and
// folders of the record and of the sealed part.
func (f *Folder) artefactsWithout(m *election.Manifest, entries []election.Entry) (record, sealed []string) {
	number := func(k election.Kind) int { return len(election.Where(entries, k)) }
	order := election.RevocationsFile(number(election.KindRevocations) + 1)
	sealed = append(append(sealed, order), m.SignatureFiles(order)...)
	if number(election.KindInput) == 0 {
		record = append(record, election.InputFile, inputFolder)
		sealed = append(sealed, election.DecisionsFile, inputFolder)
	}
	for k := number(election.KindMix) + 1; k <= m.Mixers.Required; k++ {
		record = append(record, election.MixFile(k), election.MixSignatureFile(k), stem(election.MixFile(k)))
	}
	record = append(record, f.decryptionsWithout(m, entries)...)
	if number(election.KindResult) == 0 {
		record = append(record, election.ResultFile, plaintextsFolder)
		record = append(record, m.SignatureFiles(election.ResultFile)...)
	}
	return record, sealed
}

// The folders of bulk files beside input.json and result.json.
const (
	inputFolder      = "input"
	plaintextsFolder = "plaintexts"
)

// stem is the folder of the bulk files beside mix-1.json, decryption-1.json.
func stem(document string) string { return strings.TrimSuffix(document, ".json") }

// decryptionsWithout lists the decryptions that have no entry. If a decryption
// that has one cannot be found, its document was changed: then none is listed,
// since it might be that one, and the verifier says what is wrong.
func (f *Folder) decryptionsWithout(m *election.Manifest, entries []election.Entry) []string {
	at := election.Where(entries, election.KindDecryption)
	var without []string
	found := 0
	for j := 1; j <= len(m.Trustees.Cards); j++ {
		document := election.DecryptionFile(j)
		raw, err := os.ReadFile(filepath.Join(f.Record(), document))
		hash := election.HashOf(raw)
		if err == nil && slices.ContainsFunc(at, func(i int) bool { return entries[i].Artefact == hash }) {
			found++
			continue
		}
		without = append(without, document, election.DecryptionSignatureFile(j), stem(document))
	}
	if found < len(at) {
		return nil
	}
	return without
}
