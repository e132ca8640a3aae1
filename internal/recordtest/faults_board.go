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
		{Check: "record.files", Name: "exchanged", Held: true, Story: "The rows of two lists of a mix are exchanged.", script: Script{Files: exchangedRows}},
		{Check: "ceremony.transcript", Name: "confirmations", Held: true, Story: "Two trustees' confirmations of the key are exchanged.", script: Script{Ceremony: exchangedConfirmations}},
		{Check: "ceremony.transcript", Name: "drill", Held: true, Story: "A trustee has not shown that their share works.", script: Script{Ceremony: missingDrill}},
	}
}

func manifestSpaces(r *Record) {
	r.Public[election.ManifestFile] = append([]byte(" "), r.Public[election.ManifestFile]...)
}

func anotherElection(r *Record) { r.Fingerprint[0]++ }

// otherSigner lets another official with a certificate of the same issuer sign
// one document.
func otherSigner(document string) func(*Record, string) *testpki.Key {
	return func(_ *Record, path string) *testpki.Key {
		if path != document {
			return nil
		}
		o, err := newOfficials()
		if err != nil {
			panic(err)
		}
		return o.Other
	}
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
	r.Cast(r.Seal(Absent, r.Choose(Absent, 0, r.Anchor(len(r.Entries))).Bytes()), r.now())
}

func oneBallotMore(c *election.Close) { c.Ballots++ }

// noResult takes the result back, with its files.
func noResult(r *Record) {
	r.Entries = r.Entries[:len(r.Entries)-1]
	delete(r.Public, election.ResultFile)
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
