package collector

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"runtime/debug"
	"strconv"

	"github.com/gin-gonic/gin"

	"valik/collector/store"
	"valik/election"
)

// State is what an operator wants to know of a collector.
type State struct {
	Type       string        `json:"type"`
	Version    int           `json:"version"`
	Program    string        `json:"program"` // version of this program
	Election   election.Hash `json:"election"`
	Clock      election.Time `json:"clock"`
	Phase      store.Phase   `json:"phase"`
	Size       uint64        `json:"size"`                 // entries of the log
	Checkpoint *Published    `json:"checkpoint,omitempty"` // the newest final one, if there is one
	Waiting    int64         `json:"waiting"`              // ballots that wait for their place in the log, here
	Casting    int64         `json:"casting"`              // ballots that are being cast, here
	Rolls      Rolls         `json:"rolls"`
}

// Published is the newest final checkpoint. Since is the time of its latest cosignature, or
// without witnesses that of the newest ballot in it; Age is how many seconds ago that was by
// the collector's clock, which may be behind.
type Published struct {
	Size  uint64        `json:"size"`
	Since election.Time `json:"since,omitempty"`
	Age   *int64        `json:"age,omitempty"`
}

// Rolls counts the versions of the voter roll, in the log and in this collector's folder: one
// that has fewer refuses ballots until its folder has them too.
type Rolls struct {
	Logged int `json:"logged"`
	Here   int `json:"here"`
}

// State tells how the collector and its log stand.
func (c *Collector) State(ctx context.Context) (*State, error) {
	size, phase, err := c.store.Head(ctx)
	if err != nil {
		return nil, err
	}
	s := &State{
		Type: "valik/state", Version: 1, Program: programVersion(), Election: c.manifest.Fingerprint(), Clock: c.now(),
		Phase: phase, Size: size, Waiting: c.sequence.waiting.Load(), Casting: c.casting.Load(),
	}
	s.Rolls.Here = len(c.bench.Load().rolls)
	if s.Rolls.Logged, err = c.store.Rolls(ctx); err != nil {
		return nil, err
	}
	s.Checkpoint, err = c.newestPublished(ctx)
	return s, err
}

func (c *Collector) newestPublished(ctx context.Context) (*Published, error) {
	at, err := c.store.Checkpoint(ctx)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	p := &Published{Size: at.Size}
	if p.Since, err = c.since(ctx, at); err != nil || p.Since == 0 {
		return p, err
	}
	age := int64(c.now() - p.Since)
	p.Age = &age
	return p, nil
}

// since is the time that stands for a checkpoint, 0 if nothing tells one.
func (c *Collector) since(ctx context.Context, at *store.Checkpoint) (election.Time, error) {
	if c.manifest.Board.Quorum == 0 {
		t, err := c.store.NewestTime(ctx, at.Size)
		if errors.Is(err, store.ErrNotFound) {
			return 0, nil
		}
		return election.At(t), err
	}
	checkpoint, err := c.manifest.Policy().Open(at.Note)
	if err != nil {
		return 0, err
	}
	var latest election.Time
	for _, cosignature := range checkpoint.Cosignatures {
		latest = max(latest, election.Time(cosignature.Time))
	}
	return latest, nil
}

// programVersion is what the Go tools wrote into the program.
func programVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	version := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" || s.Key == "vcs.modified" && s.Value == "true" {
			version += " " + s.Key + "=" + s.Value
		}
	}
	return version
}

func (c *Collector) getState(g *gin.Context) error {
	s, err := c.State(g.Request.Context())
	if err != nil {
		return err
	}
	g.JSON(http.StatusOK, s)
	return nil
}

func (c *Collector) getMetrics(g *gin.Context) error {
	c.metrics.handler().ServeHTTP(g.Writer, g.Request)
	return nil
}

func getAdminAPI(g *gin.Context) error {
	g.Data(http.StatusOK, "application/yaml", adminAPI)
	return nil
}

// journalPage is how many lines one answer has at most.
const journalPage = 1000

// journalAnswer has the lines from one on, and what is wrong with the whole journal.
type journalAnswer struct {
	Type    string        `json:"type"`
	Version int           `json:"version"`
	Lines   []journalLine `json:"lines"`
	Next    uint64        `json:"next,omitempty"` // the line to ask from for more
	Whole   bool          `json:"whole"`
	Wrong   []string      `json:"wrong,omitempty"`
}

type journalLine struct {
	Number uint64          `json:"number"`
	Hash   election.Hash   `json:"hash"`
	Entry  json.RawMessage `json:"entry"`
}

func (c *Collector) getJournal(g *gin.Context) error {
	from, err := strconv.ParseUint(g.DefaultQuery("from", "1"), 10, 53)
	if err != nil {
		return &Refusal{code: codeBadRequest, err: err}
	}
	a := journalAnswer{Type: "valik/journal-lines", Version: 1, Lines: []journalLine{}}
	for line, err := range c.store.Journal(g.Request.Context()) {
		if err != nil && !errors.Is(err, store.ErrJournal) {
			return err
		}
		a.add(line, err, from)
	}
	a.Whole = len(a.Wrong) == 0
	g.JSON(http.StatusOK, a)
	return nil
}

// add takes a line, which may be nil, and what is wrong with it.
func (a *journalAnswer) add(line *store.JournalLine, wrong error, from uint64) {
	if wrong != nil && len(a.Wrong) < journalPage {
		a.Wrong = append(a.Wrong, wrong.Error())
	}
	switch {
	case line == nil || line.Number < from:
	case len(a.Lines) < journalPage:
		a.Lines = append(a.Lines, journalLine{line.Number, line.Hash, asJSON(line.Entry)})
	case a.Next == 0:
		a.Next = line.Number
	}
}

// asJSON shows also an entry that somebody has damaged.
func asJSON(entry []byte) json.RawMessage {
	if json.Valid(entry) {
		return entry
	}
	text, err := json.Marshal(string(entry))
	if err != nil {
		panic("collector: " + err.Error()) // every string has a JSON form
	}
	return text
}
