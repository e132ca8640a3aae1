package verifier

import "valik/election"

// manifestForm checks that the manifest is canonical and makes sense in itself.
//
// It implements Manifest.Form of docs/protocol/verify.md.
var manifestForm = check{
	id:    "manifest.form",
	title: "the manifest is canonical and consistent",
	stage: Prepared,
	run: func(s *State) (int, error) {
		raw, err := read(s.in.Record, election.ManifestFile, documentLimit)
		if err != nil {
			return 0, err
		}
		s.manifestRaw = raw
		s.Manifest, err = election.ParseManifest(raw)
		if err != nil {
			return 0, err
		}
		return 1, s.Manifest.Warm()
	},
}
