// Package office sets a whole election up as officials do it, with the keys of all of them
// in one hand: for loads and for practice, never for an election that decides something.
//
// It takes the same way as the officer's commands, through package tally: keys, manifest,
// roll, signatures, board, key ceremony. Its voters have eIDs of package testpki.
package office

import (
	"context"
	"crypto/ed25519"
	"fmt"

	"valik/board"
	"valik/eid"
	"valik/eid/testpki"
	"valik/election"
	"valik/tally"
)

// Plan says what election to set up.
type Plan struct {
	ID      string  // of the election
	Name    string  // of the election and of the issuer of its eIDs
	Address string  // host:port at which its collector will listen, without TLS
	Voters  []Voter // for the roll
	// Complete says what is voted on: languages, titles, contests, districts and lists; and
	// whatever else is to differ from the manifest that it is given.
	Complete func(*election.Manifest)
	// Step, if not nil, is told how many of the voters have their eIDs.
	Step func(part string, done, total int)
}

// Voter is somebody on the roll.
type Voter struct{ Given, Surname, District, Parish string }

// Office is an election that is set up and has not begun, with its officials' keys and its
// voters' eIDs. It prints as [redacted].
type Office struct {
	Dir        string // with record/ and sealed/
	Manifest   *election.Manifest
	Roll       *election.Roll
	Cards      []*testpki.Card // of the roll's voters, in its order
	BoardKey   *board.Key
	ReceiptKey ed25519.PrivateKey

	folder   *tally.Folder
	issuer   *testpki.Authority
	official *testpki.Key
	trustees []*tally.Trustee
}

// New sets an election up in a folder, which must exist and hold no other. The trustees'
// files are there too, under passphrases that nobody knows: the votes can never be opened.
// Errors: those of the manifest that the plan makes, of the folder, and of ctx, if it ends
// before.
func New(ctx context.Context, dir string, p Plan) (*Office, error) {
	o := &Office{Dir: dir, folder: tally.NewFolder(dir)}
	for _, f := range []func() error{
		func() error { return o.makeKeys(&p) },
		func() error { return o.makeManifest(&p) },
		func() error { return o.makeRoll(ctx, &p) },
		o.setUp,
		func() error { return HoldCeremony(o.folder, o.trustees, o.BoardKey) },
	} {
		err := ctx.Err()
		if err == nil {
			err = f()
		}
		if err != nil {
			return nil, fmt.Errorf("setting the election up: %w", err)
		}
	}
	return o, nil
}

func (o *Office) setUp() error {
	return o.folder.Setup(o.Manifest, o.Roll, &tally.Authority{Signers: []eid.Signer{o.official}}, o.BoardKey)
}

// HoldCeremony lets all trustees of the folder's manifest make its election's key together,
// at the first attempt, and puts the ceremony and the roll on the board.
func HoldCeremony(f *tally.Folder, trustees []*tally.Trustee, key *board.Key) error {
	c, err := f.Ceremony(1)
	if err != nil {
		return err
	}
	for _, round := range []func(*tally.Trustee) error{c.Commit, c.Deal, c.Confirm, c.Drill} {
		for _, t := range trustees {
			if err := round(t); err != nil {
				return err
			}
		}
	}
	return c.Finish(key)
}

const redacted = "[redacted]"

// String hides the keys.
func (*Office) String() string { return redacted }

// GoString hides the keys.
func (*Office) GoString() string { return redacted }
