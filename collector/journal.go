package collector

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gowebpki/jcs"

	"valik/collector/store"
	"valik/election"
)

// journalTime is how long the journal may take for a line.
const journalTime = 10 * time.Second

// ErrUnrecorded is returned when the journal could not be written: then nothing was done.
var ErrUnrecorded = errors.New("collector: the journal cannot be written, so nothing was done")

// Agent is who asks for an admin function.
type Agent struct {
	name        string
	certificate *election.Hash
}

// Who has no certificate: this process was sent a signal, or was started as a command.
var (
	BySignal  = Agent{name: "signal"}
	ByCommand = Agent{name: "command"}
)

func agentOf(cert *x509.Certificate) Agent {
	hash := election.HashOf(cert.Raw)
	return Agent{name: cert.Subject.String(), certificate: &hash}
}

// The outcomes that a line of the journal tells. What was asked and has no second line was
// cut off: it may have taken place.
const (
	outcomeAsked  = "asked"
	outcomeDone   = "done"
	outcomeFailed = "failed"
	outcomeRead   = "read" // changed nothing
)

const journalType = "valik/journal"

// journalEntry is one line of the journal, in canonical JSON. It names no voter.
type journalEntry struct {
	Type        string         `json:"type"`
	Version     int            `json:"version"`
	Time        election.Time  `json:"time"`
	Who         string         `json:"who"` // subject of the certificate, or how the process was asked
	Certificate *election.Hash `json:"certificate,omitempty"`
	What        string         `json:"what"`
	Outcome     string         `json:"outcome"`
	Code        string         `json:"code,omitempty"`  // of a failure
	Asked       uint64         `json:"asked,omitempty"` // the line that began it
}

// Recorded runs an admin function that acts, between two lines of the journal: the first
// before it runs, so that none takes place unrecorded, the second with its outcome, also if
// whoever asked has gone. line is the number of the first. Errors: ErrUnrecorded, and those
// of f.
//
// It implements Collector.Journal of docs/protocol/casting.md.
func (c *Collector) Recorded(ctx context.Context, by Agent, what string, f func(context.Context) error) (line uint64, err error) {
	asked, err := c.record(ctx, by, journalEntry{What: what, Outcome: outcomeAsked})
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrUnrecorded, err)
	}
	failed := f(ctx)
	after := journalEntry{What: what, Outcome: outcomeDone, Asked: asked}
	if failed != nil {
		after.Outcome, after.Code = outcomeFailed, failureCode(failed)
	}
	if _, err := c.record(context.WithoutCancel(ctx), by, after); err != nil {
		failed = errors.Join(failed, fmt.Errorf("collector: the journal does not tell how this ended: %w", err))
	}
	return asked, failed
}

// record writes a line into the journal and into the log. The log has the hash as well:
// kept elsewhere, it shows a journal that was written anew.
func (c *Collector) record(ctx context.Context, by Agent, e journalEntry) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, journalTime)
	defer cancel()
	e.Type, e.Version, e.Time, e.Who, e.Certificate = journalType, 1, c.now(), by.name, by.certificate
	line, err := c.store.AppendJournal(ctx, e.bytes())
	if err != nil {
		c.config.Logger.Error("the journal cannot be written", "who", e.Who, "what", e.What, "outcome", e.Outcome, "error", err)
		return 0, err
	}
	c.config.Logger.Info("journal", "line", line.Number, "hash", election.Hash(line.Hash), "who", e.Who, "certificate", e.Certificate,
		"what", e.What, "outcome", e.Outcome, "code", e.Code, "asked", e.Asked)
	return line.Number, nil
}

func (e *journalEntry) bytes() []byte {
	plain, err := json.Marshal(e)
	if err != nil {
		panic("collector: " + err.Error()) // JSON can hold all of it
	}
	canonical, err := jcs.Transform(plain)
	if err != nil {
		panic("collector: " + err.Error())
	}
	return canonical
}

// failureCode is what the journal tells of an error. Its text stays out: that may name
// what has no place there.
func failureCode(err error) string {
	for _, known := range []struct {
		err  error
		code string
	}{
		{ErrUnrecorded, "unrecorded"},
		{errOtherFolder, "other_folder"},
		{ErrNotClosed, "not_closed"},
		{ErrNotSettled, "not_settled"},
		{ErrNotWitnessed, "not_witnessed"},
		{ErrExists, "exists"},
		{store.ErrCorrupt, "corrupt"},
		{store.ErrJournal, "journal"},
		{errNotAdmin, "not_admin"},
		{context.Canceled, "cancelled"},
		{context.DeadlineExceeded, "timeout"},
	} {
		if errors.Is(err, known.err) {
			return known.code
		}
	}
	var r *Refusal
	if errors.As(err, &r) {
		return r.Code()
	}
	return "error"
}

// ReloadBy does what [Collector.Reload] does, and reads anew what Config.Renew stands for,
// recorded in the journal.
func (c *Collector) ReloadBy(ctx context.Context, by Agent) error {
	_, err := c.Recorded(ctx, by, "reload", c.renew)
	return err
}

func (c *Collector) renew(ctx context.Context) error {
	if c.config.Renew == nil {
		return c.Reload(ctx)
	}
	return errors.Join(c.config.Renew(), c.Reload(ctx))
}

// ExportBy does what [Collector.Export] does, recorded in the journal.
func (c *Collector) ExportBy(ctx context.Context, by Agent, dir string) error {
	_, err := c.Recorded(ctx, by, "export", func(ctx context.Context) error { return c.Export(ctx, dir) })
	return err
}
