package board

import (
	"fmt"

	"golang.org/x/mod/sumdb/note"
)

// maxWitnesses leaves room for other signatures below the note format's own
// limit of 100 lines.
const maxWitnesses = 64

// Policy says whose signatures make a checkpoint acceptable: the log's own, and
// those of at least Quorum of the witnesses.
type Policy struct {
	Origin    string   // first line of every checkpoint of this log
	LogKey    string   // vkey of type 1, its name is Origin
	Witnesses []string // vkeys of type 4 or 6
	Quorum    int      // from 0 to len(Witnesses)
}

// Validate refuses a policy that cannot be met or that would count one party
// twice: two witnesses of one name, one key or one key hash, or the log as its
// own witness. The error wraps ErrPolicy, and ErrKey for a malformed key.
// It implements Policy.Validate of docs/protocol/board.md.
func (p *Policy) Validate() error {
	_, err := p.keys()
	return err
}

// keys are the parsed keys of a valid policy.
type keys struct {
	log       *PublicKey
	witnesses []*PublicKey
}

func (p *Policy) keys() (*keys, error) {
	log, err := ParsePublicKey(p.LogKey)
	if err != nil {
		return nil, fmt.Errorf("%w: log key: %w", ErrPolicy, err)
	}
	if log.Witness() || log.Name() != p.Origin {
		return nil, fmt.Errorf("%w: log key %q is not a log's key for origin %q", ErrPolicy, p.LogKey, p.Origin)
	}
	if p.Quorum < 0 || p.Quorum > len(p.Witnesses) || len(p.Witnesses) > maxWitnesses {
		return nil, fmt.Errorf("%w: quorum %d of %d witnesses, at most %d", ErrPolicy, p.Quorum, len(p.Witnesses), maxWitnesses)
	}
	ks := &keys{log: log}
	for i, vkey := range p.Witnesses {
		w, err := ParsePublicKey(vkey)
		if err != nil {
			return nil, fmt.Errorf("%w: witness %d: %w", ErrPolicy, i, err)
		}
		if !w.Witness() {
			return nil, fmt.Errorf("%w: witness %d: %q is not a cosigner's key", ErrPolicy, i, vkey)
		}
		if err := ks.add(w); err != nil {
			return nil, fmt.Errorf("%w: witness %d: %w", ErrPolicy, i, err)
		}
	}
	return ks, nil
}

// add refuses a signer that could be taken for one that is already there. An
// Ed25519 cosignature does not contain its signer's name, so one key under two
// names would let one witness fill two places of the quorum.
func (ks *keys) add(w *PublicKey) error {
	for _, k := range ks.all() {
		switch {
		case k.Name() == w.Name():
			return fmt.Errorf("name %q is there twice", w.Name())
		case k.material == w.material:
			return fmt.Errorf("%q and %q have the same key", k.Name(), w.Name())
		case k.verifier.KeyHash() == w.verifier.KeyHash():
			return fmt.Errorf("%q and %q have the same key hash", k.Name(), w.Name())
		}
	}
	ks.witnesses = append(ks.witnesses, w)
	return nil
}

func (ks *keys) all() []*PublicKey {
	return append([]*PublicKey{ks.log}, ks.witnesses...)
}

// known are the verifiers in the form that note.Open takes.
func (ks *keys) known() note.Verifiers {
	var vs []note.Verifier
	for _, k := range ks.all() {
		vs = append(vs, k.verifier)
	}
	return note.VerifierList(vs...)
}

// withoutQuorum is the policy of a log towards its own checkpoint, which may
// still be on its way to the witnesses.
func (p *Policy) withoutQuorum() *Policy {
	q := *p
	q.Quorum = 0
	return &q
}
