package collector

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"github.com/gin-gonic/gin"

	"valik/collector/statistics"
	"valik/collector/store"
	"valik/election"
	"valik/election/vis3"
)

const csvType = "text/csv"

// figures count the ballots of the log, each once however often they are asked for: what
// was counted is kept, some 70 bytes a voter.
type figures struct {
	mu      sync.Mutex
	counter *statistics.Counter
	next    uint64 // entry that was not looked at yet
	rolls   int    // versions of the roll among those that were
}

func newFigures(m *election.Manifest, smallest int) (*figures, error) {
	if smallest == 0 {
		smallest = statistics.Default
	}
	var districts []string
	for _, d := range m.Districts {
		districts = append(districts, d.ID)
	}
	counter, err := statistics.NewCounter(districts, smallest)
	return &figures{counter: counter}, err
}

// Statistics tells what officials may know of casts, voters and re-votes so far, in numbers
// from which nothing smaller than the minimum can be worked out. It never waits for the log's
// writer, nor makes it wait. Errors: those of the database and of the election's folder.
func (c *Collector) Statistics(ctx context.Context) (*statistics.Statistics, error) {
	s, err := c.figures.read(ctx, c.store, c.bench.Load().dossier)
	if errors.Is(err, errRollChanged) {
		// Another collector logged a newer roll: go on with what now lies in the folder.
		if err := c.reloadOnce(ctx); err != nil {
			return nil, err
		}
		s, err = c.figures.read(ctx, c.store, c.bench.Load().dossier)
	}
	return s, err
}

// Total tells how many have voted, as the election information system wants to be told. It is
// the exact number at the end of an hour some time ago: see Statistics.Total.
//
// It implements Statistics.Total of docs/protocol/statistics.md.
func (c *Collector) Total(ctx context.Context) ([]byte, error) {
	s, err := c.Statistics(ctx)
	if err != nil {
		return nil, err
	}
	return total(c.manifest, s)
}

func total(m *election.Manifest, s *statistics.Statistics) ([]byte, error) {
	return vis3.ExportTotal(m, s.Total.Until.Time(), s.Total.Voters)
}

// ReadStatistics tells the same to who has the database and the folder, beside collectors that
// are at work on them. No keys are needed.
func ReadStatistics(ctx context.Context, config Config) (*statistics.Statistics, error) {
	s, _, err := readFigures(ctx, config)
	return s, err
}

// ReadTotal tells what Total does to who has the database and the folder.
func ReadTotal(ctx context.Context, config Config) ([]byte, error) {
	s, m, err := readFigures(ctx, config)
	if err != nil {
		return nil, err
	}
	return total(m, s)
}

func readFigures(ctx context.Context, config Config) (*statistics.Statistics, *election.Manifest, error) {
	files, err := loadDossier(config.Folder)
	if err != nil {
		return nil, nil, err
	}
	f, err := newFigures(files.manifest, config.Smallest)
	if err != nil {
		return nil, nil, err
	}
	s, err := store.Open(ctx, config.Database, store.Options{})
	if err != nil {
		return nil, nil, err
	}
	report, err := f.read(ctx, s, files)
	return report, files.manifest, errors.Join(err, s.Close())
}

// read counts what came since it was called last.
func (f *figures) read(ctx context.Context, s *store.Store, files *dossier) (*statistics.Statistics, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	published, err := s.Checkpoint(ctx)
	if errors.Is(err, store.ErrNotFound) {
		published, err = &store.Checkpoint{}, nil // nothing is on the board yet
	}
	if err != nil {
		return nil, err
	}
	for line, err := range s.Lines(ctx, f.next, published.Size) {
		if err == nil {
			err = f.take(line, files)
		}
		if err != nil {
			return nil, err
		}
		f.next = line.Index + 1
	}
	return f.counter.Report(files.manifest.Fingerprint(), files.manifest.Opens), nil
}

// take counts an entry. A ballot counts in the district of the roll by which it was judged,
// the newest in the log before it, so that no later roll changes what was told.
func (f *figures) take(line store.Line, files *dossier) error {
	if line.Leaf != nil {
		return f.takeEntry(line, files)
	}
	var pseudonym election.Pseudonym
	if err := pseudonym.UnmarshalText([]byte(line.Voter)); err != nil || f.rolls == 0 {
		return fmt.Errorf("%w: the voter of entry %d", store.ErrCorrupt, line.Index)
	}
	voter, ok := files.rolls[f.rolls-1].ByPseudonym(pseudonym)
	if !ok {
		return fmt.Errorf("%w: the voter of entry %d is not on the roll", store.ErrCorrupt, line.Index)
	}
	return f.counter.Add(pseudonym, voter.District, election.At(line.Time))
}

func (f *figures) takeEntry(line store.Line, files *dossier) error {
	e, err := election.ParseEntry(line.Leaf)
	if err != nil {
		return fmt.Errorf("%w: entry %d: %w", store.ErrCorrupt, line.Index, err)
	}
	switch e.Kind {
	case election.KindRoll:
		if f.rolls == len(files.rollHashes) {
			return errRollChanged
		}
		if e.Artefact != files.rollHashes[f.rolls] {
			return fmt.Errorf("%w: entry %d is another roll", ErrContradiction, line.Index)
		}
		f.rolls++
	case election.KindBallot:
		return fmt.Errorf("%w: entry %d is a ballot that is not in the box", store.ErrCorrupt, line.Index)
	case election.KindClose:
		f.counter.Close()
	}
	return nil
}

// getStatistics is for the officials' listener: JSON, or CSV for who asks for it.
func (c *Collector) getStatistics(g *gin.Context) error {
	s, err := c.Statistics(g.Request.Context())
	if err != nil {
		return err
	}
	encode, contentType := s.Bytes, jsonType
	if g.NegotiateFormat(jsonType, csvType) == csvType {
		encode, contentType = s.CSV, csvType
	}
	b, err := encode()
	return answerFigures(g, contentType, b, err)
}

// getTotal is for the officials' listener.
func (c *Collector) getTotal(g *gin.Context) error {
	b, err := c.Total(g.Request.Context())
	return answerFigures(g, jsonType, b, err)
}

func answerFigures(g *gin.Context, contentType string, b []byte, err error) error {
	if err != nil {
		return err
	}
	g.Header("Cache-Control", cacheNever)
	g.Data(http.StatusOK, contentType, b)
	return nil
}
