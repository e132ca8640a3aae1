package collector

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"valik/board"
	"valik/collector/store"
)

const (
	witnessTimeout  = 10 * time.Second
	witnessAnswer   = 64 << 10 // bytes
	witnessSizeType = "text/x.tlog.size"
)

// Witness is where a witness of the manifest takes checkpoints: the prefix before
// /add-checkpoint of c2sp.org/tlog-witness.
type Witness struct {
	Key string // vkey, one of the manifest's
	URL string
}

// witnesses asks witnesses for their cosignatures. It remembers the size each has seen
// last, which the protocol wants to be told; a wrong guess costs one more request.
type witnesses struct {
	policy *board.Policy
	list   []Witness
	client *http.Client

	mu   sync.Mutex
	seen map[string]uint64 // by key
}

func newWitnesses(policy *board.Policy, config Config) (*witnesses, error) {
	known := map[string]bool{}
	for _, key := range policy.Witnesses {
		known[key] = true
	}
	for _, w := range config.Witnesses {
		if !known[w.Key] {
			return nil, fmt.Errorf("collector: the manifest has no witness %s", w.Key)
		}
		if u, err := url.Parse(w.URL); err != nil || u.Host == "" {
			return nil, fmt.Errorf("collector: %q is not the address of a witness", w.URL)
		}
		delete(known, w.Key)
	}
	if len(config.Witnesses) < policy.Quorum {
		return nil, fmt.Errorf("collector: the manifest asks for %d witnesses, the configuration names %d", policy.Quorum, len(config.Witnesses))
	}
	return &witnesses{policy: policy, list: config.Witnesses, client: config.Client, seen: map[string]uint64{}}, nil
}

// cosign asks all witnesses at once and gives the note as soon as it has the quorum.
//
// It implements Collector.Publish of docs/protocol/casting.md.
func (w *witnesses) cosign(ctx context.Context, c *store.Checkpoint, tree tlog.HashReader) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, witnessTimeout)
	defer cancel() // those who are late are not waited for
	type answer struct {
		lines []byte
		err   error
	}
	answers := make(chan answer, len(w.list))
	for _, one := range w.list {
		go func() {
			lines, err := w.ask(ctx, one, c, tree)
			answers <- answer{lines, err}
		}()
	}
	note, failures := c.Note, []error(nil)
	for range w.list {
		a := <-answers
		if a.err == nil {
			note, a.err = w.policy.AddCosignatures(note, a.lines)
		}
		if a.err != nil {
			failures = append(failures, a.err)
			continue
		}
		if _, err := w.policy.Open(note); err == nil {
			return note, nil
		}
	}
	return nil, errors.Join(append(failures, board.ErrQuorum)...)
}

// ask sends the checkpoint to one witness; if that has seen another size than we
// thought, it says so, and is asked again from there.
func (w *witnesses) ask(ctx context.Context, one Witness, c *store.Checkpoint, tree tlog.HashReader) ([]byte, error) {
	lines, err := w.add(ctx, one, c, tree)
	var conflict *sizeConflict
	if errors.As(err, &conflict) && conflict.size <= c.Size {
		w.remember(one, conflict.size)
		lines, err = w.add(ctx, one, c, tree)
	}
	if err != nil {
		return nil, fmt.Errorf("collector: witness %s: %w", one.URL, err)
	}
	w.remember(one, c.Size)
	return lines, nil
}

// sizeConflict is a witness's answer that it has seen another size.
type sizeConflict struct{ size uint64 }

func (e *sizeConflict) Error() string { return fmt.Sprintf("it has seen the size %d", e.size) }

func (w *witnesses) add(ctx context.Context, one Witness, c *store.Checkpoint, tree tlog.HashReader) ([]byte, error) {
	old := min(w.last(one), c.Size)
	proof, err := board.ProveConsistency(old, c.Size, tree)
	if err != nil {
		return nil, err
	}
	body := bytes.NewReader(board.WitnessRequest(old, proof, c.Note))
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(one.URL, "/")+"/add-checkpoint", body)
	if err != nil {
		return nil, err
	}
	resp, err := w.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, witnessAnswer))
	if err != nil {
		return nil, err
	}
	switch resp.StatusCode {
	case http.StatusOK:
		return answer, nil
	case http.StatusConflict:
		return nil, conflictOf(resp.Header.Get("Content-Type"), answer)
	}
	return nil, fmt.Errorf("it answers %s", resp.Status)
}

func conflictOf(contentType string, answer []byte) error {
	size, err := strconv.ParseUint(strings.TrimSuffix(string(answer), "\n"), 10, 63)
	if contentType != witnessSizeType || err != nil {
		return fmt.Errorf("it answers %d and no size", http.StatusConflict)
	}
	return &sizeConflict{size}
}

func (w *witnesses) last(one Witness) uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seen[one.Key]
}

func (w *witnesses) remember(one Witness, size uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen[one.Key] = size
}
