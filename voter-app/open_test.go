package voter_test

import (
	"bytes"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/board"
	test "valik/collector/collectortest"
	"valik/election"
	"valik/internal/polls"
	voter "valik/voter-app"
)

// Whatever a collector may lie about when an election is opened is found, and has
// a name.
func TestOpenFindsLies(t *testing.T) {
	w, other := newWorld(t, 1), test.New(t, 1)
	fingerprint := w.Fingerprint()
	entries := w.entries()
	otherCeremony := other.Read(t, "record/ceremony.json")
	evilKey := w.otherBoard(entries[0], election.NewEntry(election.KindCeremony, fingerprint, election.HashOf(otherCeremony)).Bytes())
	noCeremony := w.otherBoard(entries[0], entries[2])
	noManifest := w.otherBoard(w.foreign("manifest"), entries[1])
	otherLog, err := board.SignCheckpoint(other.BoardKey, 3, evilKey.checkpoint.Root)
	require.NoError(t, err)
	twoLies := func(a, b polls.Lie) polls.Lie {
		return func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
			a(w, r, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { b(w, r, honest) }))
		}
	}
	tests := map[string]struct {
		lie  polls.Lie
		want []error
	}{
		"another manifest":             {polls.At("/v1/manifest", polls.Says(200, other.Manifest.Bytes())), []error{voter.ErrOtherElection}},
		"another ceremony":             {polls.At("/v1/ceremony", polls.Says(200, otherCeremony)), []error{voter.ErrCeremony}},
		"another ceremony, on a board": {twoLies(polls.At("/v1/ceremony", polls.Says(200, otherCeremony)), evilKey.instead), []error{voter.ErrCeremony}},
		"a ceremony not on the board":  {noCeremony.instead, []error{voter.ErrCeremony}},
		"a manifest not on the board":  {noManifest.instead, []error{voter.ErrCeremony}},
		"an empty board":               {w.otherBoard().instead, []error{voter.ErrBoard, board.ErrOutside}},
		"no ceremony":                  {polls.At("/v1/ceremony", polls.Says(200, nil)), []error{voter.ErrCeremony}},
		"another log's checkpoint":     {polls.At("/checkpoint", polls.Says(200, otherLog)), []error{voter.ErrBoard, board.ErrSignature}},
		"no checkpoint":                {polls.At("/checkpoint", polls.Says(200, nil)), []error{voter.ErrBoard, board.ErrMalformed}},
		"other tiles":                  {polls.At("/tile/0/", polls.Says(200, make([]byte, 32*len(entries)))), []error{voter.ErrBoard, board.ErrContent}},
		"other entries":                {polls.At("/tile/entries/", polls.Says(200, make([]byte, 2*len(entries)))), []error{voter.ErrBoard, board.ErrContent}},
		"no tiles":                     {polls.At("/tile/", polls.Says(404, nil)), []error{voter.ErrUnreachable, fs.ErrNotExist}},
		"a fault":                      {polls.At("/v1/manifest", polls.Says(500, nil)), []error{voter.ErrUnreachable}},
		"an endless manifest":          {polls.At("/v1/manifest", endless), []error{voter.ErrUnreachable, voter.ErrTooLong}},
		"an endless checkpoint":        {polls.At("/checkpoint", endless), []error{voter.ErrUnreachable, voter.ErrTooLong}},
		"a manifest that breaks off":   {polls.At("/v1/manifest", cutOff), []error{voter.ErrUnreachable, voter.ErrCutOff}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			w.Lies(tt.lie)
			e, err := w.tryOpen(nil)
			require.Nil(t, e)
			for _, want := range tt.want {
				require.ErrorIs(t, err, want)
			}
			if tt.want[0] == voter.ErrUnreachable {
				require.NotErrorIs(t, err, voter.ErrBoard, "the board is accused of what the network does")
			}
			require.Contains(t, voter.Explain(err), "No vote was cast.")
		})
	}
	w.open() // and without a lie it opens
}

// endless never ends, as far as the reader has patience.
func endless(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
	for part := make([]byte, 1<<20); ; {
		if _, err := w.Write(part); err != nil {
			return
		}
	}
}

// cutOff promises more than it sends.
func cutOff(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
	w.Header().Set("Content-Length", "1000")
	_, _ = w.Write([]byte(`{"type":`))
}

// A manifest with the right fingerprint that this program cannot read is not
// taken for another election's.
func TestOpenOfAnUnknownKind(t *testing.T) {
	w := newWorld(t, 1)
	later := []byte(`{"type":"valik/manifest","version":2}`)
	w.Lies(polls.At("/v1/manifest", polls.Says(200, later)))
	_, err := voter.Open(ctx, w.Manifest.Collector.URL, election.HashOf(later), nil, w.http)
	require.ErrorIs(t, err, voter.ErrManifest)
	var form *election.FormatError
	require.ErrorAs(t, err, &form)
}

// A site that passes everything on to the true collector could also pass on the
// voter's answer to a challenge, and enter as the voter.
func TestOpenAtAnotherAddress(t *testing.T) {
	w := newWorld(t, 1)
	relay := httptest.NewServer(w.Polls)
	defer relay.Close()
	_, err := voter.Open(ctx, relay.URL, w.Fingerprint(), nil, w.http)
	require.ErrorIs(t, err, voter.ErrAddress)
	_, err = voter.Open(ctx, w.Manifest.Collector.URL+"/", w.Fingerprint(), nil, w.http)
	require.NoError(t, err, "a slash at the end is no other address")

	elsewhere := newWorld(t, 1, func(m *election.Manifest) { m.Collector.URL = test.URL })
	_, err = voter.Open(ctx, elsewhere.Address(), elsewhere.Fingerprint(), nil, w.http)
	require.ErrorIs(t, err, voter.ErrAddress)
}

func TestOpenRefusesAddresses(t *testing.T) {
	for _, address := range []string{
		"", "vote.example.ee", "ftp://vote.example.ee", "https://", "http://vote.example.ee", "http://10.0.0.1",
		"https://user@vote.example.ee", "https://vote.example.ee/?a=b", "https://vote.example.ee/#a", "https://vote.example.ee:port", "http://localhost.example.ee",
	} {
		_, err := voter.Open(ctx, address, election.Hash{}, nil, nil)
		require.ErrorIs(t, err, voter.ErrAddress, address)
	}
}

// What was accepted in an earlier session binds the board in this one.
func TestOpenWithACheckpointFromBefore(t *testing.T) {
	w, other := newWorld(t, 2), newWorld(t, 1)
	before := w.open()
	early := before.Checkpoint().Raw
	w.cast(before, w.prepare(before, w.Voters[0]))
	late := before.Checkpoint()

	e, err := w.tryOpen(late.Raw)
	require.NoError(t, err)
	require.Equal(t, late.Size, e.Checkpoint().Size)
	e, err = w.tryOpen(early)
	require.NoError(t, err)
	require.Equal(t, late.Size, e.Checkpoint().Size)

	_, err = w.tryOpen(other.open().Checkpoint().Raw)
	require.ErrorIs(t, err, voter.ErrSeen)
	_, err = w.tryOpen([]byte{})
	require.ErrorIs(t, err, voter.ErrSeen)

	w.Lies(polls.At("/checkpoint", polls.Says(200, early)))
	_, err = w.tryOpen(late.Raw)
	require.ErrorIs(t, err, voter.ErrBoard)
	require.ErrorIs(t, err, board.ErrRollback)
	w.requireEvidence(err, late.Raw, early)
}

// requireEvidence checks that the error carries both checkpoints.
func (w *world) requireEvidence(err error, seen, shown []byte) {
	w.t.Helper()
	var evidence *voter.BoardError
	require.ErrorAs(w.t, err, &evidence)
	require.True(w.t, bytes.Equal(seen, evidence.Seen.Raw))
	require.True(w.t, bytes.Equal(shown, evidence.Shown.Raw))
	for _, raw := range [][]byte{evidence.Seen.Raw, evidence.Shown.Raw} {
		_, err := w.Manifest.Policy().Open(raw)
		require.NoError(w.t, err)
	}
}

// The client goes nowhere else, whatever the answer says.
func TestNoRedirectionIsFollowed(t *testing.T) {
	w := newWorld(t, 1)
	visited := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visited = true }))
	defer other.Close()
	for _, to := range []string{other.URL + "/v1/ballots", "/v1/manifest"} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			sends := func(w http.ResponseWriter, r *http.Request, _ http.Handler) { http.Redirect(w, r, to, status) }
			w.Lies(polls.At("/v1/manifest", sends))
			_, err := w.tryOpen(nil)
			require.ErrorIs(t, err, voter.ErrRedirect)

			w.Lies(nil)
			e := w.open()
			s := w.prepare(e, w.Voters[0])
			w.Lies(sends)
			w.requireNoReceipt(e, s, voter.Unknown, voter.ErrUnreachable, voter.ErrRedirect)
		}
	}
	require.False(t, visited)
}
