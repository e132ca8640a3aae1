package tally

import (
	"crypto/ed25519"
	"errors"
	"fmt"

	"valik/board"
	"valik/crypto/elgamal"
	"valik/crypto/shuffle"
	"valik/crypto/transcript"
	"valik/election"
	"valik/verifier"
)

// Mixer is the operator of a mix. It prints as [redacted].
type Mixer struct {
	Key ed25519.PrivateKey
	// ConstantTime protects a mixer on a machine that runs other people's programs
	// too; it takes several times as long. See [shuffle.Options].
	ConstantTime bool
}

// String hides the key.
func (Mixer) String() string { return redacted }

// GoString hides the key.
func (Mixer) GoString() string { return redacted }

// redacted is what a secret prints as.
const redacted = "[redacted]"

var stepMix = step{after: election.KindInput, until: election.KindDecryption, stage: verifier.Processed}

// Mix shuffles the newest lists as a mixer, after it has verified everything that
// came before. The mixer's randomness is erased.
//
// It implements Step.Mix of docs/protocol/steps.md.
func (f *Folder) Mix(mixer Mixer, key *board.Key) (err error) {
	m, err := f.Manifest()
	if err != nil {
		return err
	}
	operator, err := mixer.operator(m)
	if err != nil {
		return err
	}
	w, err := f.begin(key, stepMix)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	if err := w.mayMix(operator.Name); err != nil {
		return err
	}
	mix, err := w.mixLists(operator.Name, mixer.ConstantTime)
	if err != nil {
		return err
	}
	signature := election.Sign(mixer.Key, m.Fingerprint(), election.KindMix, mix.Bytes())
	if err := write(f.Record(), election.MixSignatureFile(mix.Number), signature, public); err != nil {
		return err
	}
	if err := write(f.Record(), election.MixFile(mix.Number), mix.Bytes(), public); err != nil {
		return err
	}
	return w.enter(election.KindMix, election.HashOf(mix.Bytes()))
}

// operator finds a mixer in the manifest.
func (x Mixer) operator(m *election.Manifest) (*election.Operator, error) {
	for i, o := range m.Mixers.Operators {
		if ed25519.PublicKey(o.Key[:]).Equal(x.Key.Public()) {
			return &m.Mixers.Operators[i], nil
		}
	}
	return nil, fmt.Errorf("%w: it is of none of the mixers", ErrKey)
}

// mayMix refuses a mix too many, and a second one by the same operator: a vote is
// secret because one of different mixers is honest.
func (w *work) mayMix(name string) error {
	if n := len(w.Mixes); n >= w.Manifest.Mixers.Required {
		return fmt.Errorf("%w: all %d required mixes are there", ErrDone, n)
	}
	for _, mix := range w.Mixes {
		if mix.Mixer == name {
			return fmt.Errorf("%w: %s has mixed, and every mix needs another mixer", ErrDone, name)
		}
	}
	return nil
}

func (w *work) mixLists(mixer string, constantTime bool) (*election.Mix, error) {
	number := len(w.Mixes) + 1
	ids := w.Manifest.ListIDs()
	lists := make([]election.MixList, len(ids))
	for i, id := range ids {
		in, err := w.Newest(id)
		if err != nil {
			return nil, err
		}
		t := election.MixTranscript(w.Manifest, number, mixer, id)
		out, proof, err := shuffleList(t, w.Keys.Public(), in, shuffle.Options{ConstantTime: constantTime})
		if err != nil {
			return nil, fmt.Errorf("tally: mix of list %s: %w", id, err)
		}
		if err := w.folder.writeMixed(number, id, out, proof); err != nil {
			return nil, err
		}
		lists[i] = election.MixList{
			Contest: id.Contest, District: id.District, Rows: out.Len(), Width: out.Width(),
			Ciphertexts: election.HashOf(out.Bytes()), Proof: election.HashOf(proof),
		}
		w.folder.progress(fmt.Sprintf("mix %d", number), i+1, len(ids))
	}
	return election.NewMix(w.Manifest, number, mixer, w.NewestHash(), lists), nil
}

func (f *Folder) writeMixed(number int, id election.ListID, out *elgamal.Rows, proof []byte) error {
	if err := write(f.Record(), election.MixBin(number, id), out.Bytes(), public); err != nil {
		return err
	}
	return write(f.Record(), election.MixProof(number, id), proof, public)
}

func shuffleList(t *transcript.Transcript, pk *elgamal.PublicKey, in *elgamal.Rows, o shuffle.Options) (*elgamal.Rows, []byte, error) {
	out, witness := o.Shuffle(pk, in)
	defer witness.Erase()
	proof, err := shuffle.Prove(t, &shuffle.Statement{Key: pk, Input: in, Output: out}, witness)
	if err != nil {
		return nil, nil, err
	}
	return out, proof.Bytes(), nil
}
