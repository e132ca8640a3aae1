package collector

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"valik/collector/store"
	"valik/election"
)

const (
	poolSize   = 4096 // ballots that may wait; more are refused as busy
	batchSize  = 1024 // ballots of one transaction
	batchTime  = 30 * time.Second
	clockCheck = time.Second

	timeTolerance = time.Minute // by how much a ballot's time may lie before the latest one on the board
)

// What the sequencer answers beside the errors of the store.
var (
	errBusy        = errors.New("collector: too many ballots wait")
	errStopping    = errors.New("collector: it is shutting down")
	errRollChanged = errors.New("collector: the voter roll has a newer version than this collector")
	errNotOpen     = errors.New("collector: the polls are not open yet")
	errClosed      = errors.New("collector: the polls are closed")
	errReplayed    = errors.New("collector: the inner ballot is in the box in another envelope")
	errBehind      = errors.New("collector: its clock is behind the times of ballots on the board")
	errSlow        = errors.New("collector: the ballot has waited too long for its place on the board")
	errStale       = errors.New("collector: the voter has a ballot that is newer than this one's anchor")
)

// cast is a ballot that passed all checks and waits for its place in the log.
type cast struct {
	ballot store.Ballot
	leaf   []byte
	anchor uint64 // size of the log that the voter had verified
	rolls  int    // versions of the roll that it was judged by
	done   chan error
}

// sequencer is the one writer of this process. Casts wait in its pool and share a
// transaction, so that the cost of making a batch durable is paid once for all of them.
type sequencer struct {
	c       *Collector
	pool    chan *cast
	turns   chan chan error // asks for a turn of the clock
	quit    chan struct{}
	ended   chan struct{}
	once    sync.Once
	phase   atomic.Value // store.Phase as last seen; it may be behind, never ahead
	waiting atomic.Int64 // casts that are not answered
}

func startSequencer(c *Collector) *sequencer {
	s := &sequencer{
		c: c, pool: make(chan *cast, poolSize), turns: make(chan chan error),
		quit: make(chan struct{}), ended: make(chan struct{}),
	}
	s.phase.Store(store.Setup)
	go s.run()
	return s
}

// stop commits what waits and ends the sequencer.
func (s *sequencer) stop() {
	s.once.Do(func() { close(s.quit) })
	<-s.ended
}

// submit waits until the cast is committed, or refused. If ctx ends first, it may be
// committed all the same: the voter's program asks again and gets the receipt.
func (s *sequencer) submit(ctx context.Context, k *cast) error {
	k.done = make(chan error, 1)
	s.waiting.Add(1)
	defer s.waiting.Add(-1)
	select {
	case <-s.quit:
		return errStopping
	default:
	}
	select {
	case s.pool <- k:
	default:
		return errBusy
	}
	select {
	case err := <-k.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-s.ended:
		// The last batch may have been taken before this cast came into the pool.
		select {
		case err := <-k.done:
			return err
		default:
			return errStopping
		}
	}
}

// turn makes the log follow the clock now, if it has to.
func (s *sequencer) turn(ctx context.Context) error {
	if !s.c.due(s.phase.Load().(store.Phase), s.c.now()) {
		return nil
	}
	reply := make(chan error, 1)
	select {
	case s.turns <- reply:
		return <-reply
	case <-s.ended:
		return errStopping
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *sequencer) run() {
	defer close(s.ended)
	clock := time.NewTicker(min(clockCheck, s.c.config.Interval))
	defer clock.Stop()
	last := time.Time{}
	for {
		var batch []*cast
		select {
		case k := <-s.pool:
			batch = s.gather(k, last.Add(s.c.config.Interval))
		case reply := <-s.turns:
			reply <- s.follow()
			continue
		case <-clock.C:
			if err := s.follow(); err != nil {
				s.c.config.Logger.Error("the log cannot follow the clock", "error", err)
				s.c.metrics.failures.WithLabelValues("clock").Inc()
			}
			continue
		case <-s.quit:
			s.drain()
			return
		}
		s.commit(batch)
		last = time.Now()
	}
}

// gather takes casts from the pool until the time for the next checkpoint has come.
func (s *sequencer) gather(first *cast, until time.Time) []*cast {
	batch := []*cast{first}
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	for len(batch) < batchSize {
		select {
		case k := <-s.pool:
			batch = append(batch, k)
		case <-timer.C:
			return s.rest(batch)
		case <-s.quit:
			return batch
		}
	}
	return batch
}

// rest adds what is in the pool already.
func (s *sequencer) rest(batch []*cast) []*cast {
	for len(batch) < batchSize {
		select {
		case k := <-s.pool:
			batch = append(batch, k)
		default:
			return batch
		}
	}
	return batch
}

// drain commits everything that waits.
func (s *sequencer) drain() {
	for batch := s.rest(nil); len(batch) > 0; batch = s.rest(nil) {
		s.commit(batch)
	}
}

// follow turns the log by the clock if it has to.
func (s *sequencer) follow() error {
	if !s.c.due(s.phase.Load().(store.Phase), s.c.now()) {
		return nil
	}
	if err := s.c.sound(context.Background()); err != nil {
		return err
	}
	// Who handed a ballot in before the close, and waits, comes before it.
	if batch := s.rest(nil); len(batch) > 0 {
		s.commit(batch)
	}
	return s.update(func(*store.Tx) error { return nil })
}

// commit sequences a batch in one transaction and answers every cast.
func (s *sequencer) commit(batch []*cast) {
	began := time.Now()
	outcomes := make([]error, len(batch))
	err := s.update(func(tx *store.Tx) error {
		if err := tx.Expect(ballotsOf(batch)); err != nil {
			return err
		}
		for i, k := range batch {
			refused, err := place(tx, k, s.c.now().Time())
			if err != nil {
				return err
			}
			outcomes[i] = refused
		}
		return nil
	})
	if err != nil {
		s.c.config.Logger.Error("a batch was not sequenced", "ballots", len(batch), "error", err)
	}
	s.c.metrics.batch(len(batch), time.Since(began), err)
	for i, k := range batch {
		k.done <- errors.Join(err, outcomes[i])
	}
}

func ballotsOf(batch []*cast) []*store.Ballot {
	list := make([]*store.Ballot, len(batch))
	for i, k := range batch {
		list[i] = &k.ballot
	}
	return list
}

// update runs f as the one writer of the log: after an opening that is due, and before
// a close that is.
func (s *sequencer) update(f func(*store.Tx) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), batchTime)
	defer cancel()
	phase := store.Setup
	err := s.c.store.Update(ctx, func(tx *store.Tx) error {
		// Not before the lock is had: meanwhile the clock may be set.
		moment := s.c.config.Now()
		if err := s.c.watch.problem(moment); err != nil {
			return err
		}
		now := election.At(moment)
		if err := s.c.turn(tx, min(now, s.c.manifest.Closes-1)); err != nil {
			return err
		}
		if err := f(tx); err != nil {
			return err
		}
		err := s.c.turn(tx, now)
		phase = tx.Phase()
		return err
	})
	if err == nil {
		s.phase.Store(phase)
	}
	return err
}

// place decides about one cast where the truth is: under the lock on the log. refused
// is about this cast, err about the transaction.
//
// It implements Log.Place of docs/protocol/casting.md.
func place(tx *store.Tx, k *cast, now time.Time) (refused, err error) {
	known, err := tx.Envelope(k.ballot.Envelope)
	if err == nil {
		k.ballot = *known // a retry: it gets the receipt that it has
		return nil, nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	if refused, err := misplaced(tx, k); refused != nil || err != nil {
		return refused, err
	}
	if refused := untimely(tx.LatestTime(), k.ballot.Time, now); refused != nil {
		return refused, nil
	}
	latest, err := tx.Latest(k.ballot.Voter)
	hasCast := err == nil
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	// latest ≥ anchor: the voter's program had not seen the voter's own last ballot, so
	// this one may be an older one that somebody held back.
	if hasCast && latest >= k.anchor {
		return errStale, nil
	}
	return nil, tx.AppendBallot(&k.ballot, k.leaf)
}

func misplaced(tx *store.Tx, k *cast) (refused, err error) {
	has, err := tx.HasInner(k.ballot.Inner)
	switch {
	case err != nil:
		return nil, err
	case has:
		return errReplayed, nil
	case tx.Phase() == store.Setup:
		return errNotOpen, nil
	case tx.Phase() != store.Opened: // closed, and perhaps settled
		return errClosed, nil
	case tx.Rolls() != k.rolls:
		return errRollChanged, nil
	}
	return nil, nil
}

// untimely refuses a ballot whose time lies before that of another that is on the board, by
// more than two good clocks differ. Without witnesses this is what shows that a clock was
// set back, though not which of two.
func untimely(latest, at, now time.Time) error {
	first := latest.Add(-timeTolerance)
	switch {
	case !at.Before(first):
		return nil
	case now.Before(first):
		return errBehind
	}
	return errSlow
}
