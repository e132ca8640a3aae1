package desktop_test

import (
	"bytes"
	"context"
	"crypto/elliptic"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	test "valik/collector/collectortest"
	"valik/eid/keyring"
	"valik/eid/testpki"
	"valik/election"
	"valik/internal/polls"
	voter "valik/voter-app"
	"valik/voter-app/desktop"
)

// A vote, and another after it.
func TestAVoteAndASecond(t *testing.T) {
	w := newWorld(t, 1)
	s := w.open()
	require.Equal(t, w.Fingerprint(), s.Election.Fingerprint)
	require.True(t, s.Election.Open)
	require.Equal(t, []string{w.Official.Certificate().Subject.CommonName}, s.Election.Officials)

	s = w.identify(w.Voters[0])
	require.Equal(t, w.Voters[0].Name, s.Voter.Name)
	require.Empty(t, s.Voter.Casts)
	require.Equal(t, test.Contest, s.Ballot[0].ID)
	require.NotEmpty(t, s.Ballot[0].Slates[0].Choices)

	s = w.vote("1.1")
	require.Len(t, s.Voter.Casts, 1)
	require.True(t, s.Receipt.Linked)
	require.False(t, s.Kept)
	require.Nil(t, s.Selections, "they are not needed any more")
	first, err := w.app.Link()
	require.NoError(t, err)
	link, err := voter.ParseCheckLink(first.Link)
	require.NoError(t, err)
	require.Equal(t, s.Receipt.Ballot, link.Ballot)
	require.Contains(t, first.QR, "<svg")
	path := w.done(w.app.SaveReceipt()).Receipt.Saved
	require.Equal(t, path, w.done(w.app.SaveReceipt()).Receipt.Saved, "once is enough")
	saved, err := os.ReadFile(path)
	require.NoError(t, err)
	receipt, err := election.ParseReceipt(saved)
	require.NoError(t, err)
	require.Equal(t, s.Receipt.Ballot, receipt.Ballot)
	require.NoError(t, os.WriteFile(path, []byte("another"), 0o600))
	require.NotEqual(t, path, w.done(w.app.SaveReceipt()).Receipt.Saved, "nothing is written over")
	require.NoError(t, os.RemoveAll(filepath.Dir(path)))
	require.Equal(t, path, w.done(w.app.SaveReceipt()).Receipt.Saved, "the folder is made")
	require.NoError(t, os.RemoveAll(filepath.Dir(path)))
	require.NoError(t, os.WriteFile(filepath.Dir(path), nil, 0o600))
	require.Equal(t, desktop.StepDone, w.failed(w.app.SaveReceipt(), "save", "").Step)

	w.Pass(time.Minute)
	require.NoError(t, w.app.Revote())
	_, err = w.app.Link()
	require.ErrorIs(t, err, desktop.ErrStep, "it is the next ballot's turn")
	s = w.vote("1.2")
	require.Len(t, s.Voter.Casts, 2)
	second, err := w.app.Link()
	require.NoError(t, err)
	require.NotEqual(t, first.Link, second.Link)

	require.NoError(t, w.app.Leave())
	s = w.app.State(context.Background(), 0)
	require.Equal(t, desktop.StepStart, s.Step)
	require.Nil(t, s.Voter)
}

// What is done at the wrong time comes to nothing.
func TestSteps(t *testing.T) {
	w := newWorld(t, 1)
	for name, do := range map[string]func() error{
		"look": w.app.Look, "cast": w.app.Cast, "back": w.app.Back, "resume": w.app.Resume, "revote": w.app.Revote, "stop": w.app.Stop,
		"identify": func() error { return w.app.Identify("x") }, "choose": func() error { return w.app.Choose(nil) },
		"answer": func() error { return w.app.Answer(1, pin("1234")) },
	} {
		require.ErrorIs(t, do(), desktop.ErrStep, name)
	}
	w.open()
	w.failed(w.app.Identify("x"), "gone", "")
	w.identify(w.Voters[0])
	var selection *election.SelectionError
	require.ErrorAs(t, w.app.Choose(map[string][]string{test.Contest: {"9.9"}}), &selection)
	w.choose("1.1")
	require.NoError(t, w.app.Back())
	require.ErrorIs(t, w.app.Cast(), desktop.ErrStep)
	require.NoError(t, w.app.Back())
	require.Equal(t, desktop.StepIdentify, w.app.State(context.Background(), 0).Step)
}

// One thing at a time, and it can be stopped.
func TestBusyAndStop(t *testing.T) {
	w := newWorld(t, 1)
	w.open()
	w.identify(w.Voters[0])
	w.choose("1.1")
	hold := make(chan struct{})
	w.lies(func(_ http.ResponseWriter, r *http.Request, honest http.Handler) {
		_, _ = io.Copy(io.Discard, r.Body) // only then the server notices that the client goes
		close(hold)
		<-r.Context().Done()
	})
	require.NoError(t, w.app.Cast())
	<-hold
	require.ErrorIs(t, w.app.Back(), desktop.ErrBusy)
	require.ErrorIs(t, w.app.Leave(), desktop.ErrBusy)
	_, err := w.app.Link()
	require.ErrorIs(t, err, desktop.ErrBusy)
	require.NoError(t, w.app.Stop())
	s := w.failed(nil, "stopped", desktop.Unknown)
	require.True(t, s.Kept)
}

// A collector that is away in the middle of a cast: the same signature is sent again, by this
// program, or by the next.
func TestInterruptedCast(t *testing.T) {
	for name, arrives := range map[string]bool{"before the ballot": false, "after the ballot": true} {
		for again, restart := range map[string]bool{"in the same run": false, "in the next run": true} {
			t.Run(name+", "+again, func(t *testing.T) { interrupted(t, arrives, restart) })
		}
	}
}

func interrupted(t *testing.T, arrives, restart bool) {
	w := newWorld(t, 1)
	w.open()
	w.identify(w.Voters[0])
	w.choose("1.1")
	var tries atomic.Int64
	w.lies(func(_ http.ResponseWriter, r *http.Request, honest http.Handler) {
		if tries.Add(1); arrives {
			polls.Ask(r, honest)
		}
		panic(http.ErrAbortHandler)
	})
	s := w.failed(w.app.Cast(), "unreachable", desktop.Unknown)
	require.EqualValues(t, 2, tries.Load())
	require.True(t, s.Kept)
	require.Equal(t, desktop.StepReview, s.Step)
	w.Lies(nil)
	require.Len(t, w.kept(), 1)
	if restart {
		w.start()
		require.True(t, w.open().Kept)
	}
	s = w.done(w.app.Resume())
	require.Equal(t, desktop.StepDone, s.Step)
	require.False(t, s.Kept)
	require.Equal(t, !restart, s.Receipt.Linked, "the seed is never on the disk")
	require.Empty(t, w.kept())
	if restart {
		_, err := w.app.Link()
		require.ErrorIs(t, err, desktop.ErrStep)
		require.NoError(t, w.app.Revote())
		require.Equal(t, desktop.StepIdentify, w.app.State(context.Background(), 0).Step)
	}
	require.Len(t, w.identifyAgain().Voter.Casts, 1, "all tries are one ballot")
}

// identifyAgain signs the voter on in a program of its own.
func (w *world) identifyAgain() desktop.State {
	w.t.Helper()
	w.start(func(c *desktop.Config) { c.Folder = "" })
	w.open()
	return w.identify(w.Voters[0])
}

// A kept ballot that is broken is put aside, not lost.
func TestBrokenKeptBallot(t *testing.T) {
	w := newWorld(t, 1)
	dir := filepath.Join(w.folder, w.Fingerprint().String())
	require.NoError(t, os.MkdirAll(dir, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "ballot-x.asice"), []byte("x"), 0o600))
	s := w.failed(w.app.OpenKnown(w.app.State(context.Background(), 0).Elections[0].ID), "kept", "")
	require.Equal(t, desktop.StepIdentify, s.Step)
	require.False(t, s.Kept)
	require.FileExists(t, filepath.Join(dir, "ballot-x.asice.broken"))
	require.ErrorIs(t, w.app.Resume(), desktop.ErrStep)
}

// A receipt that does not verify is no cast, and is kept as evidence.
func TestWrongReceipt(t *testing.T) {
	w := newWorld(t, 1)
	w.open()
	w.identify(w.Voters[0])
	w.choose("1.1")
	w.lies(polls.Says(http.StatusOK, []byte("{}")))
	s := w.failed(w.app.Cast(), "receipt", desktop.Unknown)
	require.True(t, s.Kept)
	require.Nil(t, s.Receipt)
	evidence, err := os.ReadFile(s.Problem.File)
	require.NoError(t, err)
	require.Equal(t, "{}\n", string(evidence))
}

// A board that forgets what it has shown is found out by the next run, and what shows it is kept.
func TestRollback(t *testing.T) {
	w := newWorld(t, 1)
	w.open()
	early := polls.Ask(httptest.NewRequest(http.MethodGet, "/checkpoint", nil), w.Honest()).Body.Bytes()
	w.identify(w.Voters[0])
	w.vote("1.1")
	w.start()
	w.Lies(polls.At("/checkpoint", polls.Says(http.StatusOK, early)))
	s := w.failed(w.app.OpenKnown(w.app.State(context.Background(), 0).Elections[0].ID), "board_rollback", "")
	require.Equal(t, desktop.StepStart, s.Step)
	evidence, err := os.ReadFile(s.Problem.File)
	require.NoError(t, err)
	require.Contains(t, string(evidence), string(early))
	again := w.failed(w.app.OpenKnown(w.app.State(context.Background(), 0).Elections[0].ID), "board_rollback", "")
	require.Equal(t, s.Problem.File, again.Problem.File, "the same evidence is kept once")
	all, err := filepath.Glob(filepath.Join(w.folder, w.Fingerprint().String(), "evidence-*"))
	require.NoError(t, err)
	require.Equal(t, []string{s.Problem.File}, all)
}

// What the board has shown is kept, also when the cast that looked at it fails.
func TestSeenIsKeptWhateverComes(t *testing.T) {
	w := newWorld(t, 1)
	w.open()
	seen := filepath.Join(w.folder, w.Fingerprint().String(), "seen")
	before, err := os.ReadFile(seen)
	require.NoError(t, err)
	w.identify(w.Voters[0])
	w.Vote(w.Voters[0], "1.2")
	w.choose("1.1")
	w.lies(polls.Says(http.StatusBadGateway, nil))
	w.failed(w.app.Cast(), "unreachable", desktop.Unknown)
	after, err := os.ReadFile(seen)
	require.NoError(t, err)
	require.NotEqual(t, before, after)
}

// A folder that cannot be read is told.
func TestFolderThatCannotBeRead(t *testing.T) {
	w := newWorld(t, 1)
	require.NoError(t, os.MkdirAll(filepath.Join(w.folder, w.Fingerprint().String(), "seen"), 0o700)) // a folder in the file's place
	w.failed(w.app.OpenKnown(w.app.State(context.Background(), 0).Elections[0].ID), "state", "")
}

// What a collector refuses is certain, and nothing is kept.
func TestRefusals(t *testing.T) {
	w := newWorld(t, 1)
	w.open()
	w.identify(w.Voters[0])
	w.choose("1.1")
	w.SetTime(test.Closes.Add(time.Second))
	s := w.failed(w.app.Cast(), "closed", desktop.NotCast)
	require.False(t, s.Kept)
	require.Empty(t, w.kept())
	w.start()
	require.True(t, w.open().Election.Over)
}

// Who is not on the roll, and whose certificate is over.
func TestWhoMayNotVote(t *testing.T) {
	w := newWorld(t, 1)
	w.open()
	stranger, err := w.Issuer.Issue(testpki.PersonalCode(99), "Given", "Stranger", elliptic.P256())
	require.NoError(t, err)
	w.failed(w.app.IdentifyByFiles([]keyring.Content{{Name: "card", Bytes: card(t, stranger)}}), "not_on_roll", "")
	w.SetTime(w.Voters[0].Card.Signing.Certificate().NotAfter.Add(time.Minute))
	w.failed(w.app.IdentifyByFiles([]keyring.Content{{Name: "card", Bytes: card(t, w.Voters[0].Card)}}), "certificate_expired", "")
}

// The authority replaces an election: by its fingerprint it is another, and by its officials it
// is opened, and said.
func TestReplacedElection(t *testing.T) {
	w := newWorld(t, 1)
	w.open()
	other := newWorld(t, 1)
	i := voter.NewInvitation(w.Manifest.Collector.URL, other.Fingerprint())
	w.start(func(c *desktop.Config) { c.Invitations = []desktop.Invitation{{Name: "old", Invitation: i}} })
	w.failed(w.app.OpenKnown(w.app.State(context.Background(), 0).Elections[0].ID), "other_election", "")

	i = &voter.Invitation{Type: i.Type, Version: i.Version, Collector: w.Manifest.Collector.URL, Authority: &w.Manifest.Authority}
	w.start(func(c *desktop.Config) { c.Invitations = []desktop.Invitation{{Name: "authority", Invitation: i}} })
	id := w.app.State(context.Background(), 0).Elections[0].ID
	w.done(w.app.OpenKnown(id))
	require.NoError(t, w.app.Leave())
	path := filepath.Join(w.folder, "elections", id+".json")
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	earlier := bytes.Replace(before, []byte(w.Fingerprint().String()), []byte(other.Fingerprint().String()), 1)
	require.NoError(t, os.WriteFile(path, earlier, 0o600))
	broken := filepath.Join(w.folder, w.Fingerprint().String(), "ballot-x.asice")
	require.NoError(t, os.WriteFile(broken, []byte("x"), 0o600)) // what else is wrong must not hide it
	s := w.failed(w.app.OpenKnown(id), "replaced", "")
	require.Equal(t, desktop.StepIdentify, s.Step)
	require.Contains(t, s.Problem.Detail, broken)
	require.NoError(t, w.app.Leave())
	w.done(w.app.OpenKnown(id))
}

func TestOpenByFileAndByHand(t *testing.T) {
	w := newWorld(t, 1)
	w.failed(w.app.OpenFile("{}"), "invitation", "")
	w.failed(w.app.OpenTyped(w.Manifest.Collector.URL, "abc"), "invitation", "")
	w.failed(w.app.OpenTyped("http://elsewhere.example", w.Fingerprint().String()), "address", "")
	require.ErrorIs(t, w.app.OpenKnown("x"), desktop.ErrRequest)
	s := w.done(w.app.OpenFile(string(voter.NewInvitation(w.Manifest.Collector.URL, w.Fingerprint()).Bytes()) + "\n"))
	require.Equal(t, desktop.StepIdentify, s.Step)

	w.start(func(c *desktop.Config) { c.Invitations, c.Folder = nil, t.TempDir() })
	require.Empty(t, w.app.State(context.Background(), 0).Elections)
	w.done(w.app.OpenTyped(w.Manifest.Collector.URL, " "+w.Fingerprint().String()[:32]+" "+w.Fingerprint().String()[32:]+"\n"))
	require.NoError(t, w.app.Leave())
	known := w.app.State(context.Background(), 0).Elections
	require.Len(t, known, 1, "it is known from then on")
	require.Equal(t, w.Manifest.Title.In("en"), known[0].Name)
	w.done(w.app.OpenKnown(known[0].ID))
}

func TestLanguageIsKept(t *testing.T) {
	w := newWorld(t, 1)
	require.ErrorIs(t, w.app.SetLanguage("xx"), desktop.ErrRequest)
	require.NoError(t, w.app.SetLanguage("vi"))
	w.start()
	require.Equal(t, "vi", w.app.State(context.Background(), 0).Language)
}

// A practice has a card of its own, and takes no other keys.
func TestPracticeTakesNoTrueKeys(t *testing.T) {
	w := newWorld(t, 2)
	own := keyring.Content{Name: "practice", Bytes: card(t, w.Voters[0].Card)}
	w.start(func(c *desktop.Config) {
		c.Practice = func(context.Context) (*desktop.Practice, error) {
			invitation := voter.NewInvitation(w.Manifest.Collector.URL, w.Fingerprint())
			return &desktop.Practice{Invitation: invitation, Card: own, Close: func() error { return nil }}, nil
		}
	})
	s := w.done(w.app.OpenKnown("practice"))
	require.True(t, s.Practice)
	require.Len(t, s.Means, 1)
	require.ErrorIs(t, w.app.IdentifyByFiles([]keyring.Content{{Name: "card", Bytes: card(t, w.Voters[1].Card)}}), desktop.ErrStep)
	s = w.done(w.app.Identify(s.Means[0].ID))
	require.Equal(t, desktop.StepBallot, s.Step)
}
