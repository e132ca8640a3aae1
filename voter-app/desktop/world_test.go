package desktop_test

import (
	"context"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	test "valik/collector/collectortest"
	"valik/eid/keyring"
	"valik/eid/secret"
	"valik/eid/testpki"
	"valik/election"
	"valik/internal/polls"
	voter "valik/voter-app"
	"valik/voter-app/desktop"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is an election with its collector, somebody on the way to it, and one program.
type world struct {
	*polls.Polls
	t      *testing.T
	folder string
	app    *desktop.App
}

func newWorld(t *testing.T, voters int, change ...func(*election.Manifest)) *world {
	t.Helper()
	w := &world{Polls: polls.Open(t, voters, change...), t: t, folder: t.TempDir()}
	w.start()
	return w
}

// lies puts somebody between the program and the collector's path for casting.
func (w *world) lies(l polls.Lie) { w.Lies(polls.At("/v1/ballots", l)) }

// start starts the program, or starts it anew.
func (w *world) start(change ...func(*desktop.Config)) {
	w.t.Helper()
	if w.app != nil {
		require.NoError(w.t, w.app.Close())
	}
	transport := &http.Transport{}
	config := desktop.Config{
		Folder: w.folder, Receipts: w.t.TempDir(), Now: w.Now, Patience: voter.Patience{Tries: 2, Pause: time.Millisecond},
		HTTP:        &http.Client{Timeout: 20 * time.Second, Transport: transport},
		Invitations: []desktop.Invitation{{Name: "test", Invitation: voter.NewInvitation(w.Manifest.Collector.URL, w.Fingerprint())}},
	}
	for _, c := range change {
		c(&config)
	}
	first := w.app == nil
	w.app = desktop.New(config)
	if first {
		w.t.Cleanup(func() { require.NoError(w.t, w.app.Close()) })
	}
	w.t.Cleanup(transport.CloseIdleConnections)
}

// state waits until the state is as wanted.
func (w *world) state(fits func(desktop.State) bool) desktop.State {
	w.t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	for s := w.app.State(ctx, 0); ; s = w.app.State(ctx, s.Version) {
		if fits(s) {
			return s
		}
		require.NoError(w.t, ctx.Err(), "%+v", s)
	}
}

func idle(s desktop.State) bool  { return s.Busy == desktop.Idle }
func asked(s desktop.State) bool { return s.Ask != nil || s.Busy == desktop.Idle }

// done waits for the end of what was begun, which ended well.
func (w *world) done(err error) desktop.State {
	w.t.Helper()
	require.NoError(w.t, err)
	s := w.state(idle)
	require.Nil(w.t, s.Problem, "%+v", s.Problem)
	return s
}

// failed waits for the end of what was begun, which ended with this code.
func (w *world) failed(err error, code, outcome string) desktop.State {
	w.t.Helper()
	require.NoError(w.t, err)
	s := w.state(idle)
	require.NotNil(w.t, s.Problem)
	require.Equal(w.t, code, s.Problem.Code, s.Problem.Detail)
	require.Equal(w.t, outcome, s.Problem.Outcome)
	return s
}

func (w *world) open() desktop.State {
	w.t.Helper()
	s := w.done(w.app.OpenKnown(w.app.State(context.Background(), 0).Elections[0].ID))
	require.Equal(w.t, desktop.StepIdentify, s.Step)
	return s
}

// identify signs a voter on with a test card.
func (w *world) identify(v *test.Voter) desktop.State {
	w.t.Helper()
	s := w.done(w.app.IdentifyByFiles([]keyring.Content{{Name: "card", Bytes: card(w.t, v.Card)}}))
	require.Equal(w.t, desktop.StepBallot, s.Step)
	return s
}

func card(t *testing.T, c *testpki.Card) []byte {
	t.Helper()
	path := t.TempDir() + "/card"
	require.NoError(t, c.Save(path))
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	return b
}

func (w *world) choose(code string) {
	w.t.Helper()
	require.NoError(w.t, w.app.Choose(map[string][]string{test.Contest: {code}}))
}

// vote goes all the way.
func (w *world) vote(code string) desktop.State {
	w.t.Helper()
	w.choose(code)
	s := w.done(w.app.Cast())
	require.Equal(w.t, desktop.StepDone, s.Step)
	return s
}

func pin(s string) secret.Text { return secret.New([]byte(s)) }
