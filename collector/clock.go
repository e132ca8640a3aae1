package collector

import (
	"time"

	"valik/collector/store"
	"valik/election"
)

// turn appends what the manifest's times ask for at this moment: the opening when its
// time has come, and the close when its has. It is called with the lock on the log, so
// among several collectors one does it and the others find it done.
//
// It implements Collector.Turn of docs/protocol/casting.md.
func (c *Collector) turn(tx *store.Tx, now election.Time) error {
	if tx.Phase() == store.Setup && now >= c.manifest.Opens {
		if err := c.open(tx); err != nil {
			return err
		}
	}
	if tx.Phase() == store.Opened && now >= c.manifest.Closes {
		if err := c.close(tx); err != nil {
			return err
		}
	}
	if tx.Phase() == store.Closed && c.manifest.Settles() {
		return c.endSettling(tx, now)
	}
	return nil
}

// endSettling logs what came of the ballots without evidence, when none can come any more.
func (c *Collector) endSettling(tx *store.Tx, now election.Time) error {
	waiting, err := tx.HasUnsettled(c.settlesSince(now))
	if err != nil || waiting {
		return err
	}
	found, err := tx.Settled()
	if err != nil {
		return err
	}
	list := make([]election.Settled, len(found))
	for i, e := range found {
		list[i] = election.Settled{Index: e.Index, Evidence: election.EvidenceHash(e.Evidence), Good: e.Good}
	}
	doc := election.NewSettlement(c.manifest.Fingerprint(), list)
	return c.move(tx, store.Settlement, election.KindSettlement, election.SettlementFile, doc.Bytes())
}

// settlesSince says of when ballots are for which evidence that comes now can count.
func (c *Collector) settlesSince(now election.Time) time.Time {
	return (now - election.Time(c.manifest.EID.Evidence.Settle)).Time()
}

// lastSettling is the last moment at which evidence of the last ballot can count.
func (c *Collector) lastSettling() election.Time {
	return c.manifest.Closes + election.Time(c.manifest.EID.Evidence.Settle)
}

func (c *Collector) open(tx *store.Tx) error {
	files := c.bench.Load().dossier
	rolls := files.rollHashes
	if tx.Rolls() != len(rolls) {
		return errRollChanged
	}
	doc := election.NewOpen(c.manifest, files.signatureHashes(), election.HashOf(files.ceremony), rolls[len(rolls)-1])
	return c.move(tx, store.Opened, election.KindOpen, election.OpenFile, doc.Bytes())
}

func (c *Collector) close(tx *store.Tx) error {
	n, err := tx.Ballots()
	if err != nil {
		return err
	}
	return c.move(tx, store.Closed, election.KindClose, election.CloseFile, election.NewClose(c.manifest, int(n)).Bytes())
}

// move logs a document and keeps it, and moves the log to the next phase.
func (c *Collector) move(tx *store.Tx, to store.Phase, kind election.Kind, name string, doc []byte) error {
	entry := election.NewEntry(kind, c.manifest.Fingerprint(), election.HashOf(doc))
	if _, err := tx.Append(entry.Bytes()); err != nil {
		return err
	}
	if err := tx.PutDocument(name, doc); err != nil {
		return err
	}
	return tx.SetPhase(to)
}

// due says whether turn would do something, as far as this collector knows the phase.
func (c *Collector) due(phase store.Phase, now election.Time) bool {
	switch phase {
	case store.Setup:
		return now >= c.manifest.Opens
	case store.Opened:
		return now >= c.manifest.Closes
	case store.Closed:
		return c.manifest.Settles()
	}
	return false
}
