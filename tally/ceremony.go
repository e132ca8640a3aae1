package tally

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"valik/board"
	"valik/crypto/threshold"
	"valik/election"
)

// Ceremony is one attempt at the key ceremony: the trustees' messages in a
// folder, which is carried from machine to machine or lies on a shared disk.
type Ceremony struct {
	folder  *Folder
	attempt int
	m       *election.Manifest
	params  *threshold.Params
}

// Ceremony opens an attempt at the ceremony, from 1. A new attempt begins where
// one was broken off.
func (f *Folder) Ceremony(attempt int) (*Ceremony, error) {
	m, err := f.Manifest()
	if err != nil {
		return nil, err
	}
	params, err := election.CeremonyParams(m, attempt)
	if err != nil {
		return nil, err
	}
	return &Ceremony{f, attempt, m, params}, nil
}

// Fingerprint is that of the election, which every trustee compares with the
// published one before they take part.
func (c *Ceremony) Fingerprint() election.Hash { return c.m.Fingerprint() }

// id names the ceremony in a trustee's file.
func (c *Ceremony) id() []byte {
	h := sha256.Sum256(c.params.Context)
	return h[:]
}

// Finish verifies the whole ceremony and puts it and the roll on the board.
//
// It implements Step.Finish of docs/protocol/steps.md.
func (c *Ceremony) Finish(key *board.Key) (err error) {
	log, err := c.folder.openBoard(c.m, key)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	if log.Checkpoint().Size != 1 {
		return fmt.Errorf("%w: the board has the ceremony", ErrDone)
	}
	document, roll, err := c.verified()
	if err != nil {
		return err
	}
	if err := write(c.folder.Record(), election.CeremonyFile, document.Bytes(), public); err != nil {
		return err
	}
	fingerprint := c.m.Fingerprint()
	_, err = log.Append(key,
		election.NewEntry(election.KindCeremony, fingerprint, election.HashOf(document.Bytes())).Bytes(),
		election.NewEntry(election.KindRoll, fingerprint, roll.Hash()).Bytes())
	return err
}

// verified returns the ceremony's document and the initial roll, both checked:
// the board never forgets what is entered.
func (c *Ceremony) verified() (*election.Ceremony, *election.Roll, error) {
	f := c.folder
	if _, err := f.manifestFile().read(c.m); err != nil {
		return nil, nil, err
	}
	roll, err := f.roll(c.m, 0)
	if err != nil {
		return nil, nil, err
	}
	all, err := c.transcript()
	if err != nil {
		return nil, nil, err
	}
	document := election.NewCeremony(c.m, c.attempt, all)
	_, err = document.Verify(c.m)
	return document, roll, err
}

func (c *Ceremony) transcript() (*threshold.Ceremony, error) {
	all := new(threshold.Ceremony)
	var errs [4]error
	all.Commitments, errs[0] = messages(c, roundCommit, threshold.ParseCommitment)
	all.Deals, errs[1] = messages(c, roundDeal, threshold.ParseDeal)
	all.Confirmations, errs[2] = messages(c, roundConfirm, threshold.ParseConfirmation)
	all.Drills, errs[3] = messages(c, roundDrill, threshold.ParseDrill)
	return all, errors.Join(errs[:]...)
}

func (c *Ceremony) path() string {
	return filepath.Join(c.folder.dir, ceremonyFolder, fmt.Sprintf("attempt-%d", c.attempt))
}

func messageFile(r round, index int) string { return fmt.Sprintf("%s-%d.bin", r, index) }

// messages reads the messages of all trustees in one round.
func messages[M threshold.Message](c *Ceremony, r round, parse func([]byte) (M, error)) ([]M, error) {
	all := make([]M, c.params.N)
	for j := range all {
		path := filepath.Join(c.path(), messageFile(r, j+1))
		raw, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%w: trustee %d, %s, has not made round %s", ErrTooEarly, j+1, c.params.Cards[j].Name(), r)
		}
		if err != nil {
			return nil, err
		}
		if all[j], err = parse(raw); err != nil {
			return nil, fmt.Errorf("%s, of %s: %w", path, c.params.Cards[j].Name(), err)
		}
	}
	return all, nil
}
