package recordtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"sync"
	"time"

	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"valik/board"
	"valik/crypto/elgamal"
	"valik/eid"
	"valik/eid/testpki"
	"valik/election"
	"valik/election/electiontest"
)

// Voters is the number of voters in the roll of every record.
const Voters = 8

// Record is a finished record with all keys of its election.
type Record struct {
	*electiontest.Log
	Public, Sealed Files
	// Fingerprint and Seen are what somebody may have from elsewhere: the
	// election's fingerprint, and the checkpoint of the board at its opening.
	Fingerprint election.Hash
	Seen        []byte

	script  *Script
	closed  uint64 // index of the entry of the close
	rolls   []*election.Roll
	revoked []*election.Revocations
	in      *election.Input
	rows    map[election.ListID]*elgamal.Rows // what is mixed or decrypted next
	last    election.Hash                     // of the document that holds them
	shares  map[election.ListID]map[int][]byte
	used    []election.Hash
}

// Honest makes a record with nothing wrong.
func Honest(guarded bool) (*Record, error) { return Make(&Script{Guarded: guarded}) }

// Make makes a record by a script.
func Make(s *Script) (*Record, error) {
	e, err := newElection(s)
	if err != nil {
		return nil, err
	}
	r := &Record{
		Log:    &electiontest.Log{Election: e},
		Public: Files{}, Sealed: Files{}, script: s,
		Fingerprint: e.Manifest.Fingerprint(),
	}
	for _, step := range []func() error{
		r.prepare, r.open, r.polls, r.close, r.revoke, r.process, r.mixAll, r.decryptAll, r.count, r.finish,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// newElection makes the keys of an election, or gives those made before: they
// cost more than all the rest.
func newElection(s *Script) (*electiontest.Election, error) {
	if s.Manifest != nil || s.Ceremony != nil {
		return makeElection(s)
	}
	if s.Guarded {
		return guardedElection()
	}
	return openElection()
}

var (
	openElection    = sync.OnceValues(func() (*electiontest.Election, error) { return makeElection(&Script{}) })
	guardedElection = sync.OnceValues(func() (*electiontest.Election, error) { return makeElection(&Script{Guarded: true}) })
)

func makeElection(s *Script) (*electiontest.Election, error) {
	officials, err := newOfficials()
	if err != nil {
		return nil, err
	}
	e, err := electiontest.New(Voters, func(m *election.Manifest) {
		m.Authority = election.Authority{Officials: [][]byte{officials.Authority.Certificate().Raw}, Signatures: 1}
		m.Board.Witnesses, m.Board.Quorum = []string{witness().key}, 1
		if s.Guarded {
			m.Profile = election.ProfileGuarded
		}
		if s.Manifest != nil {
			s.Manifest(m)
		}
	})
	if err != nil {
		return nil, err
	}
	e.Official = officials.Authority
	if s.Ceremony != nil {
		s.Ceremony(e.Ceremony)
	}
	return e, nil
}

// officials are two officials with certificates of one issuer, valid today since
// the time in a CMS signature is today's.
type officials struct {
	Authority, Other *testpki.Key
}

var newOfficials = sync.OnceValues(func() (*officials, error) {
	pki, err := testpki.NewAuthority("Officials", time.Now().AddDate(-1, 0, 0), electiontest.Closes)
	if err != nil {
		return nil, err
	}
	authority, err := pki.Official("Electoral Authority")
	if err != nil {
		return nil, err
	}
	other, err := pki.Official("Another Official")
	return &officials{authority, other}, err
})

// cosigner is the witness of every election here.
type cosigner struct {
	key    string
	signer note.Signer
}

var witness = sync.OnceValue(func() *cosigner {
	skey, vkey, err := note.GenerateKey(rand.Reader, "witness.example/w")
	if err != nil {
		panic(err)
	}
	key, err := fnote.VKeyToCosignatureV1(vkey)
	if err != nil {
		panic(err)
	}
	signer, err := fnote.NewSignerForCosignatureV1(skey)
	if err != nil {
		panic(err)
	}
	return &cosigner{key, signer}
})

// signed keeps a document and the authority's signature of it.
func (r *Record) signed(files Files, path string, document []byte) error {
	key := r.Official
	if r.script.Signer != nil {
		if other := r.script.Signer(r, path); other != nil {
			key = other
		}
	}
	signature, err := eid.SignCMS(context.Background(), document, key)
	files[path], files[path+".p7s"] = document, signature
	return err
}

// prepare sets the election up: everything before the polls open.
func (r *Record) prepare() error {
	if err := r.signed(r.Public, election.ManifestFile, r.Manifest.Bytes()); err != nil {
		return err
	}
	r.Append(election.KindManifest, r.Fingerprint)
	r.Public[election.CeremonyFile] = r.Ceremony.Bytes()
	r.Append(election.KindCeremony, election.HashOf(r.Ceremony.Bytes()))
	return r.roll(r.Roll)
}

func (r *Record) roll(roll *election.Roll) error {
	r.rolls = append(r.rolls, roll)
	r.Append(election.KindRoll, roll.Hash())
	return r.signed(r.Sealed, election.RollFile(roll.Changeset), roll.Bytes())
}

func (r *Record) open() error {
	o := election.NewOpen(r.Manifest, []election.Hash{election.HashOf(r.Public[election.SignatureFile(election.ManifestFile, 0)])}, election.HashOf(r.Ceremony.Bytes()), r.Roll.Hash())
	if r.script.Open != nil {
		r.script.Open(o)
	}
	r.Public[election.OpenFile] = o.Bytes()
	r.Append(election.KindOpen, election.HashOf(o.Bytes()))
	var err error
	r.Seen, err = r.Checkpoint(len(r.Entries))
	return err
}

// Checkpoint signs and cosigns the board as it was after so many entries.
func (r *Record) Checkpoint(size int) ([]byte, error) {
	tree, err := board.NewTree(r.Entries[:size])
	if err != nil {
		return nil, err
	}
	root, err := tree.Root(uint64(size))
	if err != nil {
		return nil, err
	}
	return sign(r.Board, uint64(size), root)
}

// changeset logs another version of the roll while the polls are open.
func (r *Record) changeset() error {
	var salt election.Salt
	rand.Read(salt[:])
	voters := slices.Clone(r.Roll.List)
	if r.script.Changeset != nil {
		r.script.Changeset(voters)
	}
	next, err := election.NewRoll(r.Fingerprint, 1, salt, r.Roll.From, r.Roll.To, voters)
	if err != nil {
		return fmt.Errorf("recordtest: changeset: %w", err)
	}
	return r.roll(next)
}
