package collector

import (
	"context"
	"sync"
	"time"
)

const (
	// checkQueue is how long a ballot may wait for its checks. With the checkpoint interval
	// and the commit, an answer takes some three seconds then; who would wait longer is told
	// at once to come again.
	checkQueue = time.Second
	// firstCheck is what the checks of a ballot are taken to cost before any was measured.
	firstCheck = 5 * time.Millisecond
	// meanWeight is how many ballots the moving mean of their cost looks back on.
	meanWeight = 32
)

// admission lets no more ballots wait than can be checked soon, so that under a load that is
// too high those who are let in are answered as quickly as ever. The checks that cost the
// most run on no more cores than there are: the rest of the server does not starve.
//
// It implements Collector.Admit of docs/protocol/casting.md.
type admission struct {
	cores chan struct{}

	mu      sync.Mutex
	waiting int           // ballots that are let in and not checked
	mean    time.Duration // that a check takes, on its core
}

func newAdmission(cores int) *admission {
	return &admission{cores: make(chan struct{}, cores), mean: firstCheck}
}

// enter waits for a core, unless too many wait already (errBusy) or ctx ends. leave gives
// the core back.
func (a *admission) enter(ctx context.Context) (leave func(), err error) {
	if !a.admit() {
		return nil, errBusy
	}
	select {
	case a.cores <- struct{}{}:
	case <-ctx.Done():
		a.done(0) // who gave up waiting is not worked for
		return nil, ctx.Err()
	}
	began := time.Now()
	return func() {
		<-a.cores
		a.done(time.Since(began))
	}, nil
}

func (a *admission) admit() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	cores := cap(a.cores)
	// A mean that one slow moment has spoilt must be able to recover: some always get in.
	if a.waiting >= 2*cores && a.mean*time.Duration(a.waiting)/time.Duration(cores) > checkQueue {
		return false
	}
	a.waiting++
	return true
}

// done notes that a ballot does not wait any more, and what its checks took, 0 if there were
// none.
func (a *admission) done(took time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.waiting--
	if took > 0 {
		a.mean += (took - a.mean) / meanWeight
	}
}
