package collector

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Rate is how many requests one address may make.
type Rate struct {
	PerSecond float64
	Burst     int // at once
}

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
	one, ok := l.of[address]
	if !ok {
		l.forget(now)
		one = rate.NewLimiter(rate.Limit(l.rate.PerSecond), max(1, l.rate.Burst))
		l.of[address] = one
	}
	return one.AllowN(now, 1)
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
