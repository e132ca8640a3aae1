package board

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Folder is a log in a folder, in the layout of tlog-tiles, that its owner
// appends to. It is for one goroutine at a time; a second process is locked out.
// It is a Store that authenticates what it reads.
type Folder struct {
	disk       *disk
	policy     *Policy
	checkpoint *Checkpoint
	broken     error
}

// CreateFolder begins a log with an empty checkpoint in a folder that has none
// yet; it makes the folder if need be. Errors: ErrPolicy if the key is not the
// policy's, ErrUnexpected if there is a log, and those of the file system.
// It implements Folder.Append of docs/protocol/board.md.
func CreateFolder(dir string, p *Policy, k *Key) (*Folder, error) {
	if err := p.checkKey(k); err != nil {
		return nil, err
	}
	d, err := newDisk(dir)
	if err != nil {
		return nil, err
	}
	f := &Folder{disk: d, policy: p}
	if err := f.sign(k, 0, emptyRoot); err != nil {
		d.close()
		return nil, err
	}
	return f, nil
}

func (p *Policy) checkKey(k *Key) error {
	if err := p.Validate(); err != nil {
		return err
	}
	if k.Public() != p.LogKey {
		return fmt.Errorf("%w: key %q is not the log key %q", ErrPolicy, k.Public(), p.LogKey)
	}
	return nil
}

// OpenFolder opens a log to continue it: removes what an interrupted append has
// left and verifies all the rest. The policy's quorum is not asked for, since
// the newest checkpoint may still be on its way to the witnesses. Errors: those
// of ReadAll, and those of the file system.
// It implements Folder.Repair of docs/protocol/board.md.
func OpenFolder(dir string, p *Policy) (*Folder, error) {
	d, err := openDisk(dir)
	if err != nil {
		return nil, err
	}
	f := &Folder{disk: d, policy: p}
	if err := f.load(); err != nil {
		d.close()
		return nil, err
	}
	return f, nil
}

// load repairs only after the checkpoint is known to be ours: a mistaken policy
// must not delete anything.
func (f *Folder) load() error {
	p, fsys := f.policy.withoutQuorum(), f.disk.root.FS()
	raw, err := readFile(fsys, CheckpointFile, MaxCheckpoint)
	if err != nil {
		return err
	}
	c, err := p.Open(raw)
	if err != nil {
		return &FileError{Path: CheckpointFile, Err: err}
	}
	if err := f.disk.repair(c.Size); err != nil {
		return err
	}
	f.checkpoint, _, err = ReadAll(fsys, p)
	return err
}

// Checkpoint is the newest checkpoint.
func (f *Folder) Checkpoint() *Checkpoint { return f.checkpoint }

// ReadHashes implements tlog.HashReader.
func (f *Folder) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	return f.reader().ReadHashes(indexes)
}

// ReadEntries implements EntryReader.
func (f *Folder) ReadEntries(first uint64, n int) ([][]byte, error) {
	return f.reader().ReadEntries(first, n)
}

func (f *Folder) reader() *TileReader {
	return NewTileReader(f.checkpoint, FetchFS(f.disk.root.FS()))
}

// Close lets other processes open the folder.
func (f *Folder) Close() error { return f.disk.close() }

// Append adds entries and signs the new checkpoint; when it returns they are
// durable. It either adds all of them or leaves the log as it was. After an
// error while writing the folder answers ErrBroken until it is opened again.
// Other errors: ErrPolicy for a wrong key, those of Append.
// It implements Folder.Append of docs/protocol/board.md.
func (f *Folder) Append(k *Key, leaves ...[]byte) (*Checkpoint, error) {
	if f.broken != nil {
		return nil, fmt.Errorf("%w: %w", ErrBroken, f.broken)
	}
	if err := f.policy.checkKey(k); err != nil {
		return nil, err
	}
	if len(leaves) == 0 {
		return f.checkpoint, nil
	}
	old := f.checkpoint
	g, err := Append(old.Size, leaves, f)
	if err != nil {
		return nil, err
	}
	tail, err := f.ReadEntries(old.Size-old.Size%TileWidth, int(old.Size%TileWidth))
	if err != nil {
		return nil, err
	}
	tiles, err := Tiles(old.Size, g.Size)
	if err != nil {
		return nil, err
	}
	grown := &grownLog{old: f, g: g, first: old.Size - uint64(len(tail)), entries: append(tail, leaves...)}
	if f.broken = f.grow(k, tiles, grown); f.broken != nil {
		return nil, fmt.Errorf("board: append to folder: %w", f.broken)
	}
	f.broken = f.prune(tiles)
	return f.checkpoint, nil
}

// grow writes the tiles, then the checkpoint.
func (f *Folder) grow(k *Key, tiles []Tile, s *grownLog) error {
	for _, t := range tiles {
		data, err := t.data(s, s)
		if err != nil {
			return err
		}
		if err := f.disk.write(t.Path(), data); err != nil {
			return err
		}
	}
	return f.sign(k, s.g.Size, s.g.Root)
}

func (f *Folder) sign(k *Key, size uint64, root tlog.Hash) error {
	raw, err := SignCheckpoint(k, size, root)
	if err != nil {
		return err
	}
	c, err := f.policy.withoutQuorum().Open(raw)
	if err != nil {
		return err
	}
	if err := f.disk.commit(raw); err != nil {
		return err
	}
	f.checkpoint = c
	return nil
}

// prune removes the partial tiles that full ones have replaced. The append has
// succeeded by then; a failure only keeps the folder from growing further.
func (f *Folder) prune(tiles []Tile) error {
	for _, t := range tiles {
		if !t.Full() {
			continue
		}
		if err := f.disk.root.RemoveAll(t.Path() + ".p"); err != nil {
			return err
		}
	}
	return nil
}

// Publish replaces the checkpoint by the same one with the cosignatures that
// the policy's quorum demands. Errors: those of Policy.Open and of
// VerifyConsistency, and ErrOutside for a checkpoint of a larger tree.
// It implements Folder.Publish of docs/protocol/board.md.
func (f *Folder) Publish(raw []byte) error {
	if f.broken != nil {
		return fmt.Errorf("%w: %w", ErrBroken, f.broken)
	}
	c, err := f.policy.Open(raw)
	if err != nil {
		return err
	}
	if c.Size > f.checkpoint.Size {
		return fmt.Errorf("%w: folder has %d entries, this checkpoint is of %d", ErrOutside, f.checkpoint.Size, c.Size)
	}
	if err := VerifyConsistency(f.checkpoint, c, nil); err != nil {
		return err
	}
	if f.broken = f.disk.commit(raw); f.broken != nil {
		return f.broken
	}
	f.checkpoint = c
	return nil
}

// grownLog is the store of a folder with entries that it does not yet have.
type grownLog struct {
	old     tlog.HashReader
	g       *Growth
	first   uint64 // index of entries[0]: where the last partial bundle begins
	entries [][]byte
}

// ReadHashes implements tlog.HashReader for the increasing numbers of a tile:
// old hashes come before new ones.
func (s *grownLog) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var before []int64
	for _, x := range indexes {
		if x < s.g.First {
			before = append(before, x)
		}
	}
	hs, err := s.old.ReadHashes(before)
	if err != nil {
		return nil, err
	}
	for _, x := range indexes[len(before):] {
		hs = append(hs, s.g.Hashes[x-s.g.First])
	}
	return hs, nil
}

// ReadEntries implements EntryReader.
func (s *grownLog) ReadEntries(first uint64, n int) ([][]byte, error) {
	return s.entries[first-s.first : first-s.first+uint64(n)], nil
}
