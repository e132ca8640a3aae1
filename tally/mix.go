package tally

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"

	"valik/board"
	"valik/crypto/elgamal"
	"valik/crypto/shuffle"
	"valik/election"
	"valik/verifier"
)

// Mix shuffles the newest lists as the mixer whose key it is given, after it has
// verified everything that came before. The mixer's randomness is erased.
//
// It implements Step.Mix of docs/protocol/steps.md.
func (f *Folder) Mix(mixer ed25519.PrivateKey, key *board.Key) error {
	m, err := f.Manifest()
	if err != nil {
		return err
	}
	s, err := f.verify(f.stageBeforeMix(m))
	if err != nil {
		return err
	}
	operator, err := nextMixer(s, mixer)
	if err != nil {
		return err
	}
	mix, err := f.mixLists(s, operator.Name)
	if err != nil {
		return err
	}
	signature := election.Sign(mixer, m.Fingerprint(), election.KindMix, mix.Bytes())
	if err := write(f.Record(), election.MixSignatureFile(mix.Number), signature, public); err != nil {
		return err
	}
	if err := write(f.Record(), election.MixFile(mix.Number), mix.Bytes(), public); err != nil {
		return err
	}
	return f.enter(m, key, election.NewEntry(election.KindMix, m.Fingerprint(), election.HashOf(mix.Bytes())))
}

// stageBeforeMix is Processed for the first mix and Mixed for the later ones.
func (f *Folder) stageBeforeMix(m *election.Manifest) verifier.Stage {
	log, err := f.log(m)
	if err != nil {
		return verifier.Processed // the verifier says what is wrong
	}
	defer log.Close()
	leaves, err := log.ReadEntries(0, int(log.Checkpoint().Size))
	if err != nil {
		return verifier.Processed
	}
	entries, err := election.ParseEntries(leaves)
	if err == nil && len(election.Where(entries, election.KindMix)) > 0 {
		return verifier.Mixed
	}
	return verifier.Processed
}

// nextMixer finds the operator of a key, who must not have mixed yet.
func nextMixer(s *verifier.State, mixer ed25519.PrivateKey) (*election.Operator, error) {
	if len(s.Mixes) >= s.Manifest.Mixers.Required {
		return nil, fmt.Errorf("%w: all %d required mixes are there", ErrDone, len(s.Mixes))
	}
	operators := s.Manifest.Mixers.Operators
	i := slices.IndexFunc(operators, func(o election.Operator) bool {
		return mixer.Public().(ed25519.PublicKey).Equal(ed25519.PublicKey(o.Key[:]))
	})
	if i < 0 {
		return nil, errors.New("tally: this key is of no mixer of the manifest")
	}
	for _, mix := range s.Mixes {
		if mix.Mixer == operators[i].Name {
			return nil, fmt.Errorf("%w: %s has mixed, and every mix needs another mixer", ErrDone, mix.Mixer)
		}
	}
	return &operators[i], nil
}

func (f *Folder) mixLists(s *verifier.State, mixer string) (*election.Mix, error) {
	number := len(s.Mixes) + 1
	ids := s.Manifest.ListIDs()
	lists := make([]election.MixList, len(ids))
	for i, id := range ids {
		in, err := s.Newest(id)
		if err != nil {
			return nil, err
		}
		out, proof, err := shuffleList(s, number, mixer, id, in)
		if err != nil {
			return nil, fmt.Errorf("tally: mix of list %s: %w", id, err)
		}
		if err := write(f.Record(), election.MixBin(number, id), out.Bytes(), public); err != nil {
			return nil, err
		}
		if err := write(f.Record(), election.MixProof(number, id), proof, public); err != nil {
			return nil, err
		}
		lists[i] = election.MixList{
			Contest: id.Contest, District: id.District, Rows: out.Len(), Width: out.Width(),
			Ciphertexts: election.HashOf(out.Bytes()), Proof: election.HashOf(proof),
		}
		f.progress(fmt.Sprintf("mix %d", number), i+1, len(ids))
	}
	return election.NewMix(s.Manifest, number, mixer, s.NewestHash(), lists), nil
}

func shuffleList(s *verifier.State, number int, mixer string, id election.ListID, in *elgamal.Rows) (*elgamal.Rows, []byte, error) {
	pk := s.Keys.Public()
	out, witness := shuffle.Shuffle(pk, in)
	defer witness.Erase()
	statement := &shuffle.Statement{Key: pk, Input: in, Output: out}
	proof, err := shuffle.Prove(election.MixTranscript(s.Manifest, number, mixer, id), statement, witness)
	if err != nil {
		return nil, nil, err
	}
	return out, proof.Bytes(), nil
}
