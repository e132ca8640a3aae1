package board

import (
	"fmt"
	"os"
)

// Export writes the log of a checkpoint in the layout of tlog-tiles: entry
// bundles, hash tiles, the checkpoint last. It takes only entries from the store
// and computes everything else again; if that does not lead to the checkpoint's
// root, it stops with ErrStore before the checkpoint is written. Other errors
// are those of the store and of write.
// It implements Log.Export of docs/protocol/board.md.
func Export(c *Checkpoint, r EntryReader, write func(path string, data []byte) error) error {
	tiles, err := Tiles(0, c.Size)
	if err != nil {
		return err
	}
	var tree Tree
	if err := exportEntries(tiles, &tree, r, write); err != nil {
		return err
	}
	root, err := tree.Root(c.Size)
	if err != nil {
		return err
	}
	if root != c.Root {
		return fmt.Errorf("%w: entries have root %v, checkpoint of %d has %v", ErrStore, root, c.Size, c.Root)
	}
	for _, t := range tiles {
		if t.Level == LevelEntries {
			continue
		}
		data, err := t.data(&tree, r)
		if err != nil {
			return err
		}
		if err := write(t.Path(), data); err != nil {
			return err
		}
	}
	return write(CheckpointFile, c.Raw)
}

func exportEntries(tiles []Tile, tree *Tree, r EntryReader, write func(string, []byte) error) error {
	for _, t := range tiles {
		if t.Level != LevelEntries {
			continue
		}
		entries, err := readEntries(r, t.Index*TileWidth, t.Width)
		if err != nil {
			return err
		}
		if err := tree.Append(entries...); err != nil {
			return err
		}
		data, err := EncodeBundle(entries)
		if err != nil {
			return err
		}
		if err := write(t.Path(), data); err != nil {
			return err
		}
	}
	return nil
}

// WriteFolder exports the log of a checkpoint into a folder that has no log yet;
// it makes the folder if need be. Errors: ErrUnexpected if there is a log, and
// those of Export. After an error the folder has a part of a log and no
// checkpoint.
// It implements Log.Export of docs/protocol/board.md.
func WriteFolder(dir string, c *Checkpoint, r EntryReader) error {
	d, err := newDisk(dir)
	if err != nil {
		return err
	}
	defer d.close()
	err = Export(c, r, func(path string, data []byte) error {
		if path == CheckpointFile {
			return d.commit(data)
		}
		return d.write(path, data)
	})
	if err != nil {
		return fmt.Errorf("board: export to %q: %w", dir, err)
	}
	return nil
}

// newDisk opens a folder for a new log.
func newDisk(dir string) (*disk, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	d, err := openDisk(dir)
	if err != nil {
		return nil, err
	}
	if err := d.requireNoLog(); err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}
