package collector

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"valik/board"
	"valik/collector/store"
	"valik/election"
)

// Config is what a collector is made of. Database, Folder and the keys are required.
type Config struct {
	Database string // postgres://… or sqlite:///path/file.db
	// Folder is what the officer's setup made: record/ with manifest, ceremony and the
	// beginning of the board, sealed/ with the voter rolls.
	Folder fs.FS

	BoardKey   *board.Key         // signs checkpoints
	ReceiptKey ed25519.PrivateKey // signs receipts and refusals

	// Interval is the least time between two checkpoints. Ballots that come in between
	// wait and share one transaction. Default one second.
	Interval time.Duration
	// Witnesses are asked to cosign every checkpoint, if the manifest has a quorum.
	Witnesses []Witness
	// Rate limits the requests of one address. The zero value means no limit.
	Rate Rate
	// RollLag is how old the voter roll may be while the polls are open before the log
	// warns. 0 means never.
	RollLag time.Duration
	// Proxies are the addresses or networks of reverse proxies whose X-Forwarded-For is believed.
	Proxies []string
	// Smallest is the least number that statistics tell, the same at every collector of the
	// election. 0 means statistics.Default.
	Smallest int
	// Inquiry asks about certificates, and for time-stamps, if the manifest demands evidence.
	Inquiry Inquiry
	// Memory is a file, not in the database and not restored with it, in which the collector
	// keeps the newest final checkpoint: a database that comes back older than it was is
	// then refused. Every collector has its own. "" for none.
	Memory string
	// CheckPage is the page for the second device, served under /check, if any.
	CheckPage fs.FS

	// Admins may use what AdminHandler serves; nil means nobody may.
	Admins *Admins
	// Renew reads anew what a reload is to renew beside the folder, such as the certificates of
	// the server; nil means nothing.
	Renew func() error
	// Voter limits the ballots and sign-ons of one voter. The zero value means no limit.
	Voter VoterLimits
	// Notices to voters; the zero value means none.
	Notices Notices

	Now    func() time.Time // the clock that opens and closes the polls; default time.Now
	Logger *slog.Logger     // default: nothing is logged
	Client *http.Client     // speaks to witnesses; default one with time limits
}

// Collector takes the ballots of one election. Several may share one database.
type Collector struct {
	config   Config
	store    *store.Store
	manifest *election.Manifest
	bench    atomic.Pointer[bench]
	sequence *sequencer
	witness  *witnesses
	watch    *watch
	surveys  surveys
	memory   *memory
	metrics  *metrics
	figures  *figures
	secrets  secrets // the same at every collector of the election

	casting    atomic.Int64 // ballots that are being cast
	admission  *admission
	patience   time.Duration // with witnesses that do not answer
	limit      time.Duration // of one request
	voters     voterLimiters
	publishing sync.Mutex
	reloading  sync.Mutex
	reloaded   time.Time

	noticeDue chan struct{} // wakes who delivers notices

	background     sync.WaitGroup
	stopBackground context.CancelFunc
}

// New opens the database, verifies it and the folder, holds it against what the witnesses and
// its own memory know of the board, brings the beginning of the board into it, and starts
// to take ballots as soon as the polls are open. While too few witnesses answer, it
// serves, and appends nothing. Errors: *HistoryError, and many others. Close ends it.
func New(ctx context.Context, config Config) (*Collector, error) {
	if err := checkProxies(config.Proxies); err != nil {
		return nil, err
	}
	c := newCollector(config)
	if err := c.openFolder(); err != nil {
		return nil, err
	}
	if err := c.memory.open(); err != nil {
		return nil, err
	}
	if err := c.openStore(ctx); err != nil {
		return nil, err
	}
	if err := c.begin(ctx); err != nil {
		return nil, errors.Join(err, c.store.Close())
	}
	// After begin: a database that is refused stays as it was, and may still be restored into.
	if err := c.store.AgreeNotices(ctx); err != nil {
		return nil, errors.Join(err, c.store.Close())
	}
	if err := c.countAndWatch(); err != nil {
		return nil, errors.Join(err, c.store.Close())
	}
	c.sequence = startSequencer(c)
	background, stop := context.WithCancel(context.Background())
	c.stopBackground = stop
	c.background.Go(func() { c.keepWatching(background) })
	if c.manifest.Board.Quorum > 0 {
		c.background.Go(func() { c.keepPublishing(background) })
	}
	if c.manifest.Rehearsal {
		c.config.Logger.Warn("this election is a REHEARSAL: no ballot in it counts", "election", c.manifest.ID)
	}
	c.gaugeRollAge()
	if c.config.RollLag > 0 {
		c.background.Go(func() { c.watchRoll(background) })
	}
	if c.manifest.Settles() {
		c.background.Go(func() { c.keepSettling(background) })
	}
	if c.config.Notices.Channel != nil {
		c.background.Go(func() { c.keepNotifying(background) })
	}
	return c, nil
}

func newCollector(config Config) *Collector {
	config = withDefaults(config)
	return &Collector{
		config: config, admission: newAdmission(runtime.GOMAXPROCS(0)), metrics: newMetrics(), patience: publishPatience,
		memory: &memory{file: config.Memory}, limit: requestTime, voters: newVoterLimiters(config.Voter),
		noticeDue: make(chan struct{}, 1),
	}
}

// Close commits the ballots that wait, answers them, and closes the database.
func (c *Collector) Close() error {
	c.sequence.stop()
	c.stopBackground()
	c.background.Wait()
	c.rememberNewest(context.Background())
	return c.store.Close()
}

func withDefaults(config Config) Config {
	if config.Interval <= 0 {
		config.Interval = time.Second
	}
	if config.Notices.GiveUp <= 0 {
		config.Notices.GiveUp = noticePatience
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	if config.Client == nil {
		config.Client = &http.Client{Timeout: witnessTimeout}
	}
	return config
}

// openFolder reads the folder and makes sure that this collector is the one that the
// manifest names: with other keys all its answers would be worthless.
func (c *Collector) openFolder() error {
	files, err := loadDossier(c.config.Folder)
	if err != nil {
		return err
	}
	c.manifest = files.manifest
	if public := c.config.BoardKey.Public(); public != c.manifest.Board.Key {
		return fmt.Errorf("collector: the board key is %s, but the manifest's is %s", public, c.manifest.Board.Key)
	}
	if public := c.config.ReceiptKey.Public().(ed25519.PublicKey); election.Key(public) != c.manifest.Collector.Key {
		return fmt.Errorf("collector: the receipt key is %x, but the manifest's is %s", []byte(public), c.manifest.Collector.Key)
	}
	if c.witness, err = newWitnesses(c.manifest.Policy(), c.config); err != nil {
		return err
	}
	c.watch = newWatch(c.manifest.Board.Quorum, len(c.manifest.Board.Witnesses), c.config.Logger)
	c.metrics.registry.MustRegister(c.watch.skew)
	if err := c.checkInquiry(); err != nil {
		return err
	}
	if c.secrets, err = newSecrets(c.config.ReceiptKey, c.manifest.Fingerprint()); err != nil {
		return err
	}
	c.watchWitnesses()
	return c.sit(files)
}

func (c *Collector) openStore(ctx context.Context) error {
	s, err := store.Open(ctx, c.config.Database, store.Options{
		Sign: func(size uint64, root tlog.Hash) ([]byte, error) {
			return board.SignCheckpoint(c.config.BoardKey, size, root)
		},
		Witnessed: c.manifest.Board.Quorum > 0,
		Notices:   c.config.Notices.Channel != nil,
	})
	c.store = s
	if err != nil {
		return err
	}
	alone, err := s.WaitsForNobody(ctx)
	if err != nil {
		return errors.Join(err, s.Close())
	}
	if alone {
		c.config.Logger.Warn("PostgreSQL has no synchronous standby: what it acknowledges is lost with its disk",
			"setting", "synchronous_standby_names")
	}
	return nil
}

// begin verifies what the database holds, and that it is all there is of the board: a
// collector on yesterday's database would sign a fork with its own key. Then it brings it
// up to the folder. Nothing is signed before.
//
// It implements Collector.Begin of docs/protocol/casting.md.
func (c *Collector) begin(ctx context.Context) error {
	if err := c.store.Audit(ctx); err != nil {
		return err
	}
	if _, _, err := c.subject(ctx, c.store); err != nil {
		return err // not this election's
	}
	if _, err := c.memory.check(ctx, c.store, c.manifest); err != nil {
		return err
	}
	if c.manifest.Board.Quorum == 0 {
		return c.importEntries(ctx, c.bench.Load().dossier)
	}
	err := c.survey(ctx)
	if errors.Is(err, errNoQuorumYet) {
		c.config.Logger.Warn("no ballots are taken yet", "code", codeNotVerified, "error", err)
		return nil // keepWatching goes on
	}
	return err
}

// now is the time by the collector's clock in whole seconds, as documents carry it.
func (c *Collector) now() election.Time { return election.At(c.config.Now()) }
