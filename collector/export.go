package collector

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"

	"valik/board"
	"valik/collector/store"
	"valik/eid"
	"valik/election"
)

// What Export refuses.
var (
	ErrNotClosed    = errors.New("collector: the polls are not closed, so there is nothing to export yet")
	ErrNotSettled   = errors.New("collector: evidence about certificates is still to come, so there is nothing to export yet")
	ErrNotWitnessed = errors.New("collector: the newest checkpoint lacks signatures of witnesses")
	ErrExists       = errors.New("collector: it was exported before")
)

// Export writes what the collector has to hand over after the close into a new folder:
// record/, which is for the public, and sealed/, which only those who count and observers
// may read. It verifies the whole database before. Errors: ErrNotClosed, ErrNotSettled, ErrNotWitnessed,
// ErrExists, and those of the database and the file system.
//
// It implements Collector.Export of docs/protocol/casting.md.
func (c *Collector) Export(ctx context.Context, dir string) error {
	if err := c.sequence.turn(ctx); err != nil {
		return err
	}
	size, phase, err := c.store.Head(ctx)
	if err != nil {
		return err
	}
	switch {
	case phase == store.Closed && c.manifest.Settles():
		return fmt.Errorf("%w: it ends at %s at the latest", ErrNotSettled, c.lastSettling())
	case phase != store.Closed && phase != store.Settlement:
		return ErrNotClosed
	}
	if err := c.store.Audit(ctx); err != nil {
		return err
	}
	checkpoint, err := c.published(ctx, size-1)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotWitnessed, err)
	}
	e := &export{c: c, ctx: ctx, dir: dir}
	for _, step := range []func() error{
		e.makeFolders,
		e.writeDocuments,
		e.writeSealed,
		e.writePublicBallots,
		// The log comes last: a record without a checkpoint is seen to be unfinished.
		func() error {
			return board.WriteFolder(filepath.Join(dir, recordFolder), checkpoint, c.store.Tree(ctx))
		},
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

type export struct {
	c   *Collector
	ctx context.Context
	dir string
}

// makeFolders does not write over anything: not over what officials have added since.
func (e *export) makeFolders() error {
	if err := os.MkdirAll(e.dir, 0o755); err != nil {
		return err
	}
	for name, mode := range map[string]fs.FileMode{recordFolder: 0o755, sealedFolder: 0o700} {
		err := os.Mkdir(filepath.Join(e.dir, name), mode)
		if errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("%w: %s", ErrExists, filepath.Join(e.dir, name))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (e *export) writeDocuments() error {
	b := e.c.bench.Load()
	open, err := e.c.store.Document(e.ctx, election.OpenFile)
	if err != nil {
		return err
	}
	shut, err := e.c.store.Document(e.ctx, election.CloseFile)
	if err != nil {
		return err
	}
	documents := map[string][]byte{
		election.ManifestFile: e.c.manifest.Bytes(),
		election.CeremonyFile: b.ceremony, election.OpenFile: open, election.CloseFile: shut,
	}
	if e.c.manifest.Settles() {
		if documents[election.SettlementFile], err = e.c.store.Document(e.ctx, election.SettlementFile); err != nil {
			return err
		}
	}
	for k, signature := range b.manifestSignatures {
		documents[election.SignatureFile(election.ManifestFile, k)] = signature
	}
	for name, content := range documents {
		if err := os.WriteFile(filepath.Join(e.dir, recordFolder, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// writeSealed copies the rolls, byte for byte, and writes the ballot box.
func (e *export) writeSealed() error {
	for k := range e.c.bench.Load().rolls {
		for _, name := range append(e.c.manifest.SignatureFiles(election.RollFile(k)), election.RollFile(k)) {
			content, err := fs.ReadFile(e.c.config.Folder, sealedFolder+"/"+name)
			if err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(e.dir, sealedFolder, name), content, 0o600); err != nil {
				return err
			}
		}
	}
	if err := e.writeRevocationLists(); err != nil {
		return err
	}
	return e.stream(filepath.Join(sealedFolder, election.BoxFile), 0o600, func(w io.Writer, n int) error {
		return election.WriteBox(w, e.c.manifest.Fingerprint(), n, each(e, func(b *store.Ballot) (*election.BoxBallot, error) {
			return &election.BoxBallot{Index: b.Index, Container: b.Container, Evidence: b.Evidence, Time: election.At(b.Time)}, nil
		}))
	})
}

// writeRevocationLists writes the lists that evidence refers to.
func (e *export) writeRevocationLists() error {
	for list, err := range e.c.store.RevocationLists(e.ctx) {
		if err != nil {
			return err
		}
		path := filepath.Join(e.dir, sealedFolder, election.RevocationListFile(election.HashOf(list)))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, list, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// writePublicBallots writes the inner ballots, which say nothing about who voted, in an
// election that publishes them.
func (e *export) writePublicBallots() error {
	if e.c.manifest.Profile != election.ProfileOpen {
		return nil
	}
	return e.stream(filepath.Join(recordFolder, election.BallotsFile), 0o644, func(w io.Writer, n int) error {
		return election.WritePublicBallots(w, e.c.manifest.Fingerprint(), n, each(e, publicBallot))
	})
}

func publicBallot(b *store.Ballot) (*election.PublicBallot, error) {
	container, err := eid.ParseContainer(b.Container)
	if err != nil {
		return nil, err
	}
	inner, err := election.ParseBallot(container.Data)
	if err != nil {
		return nil, err
	}
	return &election.PublicBallot{Index: b.Index, Envelope: b.Envelope, Evidence: b.Bound, Time: election.At(b.Time), Ballot: *inner}, nil
}

// each yields what line makes of the ballots of the box, one by one: the box of a nation
// does not fit into memory.
func each[L any](e *export, line func(*store.Ballot) (*L, error)) iter.Seq2[*L, error] {
	return func(yield func(*L, error) bool) {
		for b, err := range e.c.store.Box(e.ctx) {
			var l *L
			if err == nil {
				l, err = line(b)
			}
			if !yield(l, err) || err != nil {
				return
			}
		}
	}
}

// stream writes a file about all ballots through a buffer and makes it durable.
func (e *export) stream(name string, mode fs.FileMode, write func(w io.Writer, ballots int) error) error {
	n, err := e.c.store.Ballots(e.ctx)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(e.dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(f, 1<<20)
	err = write(buffered, int(n))
	return errors.Join(err, buffered.Flush(), f.Sync(), f.Close())
}
