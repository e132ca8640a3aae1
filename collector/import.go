package collector

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"valik/collector/store"
	"valik/election"
)

// ErrContradiction is returned when the folder's board is not the beginning, or the
// continuation, of the one in the database: two histories cannot be made one.
var ErrContradiction = errors.New("collector: the folder's board contradicts the database's")

// importEntries appends what the folder's board has more than the database's, and then
// the versions of the voter roll that no board has yet.
//
// It implements Collector.Import of docs/protocol/casting.md.
func (c *Collector) importEntries(ctx context.Context, files *dossier) error {
	return c.store.Update(ctx, func(tx *store.Tx) error {
		leaves := files.leaves
		common := int(min(tx.Size(), uint64(len(leaves))))
		have, err := tx.Entries(0, common)
		if err != nil {
			return err
		}
		for i := range have {
			if !bytes.Equal(have[i], leaves[i]) {
				return fmt.Errorf("%w: entry %d is different", ErrContradiction, i)
			}
		}
		// Where the folder has more, its board begins with the database's, and its order was checked.
		for i := common; i < len(leaves); i++ {
			if err := importEntry(tx, leaves[i], files.entries[i].Kind); err != nil {
				return err
			}
		}
		return c.importRolls(tx, files)
	})
}

func importEntry(tx *store.Tx, leaf []byte, kind election.Kind) error {
	var err error
	switch kind {
	case election.KindRoll:
		_, err = tx.AppendRoll(leaf)
	case election.KindOpen, election.KindBallot, election.KindClose, election.KindSettlement:
		// Only a collector appends these, together with what they stand for.
		return fmt.Errorf("%w: the folder has %q at entry %d, which this database lacks: it belongs to another one",
			ErrContradiction, kind, tx.Size())
	default:
		_, err = tx.Append(leaf)
	}
	return err
}

// importRolls logs the versions of the roll that lie in the folder and are not on the
// board yet. The authority has signed them; after the close there are none.
func (c *Collector) importRolls(tx *store.Tx, files *dossier) error {
	for k := tx.Rolls(); k < len(files.rollHashes); k++ {
		if tx.Phase() == store.Closed || tx.Phase() == store.Settlement {
			return fmt.Errorf("%w: %s came after the close", ErrContradiction, election.RollFile(k))
		}
		entry := election.NewEntry(election.KindRoll, c.manifest.Fingerprint(), files.rollHashes[k])
		if _, err := tx.AppendRoll(entry.Bytes()); err != nil {
			return err
		}
	}
	return nil
}
