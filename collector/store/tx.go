package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"valik/board"
)

// Tx is the one writer of the log while it lasts: it holds the lock on the head row.
type Tx struct {
	ctx context.Context
	q   querier

	before             uint64 // entries that were there
	phaseBefore, phase Phase
	rolls              int           // versions of the voter roll in the log
	latest             int64         // the latest time of a ballot, in seconds of Unix time
	leaves             [][]byte      // entries that are appended
	waiting            rows          // of them, what is not written yet
	expected           *expected     // nil unless Expect was called
	growth             *board.Growth // what they become, once that is written
	notices            bool          // whether a ballot brings a notice
}

// Ballot is one ballot of the box. Voter is whatever name the caller gives the voter; the
// store only compares it. Hashes are those of the inner ballot and of its container.
type Ballot struct {
	Index     uint64
	Voter     string
	Inner     [32]byte
	Envelope  [32]byte
	Container []byte
	Evidence  []byte    // what is known of the signer's certificate; nil: nothing yet
	Bound     [32]byte  // hash of the evidence that is in the leaf, zero for none
	Time      time.Time // whole seconds
}

// lock takes the head row, waiting for the writer before.
func lock(ctx context.Context, tx *sql.Tx) (*Tx, error) {
	t := &Tx{ctx: ctx, q: tx}
	err := tx.QueryRowContext(ctx, `UPDATE head SET size = size WHERE id = 1 RETURNING size, phase, rolls, latest`).
		Scan(&t.before, &t.phase, &t.rolls, &t.latest)
	if err != nil {
		return nil, fmt.Errorf("store: locking the log: %w", err)
	}
	t.phaseBefore = t.phase
	return t, nil
}

// Size is the number of entries, those appended here included.
func (t *Tx) Size() uint64 { return t.before + uint64(len(t.leaves)) }

// Phase is the phase of the log.
func (t *Tx) Phase() Phase { return t.phase }

// SetPhase moves the log on: setup, open, closed, settled, no step left out and none back.
func (t *Tx) SetPhase(p Phase) error {
	next := map[Phase]Phase{Setup: Opened, Opened: Closed, Closed: Settlement}
	if next[t.phase] != p {
		return fmt.Errorf("%w: from %s to %s", ErrPhase, t.phase, p)
	}
	t.phase = p
	return nil
}

// Append gives the leaf the next index. It is written with others, at the latest when the
// transaction ends.
func (t *Tx) Append(leaf []byte) (uint64, error) {
	index := t.Size()
	t.leaves = append(t.leaves, leaf)
	return index, t.waiting.entry(t, index, leaf)
}

// AppendRoll gives the leaf of a new version of the voter roll the next index.
func (t *Tx) AppendRoll(leaf []byte) (uint64, error) {
	t.rolls++
	return t.Append(leaf)
}

// Rolls is the number of versions of the voter roll in the log.
func (t *Tx) Rolls() int { return t.rolls }

// LatestTime is the latest time of a ballot in the box, the zero Time if there is none.
func (t *Tx) LatestTime() time.Time {
	if t.latest == 0 {
		return time.Time{}
	}
	return unix(t.latest)
}

// Entries gives the n entries from index first on, or ErrNotFound.
func (t *Tx) Entries(first uint64, n int) ([][]byte, error) {
	if err := t.waiting.write(t); err != nil {
		return nil, err
	}
	return tree{t.ctx, t.q, nil}.ReadEntries(first, n)
}

// AppendBallot gives the leaf the next index and puts its ballot into the box. It fails
// with ErrPhase unless the log is open. It sets b.Index.
func (t *Tx) AppendBallot(b *Ballot, leaf []byte) error {
	if t.phase != Opened {
		return fmt.Errorf("%w: a ballot while the phase is %s", ErrPhase, t.phase)
	}
	index, err := t.Append(leaf)
	if err != nil {
		return err
	}
	b.Index, t.latest = index, max(t.latest, b.Time.Unix())
	t.expected.add(b)
	return t.waiting.ballot(t, b)
}

// PutDocument keeps a document that this collector wrote.
func (t *Tx) PutDocument(name string, body []byte) error {
	return t.exec(`INSERT INTO document (name, body) VALUES ($1, $2)`, name, body)
}

// Ballots is the number of ballots in the box.
func (t *Tx) Ballots() (uint64, error) {
	if err := t.waiting.write(t); err != nil {
		return 0, err
	}
	return countBallots(t.ctx, t.q)
}

// finish writes the new hashes, the signed checkpoint and the head.
func (t *Tx) finish(o Options) error {
	if len(t.leaves) == 0 && t.phase == t.phaseBefore {
		return nil
	}
	if err := t.waiting.write(t); err != nil {
		return err
	}
	if len(t.leaves) > 0 {
		if err := t.grow(o); err != nil {
			return err
		}
	}
	return t.exec(`UPDATE head SET size = $1, phase = $2, rolls = $3, latest = $4 WHERE id = 1`,
		int64(t.Size()), string(t.phase), t.rolls, t.latest)
}

func (t *Tx) grow(o Options) error {
	g, err := board.Append(t.before, t.leaves, tree{t.ctx, t.q, nil})
	if err != nil {
		return err
	}
	if err := t.checkSigned(g.Before); err != nil {
		return err
	}
	if err := t.writeHashes(g); err != nil {
		return err
	}
	t.growth = g
	return t.sign(o, g)
}

// holds makes sure that the log still begins with what was committed before.
func (t *Tx) holds(last *board.Growth) error {
	if last == nil {
		return nil
	}
	var root []byte
	err := t.q.QueryRowContext(t.ctx, `SELECT root FROM checkpoint WHERE size = $1`, int64(last.Size)).Scan(&root)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("%w: it had %d entries and has %d", ErrWentBack, last.Size, t.before)
	case err != nil:
		return wrap(err)
	case !bytes.Equal(root, last.Root[:]):
		return fmt.Errorf("%w: its first %d entries have another root", ErrWentBack, last.Size)
	}
	return nil
}

// checkSigned makes sure that the tree to be extended is the tree that was signed: on a
// damaged database nothing is built, and no fork is ever signed.
func (t *Tx) checkSigned(root tlog.Hash) error {
	if t.before == 0 {
		return nil
	}
	var signed []byte
	err := t.q.QueryRowContext(t.ctx, `SELECT root FROM checkpoint WHERE size = $1`, int64(t.before)).Scan(&signed)
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%w: no checkpoint of its %d entries", ErrCorrupt, t.before)
	}
	if err != nil {
		return wrap(err)
	}
	if !bytes.Equal(root[:], signed) {
		return fmt.Errorf("%w: the tree of %d entries is not the one that was signed", ErrCorrupt, t.before)
	}
	return nil
}

// writeHashes inserts many rows by one statement: a ballot adds two hashes.
func (t *Tx) writeHashes(g *board.Growth) error {
	const most = 512 // rows of one statement
	for first := 0; first < len(g.Hashes); first += most {
		chunk := g.Hashes[first:min(first+most, len(g.Hashes))]
		args := make([]any, 0, 2*len(chunk))
		for i, h := range chunk {
			args = append(args, g.First+int64(first+i), h[:])
		}
		if err := t.exec(`INSERT INTO node (id, hash) VALUES `+tuples(len(chunk), 2), args...); err != nil {
			return err
		}
	}
	return nil
}

// sign is inside the transaction, so that no checkpoint is ever seen whose entries are
// not durable. A note whose commit fails was shown to nobody and is forgotten.
func (t *Tx) sign(o Options, g *board.Growth) error {
	note, err := o.Sign(g.Size, g.Root)
	if err != nil {
		return fmt.Errorf("store: signing the checkpoint: %w", err)
	}
	return t.exec(`INSERT INTO checkpoint (size, root, note, final) VALUES ($1, $2, $3, $4)`,
		int64(g.Size), g.Root[:], note, !o.Witnessed)
}

func (t *Tx) exec(query string, args ...any) error {
	if _, err := t.q.ExecContext(t.ctx, query, args...); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}
