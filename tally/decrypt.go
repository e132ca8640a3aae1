package tally

import (
	"fmt"

	"valik/board"
	"valik/election"
	"valik/verifier"
)

// Decrypt applies a trustee's share of the key to every ciphertext of the last
// mix, after it has verified the whole record up to there. It refuses a record
// that lacks a required mix, and a second, different mix for ever.
//
// It implements Step.Decrypt of docs/protocol/steps.md.
func (f *Folder) Decrypt(t *Trustee, key *board.Key) error {
	s, err := f.verify(verifier.Mixed)
	if err != nil {
		return err
	}
	if err := mayDecrypt(s, t); err != nil {
		return err
	}
	document, err := f.decryptLists(s, t)
	if err != nil {
		return err
	}
	j := document.Trustee
	signature := election.SignWith(t.identity.Sign, s.Manifest.Fingerprint(), election.KindDecryption, document.Bytes())
	if err := write(f.Record(), election.DecryptionSignatureFile(j), signature, public); err != nil {
		return err
	}
	if err := write(f.Record(), election.DecryptionFile(j), document.Bytes(), public); err != nil {
		return err
	}
	return f.enter(s.Manifest, key, election.NewEntry(election.KindDecryption, s.Manifest.Fingerprint(), election.HashOf(document.Bytes())))
}

// mayDecrypt checks what a trustee owes to the voters, and notes in the
// trustee's file what they decrypt before they do.
func mayDecrypt(s *verifier.State, t *Trustee) error {
	if n, want := len(s.Mixes), s.Manifest.Mixers.Required; n != want {
		return fmt.Errorf("%w: %d mixes of the %d that are required", ErrTooEarly, n, want)
	}
	if len(election.Where(s.Entries, election.KindResult)) > 0 {
		return fmt.Errorf("%w: the result is there", ErrDone)
	}
	share, err := t.share()
	if err != nil {
		return err
	}
	if err := share.Check(s.Keys); err != nil {
		return err
	}
	for _, d := range s.Decryptions {
		if d.Trustee == share.Index() {
			return fmt.Errorf("%w: %s has decrypted", ErrDone, t.Name())
		}
	}
	last := s.NewestHash()
	if before := t.file.Decrypted; before != nil && *before != last {
		return fmt.Errorf("tally: %s has decrypted mix %s and decrypts no other one: two mixes of one election would show how votes moved", t.Name(), before)
	}
	t.file.Decrypted = &last
	return t.save()
}

func (f *Folder) decryptLists(s *verifier.State, t *Trustee) (*election.Decryption, error) {
	share, err := t.share()
	if err != nil {
		return nil, err
	}
	last := s.NewestHash()
	ids := s.Manifest.ListIDs()
	lists := make([]election.DecryptionList, len(ids))
	for i, id := range ids {
		rows, err := s.Last(id)
		if err != nil {
			return nil, err
		}
		decrypted, err := share.Decrypt(election.DecryptionTranscript(s.Manifest, share.Index(), id, last), rows)
		if err != nil {
			return nil, err
		}
		shares := decrypted.Bytes()
		if err := write(f.Record(), election.DecryptionBin(share.Index(), id), shares, public); err != nil {
			return nil, err
		}
		lists[i] = election.DecryptionList{
			Contest: id.Contest, District: id.District, Rows: rows.Len(), Width: rows.Width(),
			Shares: election.HashOf(shares),
		}
		f.progress(fmt.Sprintf("decryption by trustee %d", share.Index()), i+1, len(ids))
	}
	return election.NewDecryption(s.Manifest, share.Index(), last, lists), nil
}
