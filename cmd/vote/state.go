package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	voter "valik/voter-app"
)

// private is the mode of all files: they tell that their owner voted.
const private fs.FileMode = 0o600

// loadState reads the newest checkpoint that an earlier run has accepted, or nil if
// there was none.
func loadState(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return raw, err
}

// saveState keeps the newest checkpoint that was accepted. Another run may have kept
// a newer one meanwhile, which stays: a state that goes back notices nothing.
func saveState(path string, e *voter.Election) error {
	newest := e.Checkpoint()
	if path == "" {
		return nil
	}
	raw, err := loadState(path)
	if err != nil {
		return err
	}
	if kept, err := e.Manifest.Policy().Open(raw); err == nil && kept.Size > newest.Size {
		return nil
	}
	return replace(path, newest.Raw)
}

// keepEvidence writes what shows that the collector is wrong to a file beside the
// state, and names it.
func (s *settings) keepEvidence(err error) error {
	var evidence []byte
	var fork *voter.BoardError
	var failed *voter.CastError
	if errors.As(err, &failed) && failed.Answer != nil {
		evidence = append(evidence, failed.Answer...)
		evidence = append(evidence, '\n')
	}
	if errors.As(err, &fork) {
		evidence = append(evidence, fork.Seen.Raw...)
		evidence = append(append(evidence, '\n'), fork.Shown.Raw...)
	}
	if evidence == nil || s.state == "" {
		return err
	}
	name := s.state + ".evidence"
	if writeErr := replace(name, evidence); writeErr != nil {
		return errors.Join(err, writeErr)
	}
	return fmt.Errorf("%w; keep the file %s: it shows what the collector did", err, name)
}

// replace writes a file that is there whole or not at all.
func replace(path string, data []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(data)
	if err = errors.Join(err, temp.Chmod(private), temp.Sync(), temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}
