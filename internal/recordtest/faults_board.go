package recordtest

import (
	"valik/board"
	"valik/eid/testpki"
	"valik/election"
)

// boardFaults are those of manifest, board, files and ceremony.
func boardFaults() []Fault {
	return []Fault{
		{Check: "manifest.form", Name: "spaces", Held: true, Story: "The manifest has the right content in other bytes.", script: Script{Files: manifestSpaces}},
		{Check: "manifest.pinned", Name: "another", Story: "The record is of another election than the voter was told.", script: Script{Files: anotherElection}},
		{Check: "manifest.signature", Name: "official", Story: "An official who is not the authority has signed the manifest.", script: Script{Signer: otherSigner(election.ManifestFile)}},
		{Check: "manifest.signature", Name: "twice", Story: "One official has signed the manifest twice, the second not at all.", script: Script{Signer: firstForSecond(election.ManifestFile)}},
		{Check: "manifest.signature", Name: "missing", Story: "The second official has not signed the manifest.", script: Script{Files: without(election.SignatureFile(election.ManifestFile, 1))}},
		{Check: "board.checkpoint", Name: "key", Held: true, Story: "Somebody else has signed the board, under its name.", script: Script{Files: checkpointOfAnotherKey}},
		{Check: "board.checkpoint", Name: "witness", Held: true, Story: "No witness has cosigned the board.", script: Script{Files: checkpointWithoutWitness}},
		{Check: "board.tiles", Name: "extra", Held: true, Story: "A file that is no tile lies among the tiles.", script: Script{Files: extraTile}},
		{Check: "board.tiles", Name: "hash", Held: true, Story: "A tile holds a hash that is not of the board.", script: Script{Files: changedTile("tile/0/000.p/22")}},
		{Check: "board.tiles", Name: "entry", Held: true, Story: "An entry is not the one that was signed.", script: Script{Files: changedTile("tile/entries/000.p/22")}},
		{Check: "board.entries", Name: "late", Unsealed: true, Story: "A ballot stands on the board after the close.", script: Script{Closed: lateBallot, Close: oneBallotMore}},
		{Check: "board.entries", Name: "unfinished", Held: true, Story: "The board ends before the result.", script: Script{Board: noResult}},
		{Check: "board.pinned", Name: "fork", Story: "The board does not extend what a voter has seen of it.", script: Script{Files: forkedBoard}},
		{Check: "record.files", Name: "extra", Story: "A file lies in the record that no hash covers.", script: Script{Files: extraFile}},
		{Check: "record.files", Name: "missing", Held: true, Story: "The shuffled rows of a list are missing.", script: Script{Files: missingRows}},
		{Check: "record.files", Name: "signature", Story: "The polls opened with another signature of the manifest than is published.", script: Script{Open: func(o *election.Open) { o.Signatures[1][0]++ }}},
		{Check: "record.files", Name: "signatures", Story: "The polls opened with one signature of the manifest, which asks for two.", script: Script{Open: func(o *election.Open) { o.Signatures = o.Signatures[:1] }}},
		{Check: "record.files", Name: "settlement", Held: true, Story: "The list of the evidence that came later is not the one on the board.", script: Script{Settles: true, Files: otherSettlement}},
		{Check: "record.files", Name: "exchanged", Held: true, Story: "The rows of two lists of a mix are exchanged.", script: Script{Files: exchangedRows}},
		{Check: "ceremony.transcript", Name: "confirmations", Held: true, Story: "Two trustees' confirmations of the key are exchanged.", script: Script{Ceremony: exchangedConfirmations}},
		{Check: "ceremony.transcript", Name: "drill", Held: true, Story: "A trustee has not shown that their share works.", script: Script{Ceremony: missingDrill}},
	}
}

func manifestSpaces(r *Record) {
	r.Public[election.ManifestFile] = append([]byte(" "), r.Public[election.ManifestFile]...)
}

func anotherElection(r *Record) { r.Fingerprint[0]++ }

// otherSigner lets another official with a certificate of the same issuer make the
// first signature of one document.
func otherSigner(document string) func(string) *testpki.Key {
	return signer(election.SignatureFile(document, 0), func(o *officials) *testpki.Key { return o.other })
}

// firstForSecond lets the first official make the second's signature too.
func firstForSecond(document string) func(string) *testpki.Key {
	return signer(election.SignatureFile(document, 1), func(o *officials) *testpki.Key { return o.sign[0] })
}

func signer(file string, choose func(*officials) *testpki.Key) func(string) *testpki.Key {
	return func(f string) *testpki.Key {
		if f != file {
			return nil
		}
		o, err := newOfficials()
		if err != nil {
			panic(err)
		}
		return choose(o)
	}
}

// without takes a file out of the record.
func without(path string) func(*Record) {
	return func(r *Record) { delete(r.Public, path) }
}

func otherSettlement(r *Record) {
	r.Public[election.SettlementFile] = election.NewSettlement(r.Fingerprint, nil).Bytes()
}

func checkpointOfAnotherKey(r *Record) {
	key, err := board.NewKey(r.Board.Origin())
	if err != nil {
		panic(err)
	}
	r.Public[election.CheckpointFile] = r.signBoard(key, r.Entries, true)
}

func checkpointWithoutWitness(r *Record) {
	r.Public[election.CheckpointFile] = r.signBoard(r.Board, r.Entries, false)
}

// signBoard signs a checkpoint over entries.
func (r *Record) signBoard(key *board.Key, entries [][]byte, cosigned bool) []byte {
	tree, err := board.NewTree(entries)
	if err != nil {
		panic(err)
	}
	root, err := tree.Root(tree.Size())
	if err != nil {
		panic(err)
	}
	signing := sign
	if !cosigned {
		signing = board.SignCheckpoint
	}
	raw, err := signing(key, tree.Size(), root)
	if err != nil {
		panic(err)
	}
	return raw
}

func extraTile(r *Record) { r.Public["tile/README"] = []byte("the real result is elsewhere\n") }

func changedTile(path string) func(*Record) {
	return func(r *Record) { r.Public[path] = flipped(r.Public[path], len(r.Public[path])-1) }
}

// flipped returns b with the lowest bit of one byte turned over.
func flipped(b []byte, at int) []byte {
	b = append([]byte(nil), b...)
	b[at] ^= 1
	return b
}

func lateBallot(r *Record) {
	r.take(r.Seal(Absent, r.Choose(Absent, 0, r.Anchor(len(r.Entries))).Bytes()), r.now())
}

func oneBallotMore(c *election.Close) { c.Ballots++ }

// noResult takes the result back, with its files.
func noResult(r *Record) {
	r.Entries = r.Entries[:len(r.Entries)-1]
	delete(r.Public, election.ResultFile)
	for _, file := range r.Manifest.SignatureFiles(election.ResultFile) {
		delete(r.Public, file)
	}
	for _, id := range r.Manifest.ListIDs() {
		delete(r.Public, election.PlaintextsBin(id))
	}
}

func forkedBoard(r *Record) {
	other := election.NewEntry(election.KindRoll, r.Manifest.Fingerprint(), election.HashOf([]byte("another roll")))
	r.Seen = r.signBoard(r.Board, [][]byte{r.Entries[0], r.Entries[1], other.Bytes()}, true)
}

func extraFile(r *Record) { r.Public["README"] = []byte("the real result is elsewhere\n") }

func missingRows(r *Record) { delete(r.Public, election.MixBin(2, r.Manifest.ListIDs()[0])) }

func exchangedRows(r *Record) {
	a, b := election.MixBin(1, r.Manifest.ListIDs()[0]), election.MixBin(1, r.Manifest.ListIDs()[1])
	r.Public[a], r.Public[b] = r.Public[b], r.Public[a]
}

func exchangedConfirmations(c *election.Ceremony) {
	c.Confirmations[0], c.Confirmations[1] = c.Confirmations[1], c.Confirmations[0]
}

func missingDrill(c *election.Ceremony) { c.Drills = c.Drills[:len(c.Drills)-1] }
