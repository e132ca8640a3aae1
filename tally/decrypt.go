package tally

import (
	"errors"
	"fmt"

	"valik/board"
	"valik/crypto/threshold"
	"valik/election"
	"valik/verifier"
)

var stepDecrypt = step{after: election.KindMix, until: election.KindResult, stage: verifier.Mixed}

// Decrypt applies a trustee's share of the key to every ciphertext of the last
// mix, after it has verified the whole record up to there. It refuses a record
// that lacks a required mix, and a second, different mix for ever.
//
// It implements Step.Decrypt of docs/protocol/steps.md.
func (f *Folder) Decrypt(t *Trustee, key *board.Key) (err error) {
	share, err := t.share()
	if err != nil {
		return err
	}
	w, err := f.begin(key, stepDecrypt)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	if err := w.mayDecrypt(t, share); err != nil {
		return err
	}
	document, err := w.decryptLists(share)
	if err != nil {
		return err
	}
	j := share.Index()
	signature := election.SignWith(t.identity.Sign, w.Manifest.Fingerprint(), election.KindDecryption, document.Bytes())
	if err := write(f.Record(), election.DecryptionSignatureFile(j), signature, public); err != nil {
		return err
	}
	if err := write(f.Record(), election.DecryptionFile(j), document.Bytes(), public); err != nil {
		return err
	}
	return w.enter(election.KindDecryption, election.HashOf(document.Bytes()))
}

// mayDecrypt checks what a trustee owes to the voters, and notes in the
// trustee's file what they decrypt before they do.
func (w *work) mayDecrypt(t *Trustee, share *threshold.KeyShare) error {
	if n, want := len(w.Mixes), w.Manifest.Mixers.Required; n != want {
		return fmt.Errorf("%w: %d mixes of the %d that are required", ErrTooEarly, n, want)
	}
	if err := share.Check(w.Keys); err != nil {
		return fmt.Errorf("%w: the share of %s is of another election: %w", ErrKey, t.Name(), err)
	}
	for _, d := range w.Decryptions {
		if d.Trustee == share.Index() {
			return fmt.Errorf("%w: %s has decrypted", ErrDone, t.Name())
		}
	}
	return t.mark(w.NewestHash())
}

// mark notes what the trustee decrypts, before they do. Two mixes of one election
// that are both decrypted would show how votes moved between them.
func (t *Trustee) mark(mix election.Hash) error {
	if before := t.file.Decrypted; before != nil && *before != mix {
		return fmt.Errorf("%w: %s has decrypted mix %s, and never decrypts another one", ErrDone, t.Name(), before)
	}
	t.file.Decrypted = &mix
	return t.save()
}

func (w *work) decryptLists(share *threshold.KeyShare) (*election.Decryption, error) {
	last := w.NewestHash()
	ids := w.Manifest.ListIDs()
	lists := make([]election.DecryptionList, len(ids))
	for i, id := range ids {
		rows, err := w.Last(id)
		if err != nil {
			return nil, err
		}
		decrypted, err := share.Decrypt(election.DecryptionTranscript(w.Manifest, share.Index(), id, last), rows)
		if err != nil {
			return nil, err
		}
		shares := decrypted.Bytes()
		if err := write(w.folder.Record(), election.DecryptionBin(share.Index(), id), shares, public); err != nil {
			return nil, err
		}
		lists[i] = election.DecryptionList{
			Contest: id.Contest, District: id.District, Rows: rows.Len(), Width: rows.Width(),
			Shares: election.HashOf(shares),
		}
		w.folder.progress(fmt.Sprintf("decryption by trustee %d", share.Index()), i+1, len(ids))
	}
	return election.NewDecryption(w.Manifest, share.Index(), last, lists), nil
}
