package collector

import (
	"context"
	"errors"
	"fmt"
	"os"

	"valik/collector/store"
)

// ErrNothingToCompare says that a backup would be restored on its own word.
var ErrNothingToCompare = errors.New("collector: there is nothing to tell whether this backup is the newest state of the board: no quorum of witnesses has answered, and no checkpoint" +
	" is kept outside of the database. Name one from elsewhere (--checkpoint): the state of a monitor, or /checkpoint from a mirror")

// Backup copies a database of a collector into a new file, while it is in use, and
// verifies the copy. Errors: those of store.Backup, and store.ErrCorrupt if ballots or
// documents are not those of the log.
//
// It implements Collector.Backup of docs/protocol/casting.md.
func Backup(ctx context.Context, database, file string, draw store.Progress) error {
	return store.Backup(ctx, database, file, draw, func(s *store.Store) error {
		if err := checkBox(ctx, s); err != nil {
			return err
		}
		return recordBackup(ctx, database)
	})
}

// recordBackup leaves a line in the journal before the copy gets its name: it has all that
// the ballot box has.
func recordBackup(ctx context.Context, database string) error {
	s, err := store.Open(ctx, database, store.Options{})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnrecorded, err)
	}
	c := &Collector{config: withDefaults(Config{}), store: s}
	if _, err := c.record(ctx, ByCommand, journalEntry{What: "backup", Outcome: outcomeRead}); err != nil {
		return errors.Join(fmt.Errorf("%w: %w", ErrUnrecorded, err), s.Close())
	}
	return s.Close()
}

// Restore puts a backup into the database of a configuration, which must be empty. It
// verifies the backup, and that it is the newest state of the board by all who may know
// better: the witnesses, the collector's own memory, and the files of checkpoints. Errors:
// *HistoryError, ErrNothingToCompare, store.ErrNotEmpty, store.ErrCorrupt, store.ErrVersion.
//
// It implements Collector.Restore of docs/protocol/casting.md.
func Restore(ctx context.Context, config Config, backup string, checkpoints []string, draw store.Progress) error {
	c := newCollector(config)
	if err := c.openFolder(); err != nil {
		return err
	}
	from, err := store.OpenBackup(ctx, backup)
	if err != nil {
		return err
	}
	defer from.Close()
	if err := c.verifyBackup(ctx, from, checkpoints); err != nil {
		return err
	}
	if err := c.openStore(ctx); err != nil {
		return err
	}
	if err := c.store.Restore(ctx, from, draw); err != nil {
		return errors.Join(err, c.store.Close())
	}
	// The journal that was restored goes on.
	_, err = c.record(ctx, ByCommand, journalEntry{What: "restore", Outcome: outcomeDone})
	return errors.Join(err, c.store.Close())
}

func (c *Collector) verifyBackup(ctx context.Context, from *store.Store, checkpoints []string) error {
	if err := from.Audit(ctx); err != nil {
		return err
	}
	if _, _, err := c.subject(ctx, from); err != nil {
		return err // not this election's
	}
	if err := checkBox(ctx, from); err != nil {
		return err
	}
	compared, err := c.memory.check(ctx, from, c.manifest)
	if err != nil {
		return err
	}
	for _, file := range checkpoints {
		raw, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("collector: %w", err)
		}
		if err := compareFile(ctx, from, c.manifest, file, raw); err != nil {
			return err
		}
		compared = true
	}
	heard, err := c.askWitnesses(ctx, from)
	if err == nil && !compared && !heard {
		return ErrNothingToCompare
	}
	return err
}

// askWitnesses asks the witnesses about the newest checkpoint of a backup, and says whether a
// quorum has answered. One that says otherwise is enough to refuse.
func (c *Collector) askWitnesses(ctx context.Context, from *store.Store) (heard bool, err error) {
	if c.manifest.Board.Quorum == 0 {
		return false, nil
	}
	newest, view, err := c.subject(ctx, from)
	if err != nil {
		return false, err
	}
	r := c.witness.cosign(ctx, newest, view, probing)
	return r.heard() >= c.manifest.Board.Quorum, joinClaims(r.claims())
}
