package collector

import (
	"cmp"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

const (
	// clockTolerance is by how much the collector's clock may differ from that of every
	// witness. A cosignature's time is in whole seconds and is made during a request.
	clockTolerance = 30 * time.Second
	// clockEcho is how much later a witness that signs anew would give another time.
	clockEcho = 2 * time.Second
)

var (
	errNoQuorumYet = errors.New("collector: since its start too few witnesses have said that this database holds all that they have cosigned; nothing is signed before")
	errClock       = errors.New("collector: its clock differs from that of every witness that answers; nothing is signed before they agree")
	errStepped     = errors.New("collector: its clock was set since the witnesses were asked; nothing is signed before they are asked again")
)

// watch is what the witnesses say of the database and of the clock. Where the manifest has
// no quorum there is nobody to say anything, and it finds no fault.
type watch struct {
	quorum, all int // of the manifest's witnesses
	logger      *slog.Logger
	skew        prometheus.Gauge

	mu     sync.Mutex
	ready  bool                     // a quorum has cosigned what the database holds, and no witness has seen another board
	begun  bool                     // and what the folder has more was imported
	claims map[string]*HistoryError // by the key of the witness
	halted error                    // the claims, while they count
	echoes map[string]echo          // by the key of the witness
	wrong  bool                     // the clock
	agreed bool                     // the clock is known to have been right at wall, which was when
	wall   time.Time
	when   time.Time // by the monotonic clock, which nobody sets
}

// echo is the last cosignature of a witness. One that keeps it, and gives it again for the
// same checkpoint, says nothing about what time it is.
type echo struct {
	size     uint64
	cosigned time.Time
	first    time.Time // when it came, by the monotonic clock
}

func newWatch(quorum, all int, logger *slog.Logger) *watch {
	return &watch{
		quorum: quorum, all: all, logger: logger, claims: map[string]*HistoryError{}, echoes: map[string]echo{},
		skew: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "valik_clock_skew_seconds", Help: "The collector's clock less that of the nearest witness.",
		}),
	}
}

// problem says why nothing may be appended to the log, nil if it may.
func (w *watch) problem(now time.Time) error {
	if err := w.doubt(); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.wrong:
		return &Refusal{code: codeClock, err: errClock}
	case w.agreed && apart(now.Round(0).Sub(w.wall)-time.Since(w.when)):
		return &Refusal{code: codeClock, err: errStepped}
	}
	return nil
}

// doubt says why the database may not be the one to append to, nil if it is.
func (w *watch) doubt() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.quorum == 0:
		return nil
	case w.halted != nil:
		return &Refusal{code: codeNotVerified, err: w.halted}
	case !w.begun:
		return &Refusal{code: codeNotVerified, err: errNoQuorumYet}
	}
	return nil
}

// isHalt says whether an error is one of problem.
func isHalt(err error) bool {
	var r *Refusal
	return errors.As(err, &r) && (r.code == codeClock || r.code == codeNotVerified)
}

func apart(d time.Duration) bool { return d.Abs() > clockTolerance }

// begin lets the log grow.
func (w *watch) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.begun = true
}

// state says whether the log may begin to grow, whether it did, and what the witnesses
// have against it.
func (w *watch) state() (ready, begun bool, claims error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ready, w.begun, w.claimed()
}

func (w *watch) claimed() error { return joinClaims(slices.Collect(maps.Values(w.claims))) }

// joinClaims joins what witnesses say, the largest board first; nil for none.
func joinClaims(claims []*HistoryError) error {
	slices.SortFunc(claims, func(a, b *HistoryError) int { return cmp.Compare(b.Seen, a.Seen) })
	all := make([]error, len(claims))
	for i, c := range claims {
		all[i] = c
	}
	return errors.Join(all...)
}

// judge takes what the witnesses have answered.
//
// It implements Collector.Doubt of docs/protocol/casting.md.
func (w *watch) judge(r *round, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range r.answers {
		var claim *HistoryError
		switch {
		case s.err == nil:
			delete(w.claims, s.who.Key)
		case errors.As(s.err, &claim):
			if w.claims[s.who.Key] == nil {
				w.logger.Error("a witness contradicts the database", "error", s.err)
			}
			w.claims[s.who.Key] = claim
		}
	}
	cosigners := r.cosigners()
	w.ready = len(cosigners) >= w.quorum && len(w.claims) == 0
	w.weigh(len(cosigners))
	w.judgeClock(r.checkpoint.Size, cosigners, now)
}

// weigh decides whether the claims count. A larger board whose checkpoint was final has a
// quorum of cosigners, and none of those who have cosigned ours just now is among them: if
// the others are too few, no voter has a receipt from it.
func (w *watch) weigh(cosigners int) {
	was := w.halted
	w.halted = nil
	claims := w.claimed()
	if claims != nil && w.all-cosigners >= w.quorum {
		w.halted = claims
	}
	switch {
	case w.halted != nil && was == nil:
		w.logger.Error("no more ballots are taken", "code", codeNotVerified, "error", w.halted)
	case w.halted == nil && was != nil:
		w.logger.Warn("ballots are taken again", "code", codeNotVerified, "claims", claims)
	}
}

// judgeClock compares the collector's clock with the cosignatures' times.
//
// It implements Collector.Clock of docs/protocol/casting.md.
func (w *watch) judgeClock(size uint64, cosigners []*said, now time.Time) {
	nearest, heard, echoes := time.Duration(0), 0, 0
	wall, when := now.Round(0), time.Now()
	for _, s := range cosigners {
		if w.repeats(size, s) {
			echoes++
			continue
		}
		if d := s.skew(); heard == 0 || d.Abs() < nearest.Abs() {
			// The clock may have been set since this was asked: that is not what was agreed on.
			nearest, wall, when = d, s.before, s.asked
		}
		heard++
	}
	was := w.wrong
	switch {
	case heard > 0 && !apart(nearest):
		w.wrong = false
	case heard >= w.quorum:
		w.wrong = true
	case heard+echoes >= w.quorum:
		w.wrong = false // they do not tell the time: it shows when the board grows
	default:
		return // too few to say anything
	}
	w.agreed, w.wall, w.when = !w.wrong, wall, when
	if heard > 0 {
		w.skew.Set(nearest.Seconds())
	}
	switch {
	case w.wrong && !was:
		w.logger.Error("no more ballots are taken", "code", codeClock, "skew", nearest, "error", errClock)
	case !w.wrong && was:
		w.logger.Warn("ballots are taken again: the clock is right", "code", codeClock, "skew", nearest)
	}
}

// repeats says whether a witness gives a cosignature that it has given before.
func (w *watch) repeats(size uint64, s *said) bool {
	last := w.echoes[s.who.Key]
	if last.size != size || !last.cosigned.Equal(s.cosigned) {
		w.echoes[s.who.Key] = echo{size, s.cosigned, time.Now()}
		return false
	}
	return time.Since(last.first) >= clockEcho
}

// skew is how far the collector's clock is ahead of the witness's, at least: the question
// took its time, and the witness leaves out fractions of a second.
func (s *said) skew() time.Duration {
	switch first := s.cosigned.Add(time.Second); {
	case s.before.After(first):
		return s.before.Sub(first)
	case s.after.Before(s.cosigned):
		return s.after.Sub(s.cosigned)
	}
	return 0
}
