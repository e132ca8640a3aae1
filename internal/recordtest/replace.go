package recordtest

import (
	"fmt"

	"valik/election"
)

// Document is a document of the record that an entry of the board stands for.
type Document struct {
	Path string
	kind election.Kind
	n    int                                     // among the entries of its kind
	sign func(r *Record, document []byte) []byte // a party's signature; the officials sign the result
}

// Documents lists the documents that can be replaced.
func Documents() []Document {
	all := []Document{
		{Path: election.CeremonyFile, kind: election.KindCeremony},
		{Path: election.OpenFile, kind: election.KindOpen},
		{Path: election.CloseFile, kind: election.KindClose},
		{Path: election.InputFile, kind: election.KindInput},
		{Path: election.ResultFile, kind: election.KindResult},
	}
	for k := range 2 {
		all = append(all,
			Document{election.MixFile(k + 1), election.KindMix, k, func(r *Record, d []byte) []byte {
				return election.Sign(r.Mixers[k], r.Fingerprint, election.KindMix, d)
			}},
			Document{election.DecryptionFile(k + 1), election.KindDecryption, k, func(r *Record, d []byte) []byte {
				return election.SignWith(r.Trustees[k].Sign, r.Fingerprint, election.KindDecryption, d)
			}})
	}
	return all
}

// Replace returns the record with another document in the place of one: it is
// signed by whoever signed the old one, and the board has its hash.
func (r *Record) Replace(d Document, document []byte) (*Record, error) {
	changed := *r
	log := *r.Log
	changed.Log, changed.Public = &log, r.Public.Clone()
	log.Entries = append([][]byte(nil), r.Entries...)
	entries, err := election.ParseEntries(log.Entries)
	if err != nil {
		return nil, err
	}
	at := election.Where(entries, d.kind)
	if d.n >= len(at) {
		return nil, fmt.Errorf("recordtest: the board has no %s number %d", d.kind, d.n)
	}
	log.Entries[at[d.n]] = election.NewEntry(d.kind, r.Fingerprint, election.HashOf(document)).Bytes()
	changed.Public[d.Path] = document
	if d.sign != nil {
		changed.Public[d.Path+".sig"] = d.sign(r, document)
	}
	if d.kind == election.KindResult {
		if err := changed.signed(changed.Public, d.Path, document); err != nil {
			return nil, err
		}
	}
	return &changed, changed.PublishBoard()
}
