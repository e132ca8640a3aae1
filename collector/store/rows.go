package store

// rowsOfStatement is how many rows are written by one statement.
const rowsOfStatement = 64

// rows are what a transaction has yet to write. A batch of ballots is written by few
// statements: every one of them is a way to the database and back, with the log locked.
type rows struct {
	entries, ballots, notices []any // arguments, row after row
}

const (
	entryColumns     = 2
	newBallotColumns = 10
	noticeColumns    = 6
	insertEntries    = `INSERT INTO entry (idx, leaf) VALUES `
	insertBallots    = `INSERT INTO ballot (idx, voter, ballot, envelope, container, evidence, bound, good, cast_at, looks) VALUES `
	insertNotices    = `INSERT INTO notice (idx, due, attempts, taker, until, given_up) VALUES `
)

// entry adds an entry.
func (r *rows) entry(t *Tx, index uint64, leaf []byte) error {
	r.entries = append(r.entries, int64(index), leaf)
	if len(r.entries) < rowsOfStatement*entryColumns {
		return nil
	}
	return r.writeEntries(t)
}

// ballot adds a ballot, whose entry was added before.
func (r *rows) ballot(t *Tx, b *Ballot) error {
	r.ballots = append(r.ballots, int64(b.Index), b.Voter, b.Inner[:], b.Envelope[:], b.Container, orNull(b.Evidence), b.Bound[:],
		len(b.Evidence) > 0, b.Time.Unix(), 0)
	if t.notices {
		// There is no ballot without its notice, and no notice of a ballot that was not taken.
		r.notices = append(r.notices, int64(b.Index), b.Time.Unix(), 0, "", 0, false)
	}
	if len(r.ballots) < rowsOfStatement*newBallotColumns {
		return nil
	}
	return r.write(t)
}

// write writes what waits: ballots refer to their entries, which come first, and notices to
// ballots.
func (r *rows) write(t *Tx) error {
	if err := r.writeEntries(t); err != nil || len(r.ballots) == 0 {
		return err
	}
	err := t.exec(insertBallots+tuples(len(r.ballots)/newBallotColumns, newBallotColumns), r.ballots...)
	r.ballots = nil
	if err != nil || len(r.notices) == 0 {
		return err
	}
	err = t.exec(insertNotices+tuples(len(r.notices)/noticeColumns, noticeColumns), r.notices...)
	r.notices = nil
	return err
}

func (r *rows) writeEntries(t *Tx) error {
	if len(r.entries) == 0 {
		return nil
	}
	err := t.exec(insertEntries+tuples(len(r.entries)/entryColumns, entryColumns), r.entries...)
	r.entries = nil
	return err
}
