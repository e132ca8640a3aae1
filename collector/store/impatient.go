package store

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"
)

// silence is how long PostgreSQL may say nothing while it is waited for. It is longer than
// any wait for another collector's batch, and than any one statement of a start takes.
const silence = time.Minute

// writeChunk is how much is written within the same time: a statement may have megabytes.
const writeChunk = 64 << 10

// errSilent says that the other side of a connection has said nothing for too long.
var errSilent = errors.New("the database does not answer, and its connection counts as dead")

// impatient is a connection on which nobody waits for ever. The keepalive of TCP finds a
// machine that is gone; it does not find a proxy, a firewall or a stopped process that
// keeps the connection and forwards nothing.
type impatient struct {
	net.Conn
	silence time.Duration

	mu          sync.Mutex
	read, write time.Time // deadlines that the user has set: a cancelled statement sets one in the past
}

// Read fails if nothing comes for too long.
func (c *impatient) Read(b []byte) (int, error) {
	if err := c.limit(c.Conn.SetReadDeadline, &c.read); err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(b)
	return n, c.explain(err, &c.read)
}

// Write fails if a piece of it is not taken for too long.
func (c *impatient) Write(b []byte) (n int, err error) {
	for n < len(b) && err == nil {
		if err := c.limit(c.Conn.SetWriteDeadline, &c.write); err != nil {
			return n, err
		}
		var k int
		k, err = c.Conn.Write(b[n:min(n+writeChunk, len(b))])
		n += k
	}
	return n, c.explain(err, &c.write)
}

// SetDeadline sets both deadlines.
func (c *impatient) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// SetReadDeadline sets that of Read; the limit of silence remains.
func (c *impatient) SetReadDeadline(t time.Time) error {
	return c.set(c.Conn.SetReadDeadline, &c.read, t)
}

// SetWriteDeadline sets that of Write; the limit of silence remains.
func (c *impatient) SetWriteDeadline(t time.Time) error {
	return c.set(c.Conn.SetWriteDeadline, &c.write, t)
}

func (c *impatient) set(apply func(time.Time) error, kept *time.Time, t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	*kept = t
	return apply(c.soonest(t))
}

// limit begins the time of silence anew. Under the lock, since a cancellation may come
// between: its deadline must not be put off.
func (c *impatient) limit(apply func(time.Time) error, kept *time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return apply(c.soonest(*kept))
}

func (c *impatient) soonest(t time.Time) time.Time {
	limit := time.Now().Add(c.silence)
	if t.IsZero() || limit.Before(t) {
		return limit
	}
	return t
}

// explain tells silence from a deadline of the user.
func (c *impatient) explain(err error, kept *time.Time) error {
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !kept.IsZero() && !time.Now().Before(*kept) {
		return err
	}
	return fmt.Errorf("%w: nothing for %s: %w", errSilent, c.silence, err)
}
