package voter_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/board"
	test "valik/collector/collectortest"
	"valik/eid"
	"valik/election"
	"valik/internal/polls"
	voter "valik/voter-app"
)

// requireNoReceipt casts, and expects an error of this outcome that is all of these.
func (w *world) requireNoReceipt(e *voter.Election, s *voter.Sealed, outcome voter.Outcome, want ...error) *voter.CastError {
	w.t.Helper()
	r, err := e.Cast(ctx, s)
	require.Nil(w.t, r)
	for _, target := range want {
		require.ErrorIs(w.t, err, target)
	}
	var failed *voter.CastError
	require.ErrorAs(w.t, err, &failed)
	require.Equal(w.t, outcome, failed.Outcome, "%v", err)
	if outcome == voter.NotCast {
		require.Contains(w.t, voter.Explain(err), "NOT cast")
	} else {
		require.Contains(w.t, voter.Explain(err), "not certain")
	}
	return failed
}

// receiptLie changes the collector's true receipt.
func receiptLie(change func(*election.Receipt)) polls.Lie {
	return polls.At("/v1/ballots", func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
		receipt, err := election.ParseReceipt(polls.Ask(r, honest).Body.Bytes())
		if err != nil {
			panic(err)
		}
		change(receipt)
		_, _ = w.Write(receipt.Bytes())
	})
}

// A voter whose ballot is answered by a lie gets no receipt; when the lie has an end,
// the same ballot is cast once.
func TestCastFindsLies(t *testing.T) {
	w := newWorld(t, 1)
	anothers := w.vote(w.Voters[0])
	sign := func(r *election.Receipt) {
		*r = *election.NewReceipt(w.ReceiptKey, r.Election, r.Ballot, r.Envelope, r.Evidence, r.Index, r.Time, []byte(r.Proof))
	}
	otherKey, err := board.NewKey(test.Origin)
	require.NoError(t, err)
	otherRoot, err := board.SignCheckpoint(otherKey, 100, [32]byte{})
	require.NoError(t, err)
	withProof := func(change func(*board.Proof)) polls.Lie {
		return receiptLie(func(r *election.Receipt) {
			p, err := board.ParseProof([]byte(r.Proof))
			if err != nil {
				panic(err)
			}
			change(p)
			r.Proof = string(p.Bytes())
			sign(r)
		})
	}
	tests := map[string]struct {
		lie  polls.Lie
		want []error
	}{
		"another signature":             {receiptLie(func(r *election.Receipt) { r.Signature[0] ^= 1 }), []error{voter.ErrReceipt, election.ErrSignature}},
		"another time, not signed":      {receiptLie(func(r *election.Receipt) { r.Time++ }), []error{voter.ErrReceipt, election.ErrSignature}},
		"another time":                  {receiptLie(func(r *election.Receipt) { r.Time++; sign(r) }), []error{voter.ErrReceipt, board.ErrInclusion}},
		"another ballot's receipt":      {polls.At("/v1/ballots", polls.Says(200, anothers.Bytes())), []error{voter.ErrReceipt, election.ErrAnotherBallot}},
		"another envelope":              {receiptLie(func(r *election.Receipt) { r.Envelope[0] ^= 1; sign(r) }), []error{voter.ErrReceipt, election.ErrAnotherBallot}},
		"another election":              {receiptLie(func(r *election.Receipt) { r.Election[0] ^= 1; sign(r) }), []error{voter.ErrReceipt, election.ErrAnotherBallot}},
		"another index":                 {receiptLie(func(r *election.Receipt) { r.Index--; sign(r) }), []error{voter.ErrReceipt, election.ErrProofIndex}},
		"another index, also in proof":  {withProof(func(p *board.Proof) { p.Index-- }), []error{voter.ErrReceipt}},
		"another path":                  {withProof(func(p *board.Proof) { p.Hashes[0][0] ^= 1 }), []error{voter.ErrReceipt, board.ErrInclusion}},
		"no proof":                      {receiptLie(func(r *election.Receipt) { r.Proof = ""; sign(r) }), []error{voter.ErrReceipt, board.ErrMalformed}},
		"another log's checkpoint":      {withProof(func(p *board.Proof) { p.Checkpoint = otherRoot }), []error{voter.ErrReceipt, board.ErrSignature}},
		"no document":                   {polls.At("/v1/ballots", polls.Says(200, []byte("thank you"))), []error{voter.ErrReceipt}},
		"nothing":                       {polls.At("/v1/ballots", polls.Says(200, nil)), []error{voter.ErrReceipt}},
		"an endless body":               {polls.At("/v1/ballots", endless), []error{voter.ErrUnreachable, voter.ErrTooLong}},
		"a body that breaks off":        {polls.At("/v1/ballots", cutOff), []error{voter.ErrUnreachable, voter.ErrCutOff}},
		"a fault without a word":        {polls.At("/v1/ballots", polls.Says(500, nil)), []error{voter.ErrUnreachable}},
		"a receipt that is no 200":      {polls.At("/v1/ballots", polls.Says(202, anothers.Bytes())), []error{voter.ErrUnreachable}},
		"withheld tiles":                {polls.At("/tile/", polls.Says(404, nil)), []error{voter.ErrUnreachable}},
		"another's refusal, as it is":   {polls.At("/v1/ballots", polls.Says(403, w.refusal(&anothers.Ballot, "closed").Bytes())), []error{voter.ErrUnreachable, voter.ErrUnsigned, election.ErrAnotherBallot}},
		"a refusal of another election": {polls.At("/v1/ballots", polls.Says(403, election.NewRefusal(w.ReceiptKey, election.Hash{}, nil, "closed", "No.", 0).Bytes())), []error{voter.ErrUnsigned}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			e := w.open()
			s := w.prepare(e, w.Voters[0])
			seen := e.Checkpoint()
			w.Lies(tt.lie)
			failed := w.requireNoReceipt(e, s, voter.Unknown, tt.want...)
			if tt.want[0] == voter.ErrReceipt {
				require.NotNil(t, failed.Answer)
			}
			require.Equal(t, seen, e.Checkpoint(), "a lie was remembered")
			w.Lies(nil)
			first := w.cast(e, s)
			require.Equal(t, first.Bytes(), w.cast(e, s).Bytes())
		})
	}
}

func (w *world) refusal(ballot *election.Hash, code string) *election.Refusal {
	return election.NewRefusal(w.ReceiptKey, w.Fingerprint(), ballot, code, "No.", election.At(test.Opens))
}

// What a refusal says of a ballot depends on who signed it, about what, and on whether an
// earlier try may have arrived.
func TestCastIsRefused(t *testing.T) {
	w := newWorld(t, 1)
	e := w.open()
	for name, tt := range map[string]struct {
		code           string
		first, another voter.Outcome // of the first try, and of one after a try without answer
	}{
		"closed":                   {"closed", voter.NotCast, voter.Unknown},
		"busy":                     {"busy", voter.NotCast, voter.Unknown},
		"a wrong clock":            {"clock", voter.NotCast, voter.Unknown},
		"a wrong proof":            {"bad_proof", voter.NotCast, voter.NotCast},
		"a doubtful database":      {"not_verified", voter.Unknown, voter.Unknown},
		"not yet witnessed":        {"not_witnessed", voter.Unknown, voter.Unknown},
		"a fault of the collector": {"unavailable", voter.Unknown, voter.Unknown},
		"on the board already":     {"duplicate", voter.Unknown, voter.Unknown},
		"in another envelope":      {"replayed", voter.Unknown, voter.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			s := w.prepare(e, w.Voters[0])
			ballot := s.Ballot.Hash()
			refusal := w.refusal(&ballot, tt.code)
			refuse := func(want voter.Outcome) {
				w.Lies(polls.At("/v1/ballots", polls.Says(409, refusal.Bytes())))
				failed := w.requireNoReceipt(e, s, want)
				var refused *voter.RefusedError
				require.ErrorAs(t, failed, &refused)
				require.Equal(t, refusal.Bytes(), refused.Refusal.Bytes())
				require.Contains(t, voter.Explain(failed), "No.")
			}
			refuse(tt.first)
			w.Lies(polls.At("/v1/ballots", polls.Says(500, nil)))
			w.requireNoReceipt(e, s, voter.Unknown)
			refuse(tt.another)
		})
	}
}

// A refusal that is not the collector's about this ballot shows nothing.
func TestCastIsRefusedByOthers(t *testing.T) {
	w := newWorld(t, 1)
	e := w.open()
	s := w.prepare(e, w.Voters[0])
	ballot := s.Ballot.Hash()
	w.Lies(polls.At("/v1/ballots", polls.Says(429, w.refusal(nil, "too_many").Bytes())))
	w.requireNoReceipt(e, s, voter.Unknown)
	forged := w.refusal(&ballot, "closed")
	forged.Code = "bad_proof"
	w.Lies(polls.At("/v1/ballots", polls.Says(409, forged.Bytes())))
	w.requireNoReceipt(e, s, voter.Unknown, voter.ErrUnsigned, election.ErrSignature)

	w.Lies(nil)
	late := w.prepare(e, w.Voters[0])
	w.SetTime(test.Closes)
	var refused *voter.RefusedError
	require.ErrorAs(t, w.requireNoReceipt(e, late, voter.NotCast), &refused)
	require.Equal(t, "closed", refused.Refusal.Code)
}

// The connection breaks after the ballot arrived: it is on the board, and whoever
// asks again gets the receipt.
func TestCastAgainAfterTheConnectionBroke(t *testing.T) {
	w := newWorld(t, 1)
	e := w.open()
	s := w.prepare(e, w.Voters[0])
	var given []byte
	w.Lies(polls.At("/v1/ballots", func(_ http.ResponseWriter, r *http.Request, honest http.Handler) {
		given = polls.Ask(r, honest).Body.Bytes()
		panic(http.ErrAbortHandler)
	}))
	w.requireNoReceipt(e, s, voter.Unknown, voter.ErrUnreachable)
	w.Lies(nil)
	receipt := w.cast(e, s)
	require.Equal(t, given, receipt.Bytes())
	ballots := election.Where(w.parsed(), election.KindBallot)
	require.Len(t, ballots, 1)

	// And also after the close, and by a program that was started again.
	w.SetTime(test.Closes)
	require.Equal(t, given, w.cast(w.open(), s).Bytes())
}

func (w *world) parsed() []election.Entry {
	entries, err := election.ParseEntries(w.entries())
	require.NoError(w.t, err)
	return entries
}

// A ballot that never left is not cast; one that may have arrived stays in doubt.
func TestCastWithoutConnection(t *testing.T) {
	w := newWorld(t, 1)
	e := w.open()
	never, perhaps := w.prepare(e, w.Voters[0]), w.prepare(e, w.Voters[0])
	w.Lies(polls.Says(500, nil))
	w.requireNoReceipt(e, perhaps, voter.Unknown)
	w.http.CloseIdleConnections()
	w.Shut()
	w.requireNoReceipt(e, never, voter.NotCast, voter.ErrUnreachable)
	w.requireNoReceipt(e, perhaps, voter.Unknown, voter.ErrUnreachable)
}

// The collector goes away between its receipt and the tiles by which the receipt's board is
// checked: the ballot is on the board, and "not cast" would be a lie.
func TestCastWithoutTheBoard(t *testing.T) {
	w := newWorld(t, 1)
	var away atomic.Bool
	w.http.Transport = &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		if away.Load() {
			return nil, errors.New("no way")
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
	e := w.open()
	s := w.prepare(e, w.Voters[0])
	w.Lies(polls.At("/v1/ballots", func(rw http.ResponseWriter, r *http.Request, honest http.Handler) {
		answer := polls.Ask(r, honest).Body.Bytes()
		away.Store(true)
		_, _ = rw.Write(answer)
	}))
	failed := w.requireNoReceipt(e, s, voter.Unknown, voter.ErrUnreachable)
	require.NotNil(t, voter.Evidence(failed), "the collector has signed that it took the ballot")
	require.Contains(t, voter.Explain(failed), "You may cast it again", "a board that cannot be reached makes no receipt wrong")
	require.Len(t, election.Where(w.parsed(), election.KindBallot), 1)
	w.requireNoReceipt(e, s, voter.Unknown, voter.ErrUnreachable)

	away.Store(false)
	receipt, err := e.CastPatiently(ctx, s, voter.Patience{Tries: 2}, func(error) {
		w.Lies(nil)
		away.Store(false)
	})
	require.NoError(t, err, "it is tried again")
	require.Equal(t, s.Ballot.Hash(), receipt.Ballot)
}

func TestCastIsGivenUp(t *testing.T) {
	w := newWorld(t, 1)
	e := w.open()
	s := w.prepare(e, w.Voters[0])
	stopped, stop := context.WithCancel(ctx)
	w.Lies(func(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
		_, _ = io.Copy(io.Discard, r.Body) // or the server does not notice that the voter is gone
		stop()
		<-r.Context().Done()
	})
	_, err := e.Cast(stopped, s)
	require.ErrorIs(t, err, context.Canceled)
	var failed *voter.CastError
	require.ErrorAs(t, err, &failed)
	require.Equal(t, voter.Unknown, failed.Outcome)

	fresh := &voter.Sealed{Prepared: s.Prepared, Container: s.Container}
	_, err = e.Cast(stopped, fresh)
	require.ErrorAs(t, err, &failed)
	require.Equal(t, voter.NotCast, failed.Outcome, "it was given up before it left")
}

// Whoever holds the collector's and the board's keys can sign any receipt, but not
// for the board that the voter has seen.
func TestCastOnAnotherBoard(t *testing.T) {
	w := newWorld(t, 2)
	w.vote(w.Voters[1])
	e := w.open()
	s := w.prepare(e, w.Voters[0])
	at := election.At(w.Now())
	mine := election.NewBallotEntry(w.Fingerprint(), s.Ballot.Hash(), election.HashOf(s.Container), election.Hash{}, at).Bytes()
	seen := w.entries()
	require.EqualValues(t, len(seen), s.Ballot.Anchor.Size)

	fork := append([][]byte{}, seen...)
	fork[len(fork)-1] = w.foreign("instead of another's ballot")
	tests := map[string]struct {
		entries [][]byte
		index   int
		want    []error
	}{
		"later, on a fork":       {append(fork, mine), len(fork), []error{voter.ErrBoard, board.ErrFork}},
		"before the anchor":      {append(seen[:len(seen)-1:len(seen)-1], mine, w.foreign("more")), len(seen) - 1, []error{voter.ErrReceipt, voter.ErrBeforeAnchor}},
		"on a smaller board":     {append(seen[:2:2], mine), 2, []error{voter.ErrReceipt, voter.ErrBeforeAnchor}},
		"under the other tree's": {append(seen[:len(seen):len(seen)], mine), len(seen), nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			other := w.otherBoard(tt.entries...)
			proof, err := board.Prove(other.checkpoint, uint64(tt.index), other.folder)
			require.NoError(t, err)
			receipt := election.NewReceipt(w.ReceiptKey, w.Fingerprint(), s.Ballot.Hash(), election.HashOf(s.Container), election.Hash{}, uint64(tt.index), at, proof.Bytes())
			e, err := w.tryOpen(nil) // follows the true board
			require.NoError(t, err)
			before := e.Checkpoint()
			w.Lies(func(rw http.ResponseWriter, r *http.Request, honest http.Handler) {
				polls.At("/v1/ballots", polls.Says(200, receipt.Bytes()))(rw, r, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
					other.instead(rw, r, honest)
				}))
			})
			if tt.want == nil { // a board that extends what was seen is the board
				require.Equal(t, receipt.Bytes(), w.cast(e, s).Bytes())
				return
			}
			failed := w.requireNoReceipt(e, s, voter.Unknown, tt.want...)
			require.Equal(t, receipt.Bytes(), failed.Answer)
			if errors.Is(failed, voter.ErrBoard) {
				w.requireEvidence(failed, before.Raw, other.checkpoint.Raw)
			}
		})
	}
}

// The receipt of a ballot that was cast before is older than what was seen since.
func TestAnOldReceiptIsAccepted(t *testing.T) {
	w := newWorld(t, 3)
	e := w.open()
	s := w.prepare(e, w.Voters[0])
	receipt := w.cast(e, s)
	for _, v := range w.Voters[1:] {
		w.vote(v)
	}
	w.prepare(e, w.Voters[1]) // looks at the board
	seen := e.Checkpoint()
	require.Greater(t, seen.Size, receipt.Index+1)
	require.Equal(t, receipt.Bytes(), w.cast(e, s).Bytes())
	require.Equal(t, seen, e.Checkpoint(), "the older checkpoint replaced the newer one")
}

// Programs that vote for several people at once, as the demo does, share an Election.
func TestElectionIsSafeForConcurrentUse(t *testing.T) {
	const voters = 12
	w := newWorld(t, voters)
	e := w.open()
	results := make(chan error, voters)
	for _, v := range w.Voters {
		go func() {
			who, err := e.Identify(ctx, eid.AuthenticateWith(v.Card.Authentication))
			if err == nil {
				var p *voter.Prepared
				if p, err = e.Prepare(ctx, who, selection(who, "2")); err == nil {
					var s *voter.Sealed
					if s, err = e.Seal(ctx, p, v.Card.Signing, w.Now()); err == nil {
						_, err = e.Cast(ctx, s)
					}
				}
			}
			results <- err
		}()
	}
	for range voters {
		require.NoError(t, <-results)
	}
	require.Len(t, election.Where(w.parsed(), election.KindBallot), voters)
}

// While one goroutine waits for the network, others are not held up.
func TestTheNetworkIsAskedWithoutTheLock(t *testing.T) {
	w := newWorld(t, 2)
	e := w.open()
	w.vote(w.Voters[0])
	var asked atomic.Bool
	w.Lies(polls.At("/tile/", func(rw http.ResponseWriter, r *http.Request, honest http.Handler) {
		asked.Store(true)
		e.Checkpoint()
		honest.ServeHTTP(rw, r)
	}))
	w.prepare(e, w.Voters[1])
	require.True(t, asked.Load())
}
