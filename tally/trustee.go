package tally

import (
	"encoding/json"
	"fmt"
	"os"

	"valik/crypto/threshold"
	"valik/election"
)

// Trustee is a trustee's own side: their file, which holds at any time only what
// they need for the next round. It prints as [redacted].
type Trustee struct {
	path     string
	vault    *Vault
	identity *threshold.Identity
	file     trusteeFile
}

// trusteeFile is the decrypted content of a trustee's file.
type trusteeFile struct {
	Type       string `json:"type"`
	Version    int    `json:"version"`
	WorkFactor int    `json:"workFactor"` // of the passphrase, kept when the file is written again
	Round      round  `json:"round"`      // the last one done
	Identity   []byte `json:"identity"`
	State      []byte `json:"state"` // what the next round needs; from the drill on the key share
	// Sent is the message of the round, to be written again if it got lost.
	Sent []byte `json:"sent"`
	// Begun are the ceremonies that this trustee has begun; the last one is the
	// current one. None is begun twice: two commitments in one are a fault.
	Begun [][]byte `json:"begun"`
	// Decrypted is the mix that this trustee has decrypted: never another one.
	Decrypted *election.Hash `json:"decrypted,omitempty"`
}

// round is a round of the ceremony, by what a trustee has done.
type round string

const (
	roundCard    round = "card"
	roundCommit  round = "commit"
	roundDeal    round = "deal"
	roundConfirm round = "confirm"
	roundDrill   round = "drill"
)

// rounds are in order.
var rounds = []round{roundCard, roundCommit, roundDeal, roundConfirm, roundDrill}

const (
	trusteeType    = "valik/trustee-key"
	trusteeVersion = 1
)

// NewTrustee makes a trustee's keys and their file, which must not exist yet.
// The name is published.
//
// It implements Trustee.New of docs/protocol/steps.md.
func NewTrustee(name, path string, v *Vault) (*Trustee, error) {
	if _, err := os.Lstat(path); err == nil {
		return nil, fmt.Errorf("%w: %s exists; a trustee's keys are never overwritten", ErrDone, path)
	}
	identity, err := threshold.NewIdentity(name)
	if err != nil {
		return nil, err
	}
	t := &Trustee{path: path, vault: v, identity: identity}
	t.file = trusteeFile{
		Type: trusteeType, Version: trusteeVersion, WorkFactor: v.workFactor,
		Round: roundCard, Identity: identity.SecretBytes(),
	}
	return t, t.save()
}

// OpenTrustee reads a trustee's file. Errors: [ErrPassphrase], and those of
// reading.
func OpenTrustee(path string, v *Vault) (*Trustee, error) {
	raw, err := v.load(path)
	if err != nil {
		return nil, err
	}
	t := &Trustee{path: path}
	if err := json.Unmarshal(raw, &t.file); err != nil || t.file.Type != trusteeType || t.file.Version != trusteeVersion {
		return nil, fmt.Errorf("tally: %s is not a trustee's file of this version", path)
	}
	t.vault = NewVault(v.passphrase, t.file.WorkFactor)
	t.identity, err = threshold.ParseIdentity(t.file.Identity)
	return t, err
}

// Card is the trustee's public card, for the manifest.
func (t *Trustee) Card() *threshold.Card { return t.identity.Card() }

// Name is the trustee's published name.
func (t *Trustee) Name() string { return t.Card().Name() }

// String hides the keys.
func (t *Trustee) String() string { return redacted }

// GoString hides the keys.
func (t *Trustee) GoString() string { return redacted }

// share returns the trustee's share of the election key.
func (t *Trustee) share() (*threshold.KeyShare, error) {
	if t.file.Round != roundDrill {
		return nil, fmt.Errorf("%w: %s has not finished the ceremony", ErrTooEarly, t.Name())
	}
	return threshold.ParseKeyShare(t.file.State)
}

func (t *Trustee) save() error {
	raw, err := json.Marshal(t.file)
	if err != nil {
		return err
	}
	return t.vault.save(t.path, raw)
}
