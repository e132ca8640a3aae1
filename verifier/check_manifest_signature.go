package verifier

import (
	"fmt"
	"io/fs"

	"valik/eid"
	"valik/election"
)

// manifestSignature checks the authority's signature of the manifest.
//
// It implements Manifest.Signature of docs/protocol/verify.md.
var manifestSignature = check{
	id:    "manifest.signature",
	title: "the authority has signed the manifest",
	stage: Prepared,
	needs: []string{"manifest.form"},
	run: func(s *State) (int, error) {
		return 1, s.authority(s.in.Record, election.ManifestSignatureFile, s.manifestRaw)
	},
}

// authority checks that the manifest's authority has signed a document. The
// certificate in the signature must be the manifest's, byte for byte: who else
// has one of the same issuer signs nothing here.
func (s *State) authority(fsys fs.FS, path string, document []byte) error {
	signature, err := read(fsys, path, documentLimit)
	if err != nil {
		return err
	}
	signer, err := eid.VerifyCMS(document, signature)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if !signer.Equal(s.Manifest.AuthorityCertificate()) {
		return fmt.Errorf("%s: signed by %s, who is not the authority of the manifest", path, signer.Subject)
	}
	return nil
}
