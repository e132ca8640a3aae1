package voter

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// private is the mode of all that a voter's program keeps: it tells that its owner voted.
const private fs.FileMode = 0o600

// ReadSeen reads the newest checkpoint that an earlier run has kept with [Election.KeepSeen];
// nil if there is none, or if path is "".
func ReadSeen(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return raw, err
}

// KeepSeen keeps the newest checkpoint that was accepted in a file, if path is not "". Another
// run may have kept a newer one meanwhile, which stays: a state that goes back notices nothing.
func (e *Election) KeepSeen(path string) error {
	newest := e.Checkpoint()
	if path == "" || newest == nil {
		return nil
	}
	raw, err := ReadSeen(path)
	if err != nil {
		return err
	}
	if kept, err := e.Manifest.Policy().Open(raw); err == nil && kept.Size > newest.Size {
		return nil
	}
	return WriteFile(path, newest.Raw)
}

// Evidence is what shows that the collector is wrong, to be kept and shown; nil if an error
// holds nothing of the kind.
func Evidence(err error) []byte {
	var evidence []byte
	var fork *BoardError
	var failed *CastError
	if errors.As(err, &failed) && failed.Answer != nil {
		evidence = append(evidence, failed.Answer...)
		evidence = append(evidence, '\n')
	}
	if errors.As(err, &fork) {
		evidence = append(evidence, fork.Seen.Raw...)
		evidence = append(append(evidence, '\n'), fork.Shown.Raw...)
	}
	return evidence
}

// WriteFile writes a file that only its owner may read, and that is there whole or not at all,
// also after a power cut: a ballot must not be on its way without being kept.
func WriteFile(path string, data []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(data)
	if err = errors.Join(err, temp.Chmod(private), temp.Sync(), temp.Close()); err != nil {
		return err
	}
	if err := os.Rename(temp.Name(), path); err != nil {
		return err
	}
	syncFolder(filepath.Dir(path))
	return nil
}

// syncFolder makes the names in a folder last. Windows and some file systems cannot; there the
// file is as durable as they make it, and no reason to refuse a vote.
func syncFolder(path string) {
	if dir, err := os.Open(path); err == nil {
		_ = dir.Sync()
		_ = dir.Close()
	}
}
