package recordtest

import (
	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/eid/testpki"
	"valik/election"
)

// Script is what is not honest about a record. Every hook that is not nil gets
// an artefact that was made honestly and may change it before it is signed,
// hashed and logged.
type Script struct {
	// Guarded makes an election with profile guarded instead of open.
	Guarded bool
	// Settles makes an election in which evidence may come after the cast, as it does
	// for one ballot, while for another it never comes.
	Settles bool
	// HeldBack makes the collector log a ballot that was held back.
	HeldBack bool

	Manifest   func(*election.Manifest)
	Signer     func(file string) *testpki.Key // who makes a signature file of the authority, nil for the one who should
	Ceremony   func(*election.Ceremony)
	Changeset  func([]election.Voter) // the second version of the roll
	Open       func(*election.Open)
	Polls      func(*Record) // casts more ballots before the close
	Close      func(*election.Close)
	Closed     func(*Record) // after the close is logged
	Settlement func(*election.Settlement)
	Decisions  func([]election.Decision) // what the officials count by; decisions.jsonl stays honest
	Rows       func(*Record)             // the rows that are mixed
	Input      func(*Record, *election.Input)
	Mixer      func(k int) (name, key int)                                          // operators that are named and that sign
	Shuffled   func(r *Record, k int, id election.ListID, out []elgamal.Ciphertext) // after the proof
	Mix        func(*Record, *election.Mix)
	Signs      func(j int) int                                                                      // trustee that signs for trustee j
	Shares     func(r *Record, j int, id election.ListID, rows *elgamal.Rows, shares []byte) []byte // of the file of shares
	Decrypted  func(*Record, *election.Decryption)
	Points     func(r *Record, id election.ListID, points []group.Element) // the plaintexts
	Result     func(*election.Result)
	Board      func(*Record) // before the checkpoint is signed
	Files      func(*Record) // at the end
}
