package collector

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Rate is how many requests one address, or one voter, may make.
type Rate struct {
	PerSecond float64
	Burst     int // at once
}

// pause is how long it takes until one more is allowed.
func (r Rate) pause() time.Duration { return time.Duration(float64(time.Second) / r.PerSecond) }

// maxAddresses bounds the memory of the limiter: beyond it, addresses that were quiet are
// forgotten first, and then all.
const maxAddresses = 1 << 16

// limiter limits the requests of each address. An IPv6 /64 counts as one address, since
// one line has that many.
type limiter struct {
	rate Rate
	mu   sync.Mutex
	of   map[string]*rate.Limiter
}

func newLimiter(r Rate) *limiter { return &limiter{rate: r, of: map[string]*rate.Limiter{}} }

// allow says whether the address may make a request now.
func (l *limiter) allow(address string, now time.Time) bool {
	if l.rate.PerSecond <= 0 {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.get(address, now).AllowN(now, 1)
}

// left is how many requests are left to the address now.
func (l *limiter) left(address string, now time.Time) float64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.get(address, now).TokensAt(now)
}

// get gives the limiter of one; l.mu is held.
func (l *limiter) get(address string, now time.Time) *rate.Limiter {
	one, ok := l.of[address]
	if !ok {
		l.forget(now)
		one = rate.NewLimiter(rate.Limit(l.rate.PerSecond), max(1, l.rate.Burst))
		l.of[address] = one
	}
	return one
}

// forget makes room. Who has its whole burst again is like one who was never here.
func (l *limiter) forget(now time.Time) {
	if len(l.of) < maxAddresses {
		return
	}
	for address, one := range l.of {
		if one.TokensAt(now) >= float64(one.Burst()) {
			delete(l.of, address)
		}
	}
	if len(l.of) >= maxAddresses {
		clear(l.of)
	}
}
