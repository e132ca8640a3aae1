package desktop

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"valik/eid/keyring"
	"valik/eid/secret"
	"valik/election"
	voter "valik/voter-app"
)

// Config is what the program is made of. All of it may be left out.
type Config struct {
	Folder      string       // keeps here what the board has shown and the elections opened; "" keeps nothing
	Modules     []string     // PKCS #11 modules behind which cards are looked for
	Places      []string     // folders in which PKCS #12 files are looked for
	Receipts    string       // folder for receipts that the voter wants to keep
	Invitations []Invitation // elections that can be opened by their name

	// Practice makes the built-in election; nil for none.
	Practice func(ctx context.Context) (*Practice, error)

	Patience voter.Patience   // default voter.Usual
	HTTP     *http.Client     // speaks to collectors; default one with time limits
	Now      func() time.Time // default time.Now
}

// Invitation is an election that the program knows when it starts.
type Invitation struct {
	Name string // of its file
	*voter.Invitation
}

// Practice is a built-in election that runs.
type Practice struct {
	Invitation *voter.Invitation
	Card       keyring.Content // the keys of its voter
	Close      func() error
}

// App is the program: one voter, one thing at a time. All of its methods may be called by many.
type App struct {
	config Config
	folder folder

	mu      sync.Mutex
	state   State              // replaced in parts, never changed in place
	changed chan struct{}      // closed with the next change
	stop    context.CancelFunc // of what is under way, nil for nothing
	answer  chan secret.Text   // to State.Ask, nil for none

	work sync.WaitGroup
	end  context.CancelFunc
	ctx  context.Context // until Close
	// These belong to what is under way; while nothing is, to who has mu.
	voting voting
	next   func(*State) // what its end changes
}

// voting is what the program holds of an election and its voter.
type voting struct {
	fingerprint election.Hash // of the election that is open, or was to be opened
	election    *voter.Election
	practice    *Practice
	found       map[string]keyring.Found // by the ids of State.Means
	ring        *keyring.Ring
	who         *election.Eligibility
	kept        []unconfirmed // the oldest first
	sealed      *voter.Sealed // that has the receipt
	receipt     *election.Receipt
}

// The reasons why a request comes to nothing.
var (
	ErrBusy = errors.New("desktop: something else is under way")
	ErrStep = errors.New("desktop: that is not to be done at this step")
)

// New starts the program. What is wrong with its folder is in its first state: who started it
// from a menu would see it nowhere else.
func New(c Config) *App {
	if c.Patience == (voter.Patience{}) {
		c.Patience = voter.Usual
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	a := &App{config: c, folder: folder{c.Folder}, changed: make(chan struct{})}
	language, err := a.folder.language()
	elections, failed := a.elections()
	if err = errors.Join(a.folder.create(), err); err != nil {
		failed = errors.Join(&folderError{err}, failed)
	}
	a.state = State{Version: 1, Step: StepStart, Language: language, Elections: elections, Means: []Means{}, Problem: a.problem(failed)}
	a.ctx, a.end = context.WithCancel(context.Background())
	a.work.Go(a.watch)
	return a
}

// Close stops what is under way, waits for it, and lets cards and the practice election go. A
// ballot that was signed and has no receipt stays in the folder. A face may still ask: it is
// answered by [ErrStep].
func (a *App) Close() error {
	a.mu.Lock()
	a.end() // while nothing can begin: see free
	a.mu.Unlock()
	a.work.Wait()
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.voting.close()
}

func (v *voting) close() error {
	var failures []error
	if v.ring != nil {
		failures = append(failures, v.ring.Close())
	}
	if v.practice != nil {
		failures = append(failures, v.practice.Close())
	}
	*v = voting{}
	return errors.Join(failures...)
}

// State gives what is to be shown, as soon as it is newer than a version that the caller has,
// or when ctx ends.
func (a *App) State(ctx context.Context, after uint64) State {
	for {
		a.mu.Lock()
		state, changed := a.state, a.changed
		a.mu.Unlock()
		if state.Version > after {
			return state
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return state
		}
	}
}

// update changes the state.
func (a *App) update(change func(*State)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.updateLocked(change)
}

func (a *App) updateLocked(change func(*State)) {
	change(&a.state)
	a.state.Version++
	close(a.changed)
	a.changed = make(chan struct{})
}
