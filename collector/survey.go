package collector

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"valik/board"
	"valik/collector/store"
)

// surveyPause is how often all witnesses are asked about the newest checkpoint, also while
// nobody votes.
const surveyPause = time.Minute

// surveys asks the witnesses, one question at a time.
type surveys struct {
	mu   sync.Mutex
	last time.Time
}

// survey asks all witnesses about the newest checkpoint, whatever they have cosigned
// before. When a quorum has cosigned it for the first time since the start, and no witness
// knows of another board, the collector begins to work.
func (c *Collector) survey(ctx context.Context) error {
	c.surveys.mu.Lock()
	defer c.surveys.mu.Unlock()
	return c.surveyLocked(ctx)
}

func (c *Collector) surveyLocked(ctx context.Context) error {
	defer func() { c.surveys.last = time.Now() }()
	checkpoint, view, err := c.subject(ctx, c.store)
	if err != nil {
		return err
	}
	r, err := c.askAll(ctx, checkpoint, view)
	if err != nil {
		return err
	}
	if r.final {
		// Nothing happens if it was final before, or is that of the folder.
		if err := c.store.Finish(ctx, checkpoint.Size, r.note); err != nil {
			return err
		}
	}
	ready, begun, claims := c.watch.state()
	switch {
	case begun:
		return nil
	case claims != nil:
		return claims
	case !ready:
		return fmt.Errorf("%w: %w", errNoQuorumYet, r.err())
	}
	if err := c.importEntries(ctx, c.bench.Load().dossier); err != nil {
		return err
	}
	c.watch.begin()
	return nil
}

// askAll asks all witnesses and judges what they say. Before the collector has begun, a
// witness that lags behind is not shown a board that others contradict: if it is a fork, it
// would follow that, and refuse the true board from then on.
func (c *Collector) askAll(ctx context.Context, checkpoint *store.Checkpoint, view *logView) (*round, error) {
	if _, begun, _ := c.watch.state(); !begun {
		r := c.witness.cosign(ctx, checkpoint, view, probing)
		if claims := r.claims(); len(claims) > 0 {
			c.watch.judge(r, c.config.Now())
			return nil, joinClaims(claims)
		}
	}
	r := c.witness.cosign(ctx, checkpoint, view, patient)
	c.watch.judge(r, c.config.Now())
	return r, nil
}

// subject is what witnesses are asked about: the newest checkpoint of the database, as the
// log alone has signed it, or while that is empty the board of the election's folder. An
// empty database is the oldest of all.
func (c *Collector) subject(ctx context.Context, s *store.Store) (*store.Checkpoint, *logView, error) {
	view := viewOf(ctx, s)
	newest, err := s.Newest(ctx)
	if errors.Is(err, store.ErrNotFound) {
		files := c.bench.Load().dossier
		newest = &store.Checkpoint{Size: files.checkpoint.Size, Root: files.checkpoint.Root, Note: files.checkpoint.Raw}
		view.tree, err = board.NewTree(files.leaves)
	}
	if err != nil {
		return nil, nil, err
	}
	newest.Note, err = c.withoutCosignatures(newest)
	return newest, view, err
}

// withoutCosignatures takes the cosignatures off a checkpoint: they are of the past, and
// witnesses are asked for new ones. Nothing is signed for it, since a database that was
// changed behind the collector's back may be a fork.
func (c *Collector) withoutCosignatures(at *store.Checkpoint) ([]byte, error) {
	text, lines, _ := bytes.Cut(at.Note, []byte("\n\n"))
	var note bytes.Buffer
	note.Write(text)
	note.WriteString("\n\n")
	for line := range bytes.Lines(lines) {
		if bytes.HasPrefix(line, []byte("— "+c.manifest.Board.Origin+" ")) {
			note.Write(line)
		}
	}
	own, err := signed(c.manifest).Open(note.Bytes())
	if err != nil {
		return nil, fmt.Errorf("%w: its newest checkpoint is not this election's: %w", ErrContradiction, err)
	}
	if own.Size != at.Size || own.Root != at.Root {
		return nil, fmt.Errorf("%w: the checkpoint of %d entries is signed for others", store.ErrCorrupt, at.Size)
	}
	return own.Raw, nil
}

// sound says why nothing may be appended now. If the clock was set, the witnesses are asked.
func (c *Collector) sound(ctx context.Context) error {
	err := c.watch.problem(c.config.Now())
	if err == nil || !errors.Is(err, errStepped) {
		return err
	}
	c.surveys.mu.Lock()
	defer c.surveys.mu.Unlock()
	// Whoever had the lock before has asked, and need not be followed by all who waited.
	if time.Since(c.surveys.last) >= min(time.Second, c.config.Interval) {
		if err := c.surveyLocked(ctx); err != nil {
			c.config.Logger.Warn("the witnesses cannot be asked what time it is", "error", err)
		}
	}
	return c.watch.problem(c.config.Now())
}

// keepWatching asks the witnesses every minute, and again and again while something is
// wrong, and keeps the newest checkpoint outside of the database, until ctx ends.
func (c *Collector) keepWatching(ctx context.Context) {
	pause := time.NewTicker(min(time.Second, max(publishPause, c.config.Interval)))
	defer pause.Stop()
	for {
		select {
		case <-pause.C:
		case <-ctx.Done():
			return
		}
		c.rememberNewest(ctx)
		if c.manifest.Board.Quorum == 0 || !c.surveyDue() {
			continue
		}
		if err := c.survey(ctx); err != nil && ctx.Err() == nil {
			c.config.Logger.Warn("the witnesses do not vouch for this database yet", "error", err)
		}
	}
}

func (c *Collector) surveyDue() bool {
	c.surveys.mu.Lock()
	defer c.surveys.mu.Unlock()
	return time.Since(c.surveys.last) >= surveyPause || c.watch.problem(c.config.Now()) != nil
}
