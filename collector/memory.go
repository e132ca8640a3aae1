package collector

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"valik/collector/store"
	"valik/election"
)

// memory is a file outside of the database with the newest final checkpoint that this
// collector knows of: when the database comes back older than it was, the file has not.
type memory struct {
	file string // "" for none
	mu   sync.Mutex
	size uint64 // of the newest checkpoint that was to be kept
}

// open makes sure that the file can be written, before anybody relies on it.
func (m *memory) open() error {
	if m.file == "" {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(m.file), temporary(m.file))
	if err != nil {
		return fmt.Errorf("collector: the newest checkpoint cannot be kept; name a file in a folder that the collector may write (memory): %w", err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

func temporary(file string) string { return "." + filepath.Base(file) + "-" }

// check makes sure that the database holds the board that is remembered, and says whether
// there was anything to compare with.
func (m *memory) check(ctx context.Context, s *store.Store, of *election.Manifest) (bool, error) {
	if m.file == "" {
		return false, nil
	}
	raw, err := os.ReadFile(m.file)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("collector: the newest checkpoint that was kept: %w", err)
	}
	return true, compareFile(ctx, s, of, m.file, raw)
}

// compareFile holds a database against the checkpoint in a file.
func compareFile(ctx context.Context, s *store.Store, of *election.Manifest, file string, raw []byte) error {
	known, err := parseKnown(of, raw)
	if err != nil {
		return fmt.Errorf("collector: %s has no checkpoint of this election's board; if it is of another election, name another file: %w", file, err)
	}
	info, err := os.Stat(file)
	if err != nil {
		return fmt.Errorf("collector: %w", err)
	}
	return compare(ctx, s, known, "the checkpoint in "+file, info.ModTime())
}

// keep remembers a final checkpoint, unless a larger one is remembered. One that cannot be
// kept is an error once: the next one may be.
func (m *memory) keep(c *store.Checkpoint) error {
	if m.file == "" {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if c.Size <= m.size {
		return nil
	}
	m.size = c.Size
	if err := replace(m.file, c.Note); err != nil {
		return fmt.Errorf("collector: the newest checkpoint cannot be kept: %w", err)
	}
	return nil
}

// replace writes a file whole or not at all, and durably.
func replace(file string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(file), temporary(file))
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	dir, err := os.Open(filepath.Dir(file))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// remember keeps a checkpoint. That it cannot be kept stops no election: the ballots are
// in the database.
func (c *Collector) remember(at *store.Checkpoint) {
	if err := c.memory.keep(at); err != nil {
		c.config.Logger.Error("the collector has no memory outside of its database", "error", err)
	}
}

// rememberNewest keeps what no voter waits for.
func (c *Collector) rememberNewest(ctx context.Context) {
	at, err := c.store.Checkpoint(ctx)
	if err == nil {
		c.remember(at)
	} else if !errors.Is(err, store.ErrNotFound) && ctx.Err() == nil {
		c.config.Logger.Warn("the newest checkpoint cannot be read", "error", err)
	}
}
