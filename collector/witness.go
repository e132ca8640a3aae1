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
	now    func() time.Time

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
	return &witnesses{policy: policy, list: config.Witnesses, client: config.Client, now: config.Now, seen: map[string]uint64{}}, nil
}

// askTries is how often a witness is asked about one checkpoint, each time from the size
// that it says it has seen: other collectors may be asking it meanwhile.
const askTries = 4

// errLags says that a witness has seen less than the checkpoint, and was left so.
var errLags = errors.New("it has seen less")

// ask sends the checkpoint to one witness. A probe pretends that the witness has seen just
// this checkpoint: one that has seen another board says so, and one that lags behind is not
// made to follow. The error is a *HistoryError if it has seen a board which the database
// does not hold.
func (w *witnesses) ask(ctx context.Context, one Witness, c *store.Checkpoint, log *logView, probe bool) ([]byte, error) {
	var conflict *sizeConflict
	for try := 1; ; try++ {
		old := min(w.last(one), c.Size)
		if probe {
			old = c.Size
		}
		lines, err := w.send(ctx, one, old, c, log.tree)
		switch {
		case err == nil:
			w.remember(one, c.Size)
			return lines, nil
		case errors.Is(err, errOtherTree):
			return nil, w.contradicts(ctx, one, ErrFork, old, log)
		case !errors.As(err, &conflict) || try == askTries:
			return nil, fmt.Errorf("collector: witness %s: %w", one.URL, err)
		case conflict.size > c.Size:
			return nil, w.contradicts(ctx, one, ErrOldDatabase, conflict.size, log)
		case conflict.size == old && old == c.Size:
			// The size is right, so what is wrong is the root.
			return nil, w.contradicts(ctx, one, ErrFork, old, log)
		}
		w.remember(one, conflict.size)
		if probe {
			return nil, fmt.Errorf("collector: witness %s: %w", one.URL, errLags)
		}
	}
}

// contradicts makes the error of a witness that has seen another board, unless the
// database has grown meanwhile: then it is a newer checkpoint that the witness has seen.
func (w *witnesses) contradicts(ctx context.Context, one Witness, reason error, seen uint64, log *logView) error {
	have, latest, err := log.head(ctx)
	if err != nil {
		return err
	}
	if errors.Is(reason, ErrOldDatabase) && seen <= have {
		w.remember(one, seen)
		return fmt.Errorf("collector: witness %s has seen %d entries from another collector meanwhile", one.URL, seen)
	}
	return &HistoryError{Who: "the witness " + one.URL, Witness: true, Seen: seen, Have: have, HaveAt: latest, Err: reason}
}

// sizeConflict is a witness's answer that it has seen another size.
type sizeConflict struct{ size uint64 }

func (e *sizeConflict) Error() string { return fmt.Sprintf("it has seen the size %d", e.size) }

// errOtherTree is a witness's answer that the proof does not lead from what it has seen.
var errOtherTree = errors.New("what it has seen is not the beginning of this checkpoint")

// send makes one request.
func (w *witnesses) send(ctx context.Context, one Witness, old uint64, c *store.Checkpoint, tree tlog.HashReader) ([]byte, error) {
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
	case http.StatusUnprocessableEntity:
		return nil, errOtherTree
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
