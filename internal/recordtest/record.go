package recordtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
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
	late    []election.Settled   // evidence that came after its ballot was taken
	settled *election.Settlement // the honest one
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
		r.prepare, r.open, r.polls, r.close, r.settle, r.revoke, r.process, r.mixAll, r.decryptAll, r.count, r.finish,
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
	if s.Manifest != nil || s.Ceremony != nil || s.Guarded && s.Settles {
		return makeElection(s)
	}
	switch {
	case s.Settles:
		return settlingElection()
	case s.Guarded:
		return guardedElection()
	}
	return openElection()
}

var (
	openElection     = sync.OnceValues(func() (*electiontest.Election, error) { return makeElection(&Script{}) })
	guardedElection  = sync.OnceValues(func() (*electiontest.Election, error) { return makeElection(&Script{Guarded: true}) })
	settlingElection = sync.OnceValues(func() (*electiontest.Election, error) { return makeElection(&Script{Settles: true}) })
)

func makeElection(s *Script) (*electiontest.Election, error) {
	officials, err := newOfficials()
	if err != nil {
		return nil, err
	}
	policy, err := evidencePolicy()
	if err != nil {
		return nil, err
	}
	e, err := electiontest.New(Voters, func(m *election.Manifest) {
		m.Authority = election.Authority{Signatures: len(officials.sign)}
		for _, key := range officials.sign {
			m.Authority.Officials = append(m.Authority.Officials, key.Certificate().Raw)
		}
		m.Board.Witnesses, m.Board.Quorum = []string{witness().key}, 1
		if s.Guarded {
			m.Profile = election.ProfileGuarded
		}
		if s.Settles {
			m.EID.Evidence = policy
		}
		if s.Manifest != nil {
			s.Manifest(m)
		}
	})
	if err != nil {
		return nil, err
	}
	e.Official = officials.sign[0]
	if s.Ceremony != nil {
		s.Ceremony(e.Ceremony)
	}
	return e, nil
}

// officials have certificates of one issuer, valid today since the time in a CMS
// signature is today's. Those of the manifest all sign; the other one is a stranger.
type officials struct {
	sign  []*testpki.Key
	other *testpki.Key
}

var newOfficials = sync.OnceValues(func() (*officials, error) {
	pki, err := testpki.NewAuthority("Officials", time.Now().AddDate(-1, 0, 0), electiontest.Closes)
	if err != nil {
		return nil, err
	}
	var keys []*testpki.Key
	for _, name := range []string{"Electoral Authority", "Deputy", "Another Official"} {
		key, err := pki.Official(name)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return &officials{keys[:2], keys[2]}, nil
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

// signed keeps a document and the officials' signatures of it.
func (r *Record) signed(files Files, path string, document []byte) error {
	officials, err := newOfficials()
	if err != nil {
		return err
	}
	files[path] = document
	for k, file := range r.Manifest.SignatureFiles(path) {
		key := officials.sign[k]
		if r.script.Signer != nil {
			if other := r.script.Signer(file); other != nil {
				key = other
			}
		}
		if files[file], err = eid.SignCMS(context.Background(), document, key); err != nil {
			return err
		}
	}
	return nil
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
	var signatures []election.Hash
	for _, file := range r.Manifest.SignatureFiles(election.ManifestFile) {
		signatures = append(signatures, election.HashOf(r.Public[file]))
	}
	o := election.NewOpen(r.Manifest, signatures, election.HashOf(r.Ceremony.Bytes()), r.Roll.Hash())
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

// newCode is the personal code that a voter gets while the polls are open.
var newCode = testpki.PersonalCode(100)

// changeset logs another version of the roll while the polls are open. A voter who
// votes afterwards has another personal code by then, and the old certificate.
func (r *Record) changeset() error {
	var salt election.Salt
	rand.Read(salt[:])
	voters := slices.Clone(r.Roll.List)
	renamed := &voters[restored]
	renamed.Code, renamed.Former = newCode, renamed.Codes()
	if r.script.Changeset != nil {
		r.script.Changeset(voters)
	}
	slices.SortFunc(voters, func(a, b election.Voter) int { return strings.Compare(a.Code, b.Code) })
	next, err := election.NewRoll(r.Fingerprint, 1, salt, r.Roll.From, r.Roll.To, voters)
	if err != nil {
		return fmt.Errorf("recordtest: changeset: %w", err)
	}
	return r.roll(next)
}
