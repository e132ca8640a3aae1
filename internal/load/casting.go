package load

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"valik/election"
)

const (
	containerType = "application/vnd.etsi.asic-e+zip"
	answerLimit   = 1 << 20
	castTime      = 2 * time.Minute
)

// outcome is what came of one try to cast.
type outcome struct {
	latency time.Duration // from the moment at which the try was due
	status  int           // 0: no answer
	code    string        // of a refusal
	retry   time.Duration // that the collector asks to wait
	err     error         // neither a receipt nor a signed refusal
}

// caster sends ballots to one collector.
type caster struct {
	manifest *election.Manifest
	url      string
	http     *http.Client
}

func newCaster(m *election.Manifest, address string) *caster {
	return &caster{m, "http://" + address + "/v1/ballots", &http.Client{
		Timeout:   castTime,
		Transport: &http.Transport{MaxIdleConns: 4096, MaxIdleConnsPerHost: 4096, IdleConnTimeout: time.Minute},
	}}
}

// byTimetable casts every ballot when it is due, so many a second, whatever became of those
// before, and waits for all answers.
func (c *caster) byTimetable(ctx context.Context, ballots []ballot, rate float64, step func(done int)) []outcome {
	outcomes := make([]outcome, len(ballots))
	began := time.Now()
	var all sync.WaitGroup
	for i := range ballots {
		due := began.Add(time.Duration(float64(i) / rate * float64(time.Second)))
		select {
		case <-time.After(time.Until(due)):
		case <-ctx.Done():
			all.Wait()
			return outcomes[:i]
		}
		all.Go(func() { outcomes[i] = c.cast(ctx, &ballots[i], due) })
		step(i + 1)
	}
	all.Wait()
	return outcomes
}

func (c *caster) cast(ctx context.Context, b *ballot, due time.Time) outcome {
	resp, body, err := c.post(ctx, b.container)
	o := outcome{latency: time.Since(due), err: err}
	if err != nil {
		return o
	}
	o.status = resp.StatusCode
	if o.status == http.StatusOK {
		o.err = c.take(b, body)
		return o
	}
	refusal, err := election.ParseRefusal(body)
	if err == nil {
		err = refusal.Verify(c.manifest, b.inner)
	}
	if err != nil {
		o.err = fmt.Errorf("%s, and no refusal of the collector: %w", resp.Status, err)
		return o
	}
	o.code = refusal.Code
	if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil {
		o.retry = time.Duration(seconds) * time.Second
	}
	return o
}

func (c *caster) post(ctx context.Context, container []byte) (*http.Response, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(container))
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("Content-Type", containerType)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, answerLimit))
	return resp, body, err
}

// take verifies a receipt as the voter's program does, and keeps the first; another one of
// the same ballot must be the same.
func (c *caster) take(b *ballot, body []byte) error {
	receipt, err := election.ParseReceipt(body)
	if err != nil {
		return err
	}
	if _, err := receipt.Verify(c.manifest, b.inner, b.envelope); err != nil {
		return err
	}
	if b.receipt != nil && !bytes.Equal(b.receipt.Bytes(), body) {
		return fmt.Errorf("two receipts of one ballot, at %d and %d", b.receipt.Index, receipt.Index)
	}
	b.receipt = receipt
	return nil
}
