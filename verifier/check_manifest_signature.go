package verifier

import (
	"io/fs"

	"valik/election"
)

// manifestSignature checks the officials' signatures of the manifest.
//
// It implements Manifest.Signature of docs/protocol/verify.md.
var manifestSignature = check{
	id:    "manifest.signature",
	title: "the authority's officials have signed the manifest",
	stage: Prepared,
	needs: []string{"manifest.form"},
	run: func(s *State) (int, error) {
		return s.Manifest.Authority.Signatures, s.officials(s.in.Record, election.ManifestFile, s.manifestRaw)
	},
}

// officials checks that the officials of the manifest have signed a document.
func (s *State) officials(fsys fs.FS, path string, document []byte) error {
	_, err := s.Manifest.VerifyOfficials(path, document, func(file string) ([]byte, error) {
		return read(fsys, file, documentLimit)
	})
	return err
}
