package verifier

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"valik/election"
)

// recordFiles checks that every artefact that the board names is there with its
// hash, and that nothing else lies in the record: what no hash covers could say
// anything.
//
// It implements Record.Files of docs/protocol/verify.md.
var recordFiles = check{
	id:    "record.files",
	title: "every file that the board names is there with its hash, and no other",
	stage: Prepared,
	needs: []string{"board.entries"},
	run: func(s *State) (int, error) {
		c := &catalogue{s: s, known: map[string]bool{}}
		c.collect()
		if s.stage == Finished {
			c.refuseOthers()
		}
		return len(c.known), c.faults.err()
	},
}

// catalogue goes from the board to every file of the record.
type catalogue struct {
	s      *State
	known  map[string]bool
	faults faults
}

func (c *catalogue) collect() {
	c.known[election.CheckpointFile] = true
	c.known[election.ManifestFile] = true
	for _, file := range c.s.Manifest.SignatureFiles(election.ManifestFile) {
		c.known[file] = true
	}
	c.document(election.CeremonyFile, election.KindCeremony, 0)
	if open, ok := parsed(c, election.OpenFile, election.KindOpen, 0, election.ParseOpen); ok {
		c.signatures(open)
	}
	c.document(election.CloseFile, election.KindClose, 0)
	if settlement, ok := parsed(c, election.SettlementFile, election.KindSettlement, 0, election.ParseSettlement); ok {
		c.s.Settlement = settlement
	}
	if c.s.Manifest.Profile == election.ProfileOpen && c.s.number(election.KindClose) > 0 {
		c.known[election.BallotsFile] = true // its lines are the board's leaves: ballots.leaves
	}
	c.input()
	for i := range c.s.number(election.KindMix) {
		c.mix(i)
	}
	for i := range c.s.number(election.KindDecryption) {
		c.decryption(i)
	}
	c.result()
}

// signatures checks the files of the officials' signatures of the manifest, which
// the opening names: CMS leaves bytes that no signature covers.
func (c *catalogue) signatures(open *election.Open) {
	files := c.s.Manifest.SignatureFiles(election.ManifestFile)
	if len(open.Signatures) != len(files) {
		c.faults.add("%s names %d signatures of the manifest, not %d", election.OpenFile, len(open.Signatures), len(files))
		return
	}
	for k, file := range files {
		if exists(c.s.in.Record, file) { // or else manifest.signature has failed
			c.file(file, open.Signatures[k])
		}
	}
}

func (c *catalogue) input() {
	in, ok := parsed(c, election.InputFile, election.KindInput, 0, election.ParseInput)
	if !ok {
		return
	}
	c.s.Input = in
	if c.s.Manifest.Profile == election.ProfileOpen {
		for _, l := range in.Lists {
			c.bulk(election.InputBin(l.ID()), l.Ciphertexts)
		}
	}
}

func (c *catalogue) mix(i int) {
	mix, ok := parsed(c, election.MixFile(i+1), election.KindMix, i, election.ParseMix)
	if !ok {
		return
	}
	c.s.Mixes = append(c.s.Mixes, mix)
	c.known[election.MixSignatureFile(i+1)] = true
	for _, l := range mix.Lists {
		c.bulk(election.MixBin(i+1, l.ID()), l.Ciphertexts)
		c.bulk(election.MixProof(i+1, l.ID()), l.Proof)
	}
}

// decryption finds the file by its hash: the board says who decrypted only
// through the document.
func (c *catalogue) decryption(i int) {
	hash, _ := c.s.artefact(election.KindDecryption, i)
	for j := 1; j <= len(c.s.Manifest.Trustees.Cards); j++ {
		path := election.DecryptionFile(j)
		raw, err := read(c.s.in.Record, path, documentLimit)
		if err != nil || election.HashOf(raw) != hash {
			continue
		}
		d, err := election.ParseDecryption(raw)
		if err != nil {
			c.faults.add("%s: %w", path, err)
			return
		}
		if d.Trustee != j {
			c.faults.add("%s is the decryption of trustee %d", path, d.Trustee)
			return
		}
		c.known[path] = true
		c.known[election.DecryptionSignatureFile(j)] = true
		c.s.Decryptions = append(c.s.Decryptions, d)
		for _, l := range d.Lists {
			c.bulk(election.DecryptionBin(j, l.ID()), l.Shares)
		}
		return
	}
	c.faults.add("no decryption has the hash %s of the board's entry", hash)
}

func (c *catalogue) result() {
	result, ok := parsed(c, election.ResultFile, election.KindResult, 0, election.ParseResult)
	if !ok {
		return
	}
	c.s.Result = result
	for _, file := range c.s.Manifest.SignatureFiles(election.ResultFile) {
		c.known[file] = true // result.signature verifies them
	}
	for _, l := range result.Lists {
		c.bulk(election.PlaintextsBin(l.ID()), l.Plaintexts)
	}
}

// document checks the file of an entry, if there is that entry.
func (c *catalogue) document(path string, kind election.Kind, n int) []byte {
	hash, ok := c.s.artefact(kind, n)
	if !ok {
		return nil
	}
	return c.file(path, hash)
}

// file checks that a document has a hash.
func (c *catalogue) file(path string, hash election.Hash) []byte {
	c.known[path] = true
	b, err := readHash(c.s.in.Record, path, hash, limitOf(path))
	if err != nil {
		c.faults.add("%w", err)
		return nil
	}
	return b
}

// limitOf bounds the file of an entry: only the settlement is a list, of as many lines
// as there are ballots if a service was away for the whole of the polls.
func limitOf(path string) int64 {
	if path == election.SettlementFile {
		return listLimit
	}
	return documentLimit
}

// bulk checks that a file of any size has a hash.
func (c *catalogue) bulk(path string, hash election.Hash) {
	c.known[path] = true
	if err := checkHash(c.s.in.Record, path, hash); err != nil {
		c.faults.add("%w", err)
	}
}

// parsed checks the file of an entry and reads it.
func parsed[T any](c *catalogue, path string, kind election.Kind, n int, parse func([]byte) (*T, error)) (*T, bool) {
	raw := c.document(path, kind, n)
	if raw == nil {
		return nil, false
	}
	v, err := parse(raw)
	if err != nil {
		c.faults.add("%s: %w", path, err)
		return nil, false
	}
	return v, true
}

// refuseOthers refuses files, and folders, that nothing leads to.
func (c *catalogue) refuseOthers() {
	folders := map[string]bool{".": true}
	for known := range c.known {
		folders[path.Dir(known)] = true
	}
	err := fs.WalkDir(c.s.in.Record, ".", func(at string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && at == election.TileFolder:
			return fs.SkipDir // board.tiles has read every file there
		case d.IsDir() && !folders[at]:
			c.faults.add("the folder %s does not belong to the record", at)
			return fs.SkipDir
		case !d.IsDir() && !c.known[at]:
			c.faults.add("%s does not belong to the record", at)
		}
		return nil
	})
	if err != nil {
		c.faults.add("%w", err)
	}
	for _, known := range slices.Sorted(maps.Keys(c.known)) {
		if strings.HasSuffix(known, ".sig") && !exists(c.s.in.Record, known) {
			c.faults.add("%s %w", known, errMissing)
		}
	}
}
