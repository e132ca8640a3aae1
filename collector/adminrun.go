package collector

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
)

const (
	watchPause = time.Hour       // between two lines of the journal about the same watching
	watchTime  = 2 * time.Second // that watching waits for the journal
)

// runAdmin runs a function as its kind wants it recorded.
func (c *Collector) runAdmin(g *gin.Context, by Agent, r adminRoute, w *watched) (line uint64, err error) {
	if r.kind == acts { // may take its time
		return c.Recorded(g.Request.Context(), by, r.what, func(context.Context) error { return r.serve(g) })
	}
	ctx, cancel := context.WithTimeout(g.Request.Context(), c.limit)
	defer cancel()
	g.Request = g.Request.WithContext(ctx)
	if r.kind == watches {
		c.recordWatching(ctx, by, r.what, w)
		return 0, r.serve(g)
	}
	if line, err = c.record(ctx, by, journalEntry{What: r.what, Outcome: outcomeRead}); err != nil {
		return 0, fmt.Errorf("%w: %w", ErrUnrecorded, err)
	}
	return line, r.serve(g)
}

// recordWatching writes the line that is due, if the journal can be written.
func (c *Collector) recordWatching(ctx context.Context, by Agent, what string, w *watched) {
	key := by.certificate.String() + what
	if !w.due(key, time.Now()) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, watchTime)
	defer cancel()
	if _, err := c.record(ctx, by, journalEntry{What: what, Outcome: outcomeRead}); err != nil {
		w.forget(key)
	}
}

// watched remembers when the journal last told of somebody's watching. There are as many
// keys as admins and functions.
type watched struct {
	mu sync.Mutex
	at map[string]time.Time
}

// due says whether it is time for a line, and believes that it will be written.
func (w *watched) due(key string, now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if last, ok := w.at[key]; ok && now.Sub(last) < watchPause {
		return false
	}
	w.at[key] = now
	return true
}

// forget makes a line due again.
func (w *watched) forget(key string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.at, key)
}
