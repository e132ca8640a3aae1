package store

import (
	"context"
	"sync"

	"golang.org/x/mod/sumdb/tlog"
)

// recall remembers what was read of the log or committed to it. Nothing of it ever changes,
// so nothing has to be asked twice: the receipts of a batch need mostly the same hashes.
type recall struct {
	mu    sync.Mutex
	nodes map[int64]tlog.Hash
	size  uint64      // the log has at least so many entries
	safe  uint64      // so many of them outlive the database's machine
	from  uint64      // entries from here on …
	over  *Checkpoint // … that it holds have this as their first final checkpoint
}

// recallLimit is how many hashes are remembered, some ten megabytes. Beyond it, all are
// forgotten: the newest are soon there again.
const recallLimit = 1 << 17

func (r *recall) putNodes(first int64, hashes []tlog.Hash) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.makeRoom(len(hashes))
	for i, h := range hashes {
		r.nodes[first+int64(i)] = h
	}
}

func (r *recall) putFound(found map[int64]tlog.Hash) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.makeRoom(len(found))
	for x, h := range found {
		r.nodes[x] = h
	}
}

func (r *recall) makeRoom(n int) {
	if r.nodes == nil || len(r.nodes)+n > recallLimit {
		r.nodes = map[int64]tlog.Hash{}
	}
}

// known gives those of the hashes that are remembered, and the positions of the others.
func (r *recall) known(indexes []int64) (found map[int64]tlog.Hash, missing []int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	found = make(map[int64]tlog.Hash, len(indexes))
	for _, x := range indexes {
		if h, ok := r.nodes[x]; ok {
			found[x] = h
		} else {
			missing = append(missing, x)
		}
	}
	return found, missing
}

func (r *recall) grew(size uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.size = max(r.size, size)
}

func (r *recall) grown() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.size
}

func (r *recall) makeSafe(size uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.safe = max(r.safe, size)
}

func (r *recall) isSafe(size uint64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return size <= r.safe
}

// putOver remembers the first final checkpoint over an entry. It is that of all entries from
// there to its end: another between them would be the first over this one.
func (r *recall) putOver(index uint64, c *Checkpoint) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.over != nil && r.over.Size == c.Size:
		r.from = min(r.from, index)
	case r.over == nil || r.over.Size < c.Size:
		r.from, r.over = index, c
	}
}

func (r *recall) overOf(index uint64) *Checkpoint {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over == nil || index < r.from || index >= r.over.Size {
		return nil
	}
	return r.over
}

// Size gives a number of entries that the log has: its size, unless it is known already to
// have enough.
func (s *Store) Size(ctx context.Context, enough uint64) (uint64, error) {
	if size := s.recall.grown(); size >= enough {
		return size, nil
	}
	size, _, err := s.Head(ctx)
	if err == nil {
		s.recall.grew(size)
	}
	return size, err
}
