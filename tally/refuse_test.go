package tally

import (
	"crypto/ed25519"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/board"
	"valik/eid"
	"valik/election"
)

// Every step is tried at every moment; it succeeds only in its turn.
func TestStepsInOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, []int{0, 1}, nil)
	steps := map[string]func() error{
		"revoke":  func() error { return w.Revoke(w.order(election.Revoke, 0), w.authority, w.Board) },
		"process": func() error { _, err := w.Process(w.Board); return err },
		"mix 1":   func() error { return w.Mix(w.mixers[0], w.Board) },
		"mix 2":   func() error { return w.Mix(w.mixers[1], w.Board) },
		"decrypt": func() error { return w.Decrypt(w.trustees[0], w.Board) },
		"tally":   func() error { _, err := w.Tally(w.authority, w.Board); return err },
	}
	refused := func(want error, names ...string) {
		t.Helper()
		before := w.entries()
		for _, name := range names {
			require.ErrorIs(t, steps[name](), want, name)
		}
		require.Equal(t, before, w.entries())
	}
	refused(ErrTooEarly, "mix 1", "mix 2", "decrypt", "tally")
	require.NoError(t, steps["revoke"]())
	refused(ErrTooEarly, "mix 1", "decrypt", "tally")
	require.NoError(t, steps["process"]())
	refused(ErrDone, "revoke", "process")
	refused(ErrTooEarly, "decrypt", "tally")
	require.NoError(t, steps["mix 1"]())
	refused(ErrDone, "revoke", "process", "mix 1")
	refused(ErrTooEarly, "decrypt", "tally")
	require.NoError(t, steps["mix 2"]())
	refused(ErrDone, "process", "mix 1", "mix 2")
	refused(ErrTooEarly, "tally")
	require.NoError(t, steps["decrypt"]())
	refused(ErrDone, "process", "mix 2", "decrypt")
	refused(ErrTooEarly, "tally") // one of two trustees
	w.decrypt(1)
	require.NoError(t, steps["tally"]())
	refused(ErrDone, "revoke", "process", "mix 1", "mix 2", "decrypt", "tally")
	w.requireVerified()
}

// entries is the number of entries of the board.
func (w *world) entries() uint64 {
	w.t.Helper()
	log, err := board.OpenFolder(w.Record(), w.Election.Manifest.Policy())
	require.NoError(w.t, err)
	defer log.Close()
	return log.Checkpoint().Size
}

func TestWrongKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t, []int{0}, nil)
	other, err := board.NewKey(w.Board.Origin())
	require.NoError(t, err)
	_, err = w.Process(other)
	require.ErrorIs(t, err, ErrKey)
	stranger := &Authority{[]eid.Signer{newOfficial(t)}}
	require.ErrorIs(t, w.Revoke(w.order(election.Revoke, 0), stranger, w.Board), ErrKey)
	w.process()
	_, key, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	require.ErrorIs(t, w.Mix(Mixer{Key: key}, w.Board), ErrKey)
	require.ErrorIs(t, w.Mix(w.mixers[0], other), ErrKey)
	require.NoFileExists(t, filepath.Join(w.Record(), election.MixFile(1)))
	w.mix(0)
	w.mix(1)

	elsewhere := newWorld(t, nil, nil)
	require.ErrorIs(t, w.Decrypt(elsewhere.trustees[0], w.Board), ErrKey)
	require.Nil(t, elsewhere.trustees[0].file.Decrypted, "the refusal must not spend the trustee's one decryption")
	w.finish()
}

func TestOneProgramAtATime(t *testing.T) {
	t.Parallel()
	w := newWorld(t, []int{0}, nil)
	log, err := board.OpenFolder(w.Record(), w.Election.Manifest.Policy())
	require.NoError(t, err)
	_, err = w.Process(w.Board)
	require.ErrorIs(t, err, ErrBusy)
	require.NoError(t, log.Close())
	w.process()
}

// Whatever is changed, the next step names the check that fails, and writes
// nothing.
func TestChangedFilesStopTheNextStep(t *testing.T) {
	t.Parallel()
	w := newWorld(t, []int{0, 1}, nil)
	process := func() error { _, err := w.Process(w.Board); return err }
	mix := func() error { return w.Mix(w.mixers[1], w.Board) }
	decrypt := func() error { return w.Decrypt(w.trustees[0], w.Board) }
	count := func() error { _, err := w.Tally(w.authority, w.Board); return err }

	w.requireStops(process, filepath.Join(sealedFolder, election.RollFile(0)), "roll.commitment")
	w.requireStops(process, filepath.Join(recordFolder, election.CeremonyFile), "record.files")
	w.requireStops(process, filepath.Join(recordFolder, election.SignatureFile(election.ManifestFile, 0)), "manifest.signature")
	w.requireStops(process, filepath.Join(recordFolder, election.CheckpointFile), "board.checkpoint")
	w.process()
	w.requireStops(mix, filepath.Join(sealedFolder, election.BoxFile), "box.ballots")
	w.requireStops(mix, filepath.Join(sealedFolder, election.DecisionsFile), "processing.decisions")
	w.requireStops(mix, filepath.Join(recordFolder, election.InputFile), "record.files")
	w.mix(0)
	id := w.Election.Manifest.ListIDs()[0]
	w.requireStops(mix, filepath.Join(recordFolder, election.MixProof(1, id)), "record.files")
	w.requireStops(mix, filepath.Join(recordFolder, election.MixSignatureFile(1)), "mix.signature")
	w.mix(1)
	w.requireStops(decrypt, filepath.Join(recordFolder, election.MixBin(2, id)), "record.files")
	w.decrypt(0)
	w.decrypt(1)
	w.requireStops(count, filepath.Join(recordFolder, election.DecryptionSignatureFile(2)), "decryption.signature")
	w.requireStops(count, filepath.Join(recordFolder, election.DecryptionBin(2, id)), "record.files")
	w.count()
	w.requireVerified()
}

// requireStops changes a bit of a file and puts it right again.
func (w *world) requireStops(step func() error, path, check string) {
	w.t.Helper()
	full := filepath.Join(w.dir, path)
	whole, err := os.ReadFile(full)
	require.NoError(w.t, err)
	changed := append([]byte(nil), whole...)
	changed[len(changed)*3/4] ^= 1
	require.NoError(w.t, os.WriteFile(full, changed, 0o600))
	err = step()
	require.ErrorIs(w.t, err, ErrUnverified, path)
	require.ErrorContains(w.t, err, check+":", path)
	require.NoError(w.t, os.WriteFile(full, whole, 0o600))
}

func TestNoElectionInTheFolder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	w.Folder = NewFolder(t.TempDir())
	_, err := w.Process(w.Board)
	require.ErrorIs(t, err, ErrTooEarly)
	_, err = w.Folder.Ceremony(1)
	require.ErrorIs(t, err, ErrTooEarly)
}

func TestRevocationOfAnotherElection(t *testing.T) {
	t.Parallel()
	w := newWorld(t, []int{0}, nil)
	order := w.order(election.Revoke, 0)
	order.Election = "OTHER"
	require.ErrorContains(t, w.Revoke(order, w.authority, w.Board), "OTHER")
	require.NoFileExists(t, filepath.Join(w.Sealed(), election.RevocationsFile(1)))
}
