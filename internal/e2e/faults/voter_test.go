package faults

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"valik/board"
	test "valik/collector/collectortest"
	"valik/election"
)

const containerType = "application/vnd.etsi.asic-e+zip"

// errUnclear says that a ballot may have been cast or not.
var errUnclear = errors.New("no clear answer")

// unclear are the codes of answers after which the same container is sent again.
var unclear = map[string]bool{"unavailable": true, "busy": true, "not_witnessed": true, "not_verified": true, "clock": true, "signing_time": true}

// cast is a ballot that was sent.
type cast struct {
	*test.Signed
	receipt *election.Receipt // nil: it was not acknowledged
	bytes   []byte            // of the receipt
}

// journal is what the voters remember together.
type journal struct {
	mu      sync.Mutex
	casts   []*cast
	seen    map[uint64]election.Hash // checkpoints, by size
	codes   map[string]int           // of refusals
	receipt int                      // ballots that were acknowledged
	faults  []error                  // what must never happen
}

func (j *journal) fault(err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.faults = append(j.faults, err)
}

// see remembers a checkpoint: two of one size must be the same.
func (j *journal) see(c *board.Checkpoint) {
	j.mu.Lock()
	defer j.mu.Unlock()
	root := election.Hash(c.Root)
	if before, ok := j.seen[c.Size]; ok && before != root {
		j.faults = append(j.faults, fmt.Errorf("two boards of %d entries", c.Size))
	}
	j.seen[c.Size] = root
}

func (j *journal) acknowledged() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.receipt
}

// answers is how many clear and unclear answers of collectors there were.
func (j *journal) answers() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := j.receipt
	for _, times := range j.codes {
		n += times
	}
	return n
}

// refusals says how often a code was the answer.
func (j *journal) refusals(code string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.codes[code]
}

// voter casts one ballot after the other, as long as casting lasts.
type voter struct {
	e      *electorate
	t      testing.TB
	line   *test.Voter
	node   int
	anchor election.Anchor
}

func (v *voter) run(stop <-chan struct{}) {
	for {
		select {
		case <-stop:
			return
		case <-time.After(v.e.pause):
		}
		v.look()
		k := &cast{Signed: v.e.world.Ballot(v.t, v.line, v.anchor, time.Now())}
		v.e.mu.Lock()
		v.e.casts = append(v.e.casts, k)
		v.e.mu.Unlock()
		if err := v.insist(k, stop); err != nil {
			v.e.fault(err)
			return
		}
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// look takes the newest checkpoint for an anchor, if a collector answers and it is not
// older than what the voter knows.
func (v *voter) look() {
	c, err := v.e.checkpoint(v.e.nodes[v.node%len(v.e.nodes)])
	if err == nil && c.Size >= v.anchor.Size {
		v.anchor = anchorOf(c)
	}
}

// insist sends the same container, to one collector after the other, until the answer is clear.
func (v *voter) insist(k *cast, stop <-chan struct{}) error {
	var err error
	for began := time.Now(); time.Since(began) < soon; time.Sleep(100 * time.Millisecond) {
		if v.e.givesUp && isClosed(stop) {
			return nil
		}
		if err = v.e.send(v.e.nodes[v.node%len(v.e.nodes)], k); err == nil {
			v.anchor = v.e.anchorAfter(k)
			return nil
		}
		if !errors.Is(err, errUnclear) {
			return err
		}
		v.node++
	}
	return fmt.Errorf("after %s: %w", soon, err)
}

// send sends a container once. Every receipt is verified, and one that comes again must
// be the same bytes.
func (e *electorate) send(n *node, k *cast) error {
	status, answer, err := e.post(n, k.Container)
	if err != nil {
		return fmt.Errorf("%w: %w", errUnclear, err)
	}
	if status != http.StatusOK {
		return e.judge(k, status, answer)
	}
	r, err := election.ParseReceipt(answer)
	if err != nil {
		return err
	}
	c, err := r.Verify(e.world.Manifest, k.InnerHash(), k.Envelope())
	if err != nil {
		return err
	}
	e.see(c)
	e.mu.Lock()
	defer e.mu.Unlock()
	if k.receipt == nil {
		k.receipt, k.bytes = r, answer
		e.receipt++
	}
	if !bytes.Equal(k.bytes, answer) {
		return fmt.Errorf("two receipts of one ballot: %s and %s", k.bytes, answer)
	}
	return nil
}

func (e *electorate) post(n *node, container []byte) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), e.patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+n.address+"/v1/ballots", bytes.NewReader(container))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", containerType)
	resp, err := e.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	return resp.StatusCode, answer, err
}

// judge says what a refusal means, which must be one that the collector has signed.
func (e *electorate) judge(k *cast, status int, answer []byte) error {
	r, err := election.ParseRefusal(answer)
	if err != nil {
		return fmt.Errorf("answer %d: %w: %s", status, err, answer)
	}
	if err := r.Verify(e.world.Manifest, k.InnerHash()); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.codes[r.Code]++
	if unclear[r.Code] {
		return fmt.Errorf("%w: %s", errUnclear, r.Code)
	}
	return refused(r.Code)
}

// refused is a clear answer, with its code: the ballot is not cast.
type refused string

func (r refused) Error() string { return "refused: " + string(r) }

// checkpoint is the newest one that a collector shows.
func (e *electorate) checkpoint(n *node) (*board.Checkpoint, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+n.address+"/"+board.CheckpointFile, nil)
	if err != nil {
		return nil, err
	}
	resp, err := e.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, errors.New(resp.Status)
	}
	c, err := e.world.Manifest.Policy().Open(raw)
	if err == nil {
		e.see(c)
	} else {
		e.fault(err)
	}
	return c, err
}

func anchorOf(c *board.Checkpoint) election.Anchor {
	return election.Anchor{Size: c.Size, Root: election.Hash(c.Root)}
}

// anchorAfter is the checkpoint of a receipt: the voter's next ballot must know this one.
func (e *electorate) anchorAfter(k *cast) election.Anchor {
	e.mu.Lock()
	defer e.mu.Unlock()
	c, err := k.receipt.Verify(e.world.Manifest, k.InnerHash(), k.Envelope())
	if err != nil {
		panic(err) // it was verified before
	}
	return anchorOf(c)
}
