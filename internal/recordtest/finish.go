package recordtest

import (
	"bytes"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"valik/board"
)

// finish publishes the board.
func (r *Record) finish() error {
	if r.script.Board != nil {
		r.script.Board(r)
	}
	if err := r.PublishBoard(); err != nil {
		return err
	}
	if r.script.Files != nil {
		r.script.Files(r)
	}
	return nil
}

// PublishBoard writes tiles and checkpoint of the entries.
func (r *Record) PublishBoard() error {
	raw, err := r.Checkpoint(len(r.Entries))
	if err != nil {
		return err
	}
	c, err := r.Manifest.Policy().Open(raw)
	if err != nil {
		return err
	}
	return board.Export(c, entries(r.Entries), func(path string, data []byte) error {
		r.Public[path] = data
		return nil
	})
}

// entries are leaves as a board.EntryReader.
type entries [][]byte

// ReadEntries implements board.EntryReader.
func (e entries) ReadEntries(first uint64, n int) ([][]byte, error) {
	return e[first : first+uint64(n)], nil
}

// sign signs a state of the board with its key and the witness's.
func sign(key *board.Key, size uint64, root tlog.Hash) ([]byte, error) {
	raw, err := board.SignCheckpoint(key, size, root)
	if err != nil {
		return nil, err
	}
	text := raw[:bytes.LastIndex(raw, []byte("\n\n"))+1]
	cosigned, err := note.Sign(&note.Note{Text: string(text)}, witness().signer)
	if err != nil {
		return nil, err
	}
	return append(raw, cosigned[len(text)+1:]...), nil
}
