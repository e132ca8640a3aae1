package processing_test

import (
	"bytes"
	"crypto/elliptic"
	"errors"
	"io/fs"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid/testpki"
	"valik/election"
	"valik/election/electiontest"
	"valik/election/processing"
)

var small = sync.OnceValues(func() (*electiontest.Election, error) { return electiontest.New(6, nil) })

func newLog(t testing.TB) *electiontest.Log {
	t.Helper()
	e, err := small()
	require.NoError(t, err)
	return e.NewLog()
}

// source closes the log and gives all sources of the count.
func source(l *electiontest.Log, revocations ...*election.Revocations) *processing.Source {
	l.Append(election.KindClose, election.HashOf([]byte("close")))
	for _, r := range revocations {
		l.Append(election.KindRevocations, r.Hash())
	}
	return &processing.Source{
		Manifest: l.Manifest, Key: l.Keys.Public(), Entries: l.Entries, Box: l.Box(),
		Rolls: []*election.Roll{l.Roll}, Revocations: revocations,
	}
}

func process(t testing.TB, s *processing.Source) *processing.Outcome {
	t.Helper()
	o, err := processing.Process(s)
	require.NoError(t, err)
	return o
}

// A day of an election: every kind of ballot that a bad collector could log.
func TestProcess(t *testing.T) {
	l := newLog(t)
	old := l.Prepare(0)
	first := l.Prepare(0)
	l.Cast(l.Seal(0, first.Bytes()), electiontest.Opens) // 4
	l.Vote(1)                                            // 5
	l.Vote(0)                                            // 6: supersedes 4
	l.Cast(l.Seal(0, old.Bytes()), electiontest.Opens)   // 7: replayed over 6

	l.Cast(l.Seal(2, l.Prepare(4).Bytes()), electiontest.Opens) // 8: voter 4's ballot in voter 2's envelope
	l.Cast(l.Seal(2, []byte("no ballot")), electiontest.Opens)  // 9
	wrongProof := l.Prepare(2)
	wrongProof.Contests[0].Slots[0] = first.Contests[0].Slots[0]
	l.Cast(l.Seal(2, wrongProof.Bytes()), electiontest.Opens) // 10
	badAnchor := l.Anchor(5)
	badAnchor.Root[0] ^= 1
	l.Cast(l.Seal(2, l.PrepareAt(2, badAnchor).Bytes()), electiontest.Opens)    // 11
	l.Cast(l.Seal(2, l.Prepare(2).Bytes()), electiontest.Closes)                // 12
	l.Cast(l.Seal(2, l.Prepare(2).Bytes()), electiontest.Opens.Add(-time.Hour)) // 13
	otherStyle := l.Prepare(2)
	otherStyle.Contests = otherStyle.Contests[:1]
	l.Cast(l.Seal(2, otherStyle.Bytes()), electiontest.Opens) // 14
	forged := l.Seal(2, l.Prepare(2).Bytes())
	l.Cast(forge(t, forged), electiontest.Opens) // 15
	l.Vote(3)                                    // 16
	l.Cast(forged, electiontest.Opens)           // 17: good, whatever came before

	s := source(l)
	o := process(t, s)
	require.Equal(t, []string{
		"superseded(6)", "counted", "counted", "stale(6)",
		"ineligible", "malformed", "bad-proof", "bad-anchor", "outside-hours", "outside-hours",
		"wrong-style", "bad-signature", "counted", "counted",
	}, reasons(o.Decisions.List))
	require.Equal(t, processing.CodeOtherVoter, o.Refusals[8].Code)
	require.Equal(t, "bad_ballot.not_json", o.Refusals[9].Code)
	require.Equal(t, processing.CodeClosed, o.Refusals[12].Code)
	require.Equal(t, processing.CodeNotOpen, o.Refusals[13].Code)
	require.NotContains(t, o.Refusals, uint64(7), "stale is no fault of the ballot by itself")

	require.Equal(t, 2, o.Rows(election.ListID{Contest: "mayor", District: "0176.1"}).Len())
	require.Equal(t, 2, o.Rows(election.ListID{Contest: "mayor", District: "0176.2"}).Len())
	council := o.Rows(election.ListID{Contest: "council", District: "0176.1"})
	require.Equal(t, 2, council.Len())
	require.Equal(t, 2, council.Width())
	require.Len(t, o.Voters, 4)

	again := process(t, s)
	require.Equal(t, o.Decisions.Bytes(), again.Decisions.Bytes())
	require.Equal(t, o.Input().Bytes(), again.Input().Bytes())
	require.NoError(t, o.Input().Check(l.Manifest))
}

// forge changes the signature value of a container to another well-formed one,
// by exchanging it with that of another file signed by the same key.
func forge(t *testing.T, container []byte) []byte {
	t.Helper()
	c, err := processing.Unwrap(container)
	require.NoError(t, err)
	c.Container.Signature = slices.Clone(c.Container.Signature)
	c.Container.Signature[40] ^= 1
	return c.Container.Bytes()
}

func TestRowsAreThoseOfTheBallots(t *testing.T) {
	l := newLog(t)
	var want []byte
	for _, i := range []int{4, 0, 2} {
		b := l.Prepare(i)
		l.Cast(l.Seal(i, b.Bytes()), electiontest.Opens)
		for _, s := range b.Contests[1].Slots {
			want = append(want, s.Ciphertext...)
		}
	}
	o := process(t, source(l))
	require.Equal(t, want, o.Rows(election.ListID{Contest: "council", District: "0176.1"}).Bytes(), "in the order of the board")
}

func TestNobodyVoted(t *testing.T) {
	l := newLog(t)
	o := process(t, source(l))
	require.Empty(t, o.Decisions.List)
	require.Len(t, o.Lists, 3)
	require.NoError(t, o.Input().Check(l.Manifest))
}

func TestDuplicatesInAnyEnvelope(t *testing.T) {
	l := newLog(t)
	b := l.Prepare(1).Bytes()
	l.Cast(l.Seal(1, b), electiontest.Opens)
	l.Cast(l.Seal(1, b), electiontest.Opens) // ECDSA gives another signature, so another envelope
	require.Equal(t, []string{"counted", "duplicate(4)"}, reasons(process(t, source(l)).Decisions.List))
}

func TestRevocations(t *testing.T) {
	l := newLog(t)
	fp := l.Manifest.Fingerprint()
	l.Vote(0)
	l.Vote(1)
	l.Vote(0)
	doc := func(number int, action string, voters ...int) *election.Revocations {
		var persons []string
		for _, i := range voters {
			persons = append(persons, l.Roll.List[i].Code)
		}
		r, err := election.NewRevocations(fp, number, action, election.Salt{1}, persons)
		require.NoError(t, err)
		return r
	}
	o := process(t, source(l, doc(1, election.Revoke, 0, 1, 5), doc(2, election.Restore, 1)))
	require.Equal(t, []string{"superseded(6)", "counted", "revoked"}, reasons(o.Decisions.List))
	require.Equal(t, 1, o.Revoked)
	require.Equal(t, 1, o.Input().Revoked)
	require.Len(t, o.Voters, 2, "who voted online stands on the list of the polling stations, revoked or not")
}

func TestTheRollInForceDecides(t *testing.T) {
	l := newLog(t)
	smaller, err := election.NewRoll(l.Manifest.Fingerprint(), 1, election.Salt{9}, l.Roll.From, l.Roll.To, l.Roll.List[1:])
	require.NoError(t, err)
	l.Vote(0)
	l.Append(election.KindRoll, smaller.Hash())
	l.Vote(0)
	l.Vote(1)
	s := source(l)
	s.Rolls = append(s.Rolls, smaller)
	o := process(t, s)
	require.Equal(t, []string{"counted", "ineligible", "counted"}, reasons(o.Decisions.List))
	require.Equal(t, processing.CodeNotOnRoll, o.Refusals[6].Code)
}

// A code that changes during the polls leaves one voter: the old certificate still
// votes, and a vote with a new one supersedes the first.
func TestAChangedCodeIsTheSameVoter(t *testing.T) {
	e, err := electiontest.New(3, nil)
	require.NoError(t, err)
	l := e.NewLog()
	const newCode = 100
	l.Vote(0) // 4
	next, changed := changedCode(t, l.Roll, 0, testpki.PersonalCode(newCode))
	l.Append(election.KindRoll, next.Hash()) // 5
	l.Vote(0)                                // 6: the certificate still has the old code
	card, err := l.Authority.Issue(testpki.PersonalCode(newCode), "Voter", "0", elliptic.P384())
	require.NoError(t, err)
	voteAgain := func() {
		b := l.Prepare(0)
		old := l.Cards[0]
		l.Cards[0] = card
		l.Cast(l.Seal(0, b.Bytes()), electiontest.Opens)
		l.Cards[0] = old
	}
	voteAgain() // 7
	l.Vote(1)   // 8
	s := source(l)
	s.Rolls = append(s.Rolls, next)
	o := process(t, s)
	require.Equal(t, []string{"superseded(6)", "superseded(7)", "counted", "counted"}, reasons(o.Decisions.List))
	require.Len(t, o.Voters, 2)
	require.Contains(t, o.Voters, changed, "the list of the polling stations has the present code, and the former")

	for _, code := range changed.Codes() {
		order, err := election.NewRevocations(l.Manifest.Fingerprint(), 1, election.Revoke, election.Salt{}, []string{code})
		require.NoError(t, err)
		revoked := *s
		revoked.Entries = append(slices.Clone(s.Entries), election.NewEntry(election.KindRevocations, l.Manifest.Fingerprint(), order.Hash()).Bytes())
		revoked.Revocations = []*election.Revocations{order}
		require.Equal(t, []string{"superseded(6)", "superseded(7)", "revoked", "counted"}, reasons(process(t, &revoked).Decisions.List))
	}
}

// Who voted before their code changed is on the list of the polling stations under the
// present one.
func TestVotersAreListedByTheirPresentCode(t *testing.T) {
	l := newLog(t)
	l.Vote(0)
	l.Vote(1)
	next, changed := changedCode(t, l.Roll, 0, testpki.PersonalCode(100))
	without, err := election.NewRoll(l.Roll.Election, 2, election.Salt{8}, l.Roll.From, l.Roll.To,
		slices.DeleteFunc(slices.Clone(next.List), func(v election.Voter) bool { return v.Code == l.Roll.List[1].Code }))
	require.NoError(t, err)
	l.Append(election.KindRoll, next.Hash())
	l.Append(election.KindRoll, without.Hash())
	s := source(l)
	s.Rolls = append(s.Rolls, next, without)
	o := process(t, s)
	require.ElementsMatch(t, []election.Voter{changed, l.Roll.List[1]}, o.Voters, "one who is gone stands there too")
}

// A new code is nobody's before the roll knows it.
func TestANewCodeVotesFromItsRollOn(t *testing.T) {
	e, err := electiontest.New(2, nil)
	require.NoError(t, err)
	l := e.NewLog()
	const newCode = 100
	l.Cards[0], err = l.Authority.Issue(testpki.PersonalCode(newCode), "Voter", "0", elliptic.P384())
	require.NoError(t, err)
	l.Vote(0) // 4
	next, _ := changedCode(t, l.Roll, 0, testpki.PersonalCode(newCode))
	l.Append(election.KindRoll, next.Hash()) // 5
	l.Vote(0)                                // 6
	s := source(l)
	s.Rolls = append(s.Rolls, next)
	o := process(t, s)
	require.Equal(t, []string{"ineligible", "counted"}, reasons(o.Decisions.List))
	require.Equal(t, processing.CodeNotOnRoll, o.Refusals[4].Code)
}

// changedCode gives the next version of a roll, in which voter i has another code.
func changedCode(t *testing.T, old *election.Roll, i int, code string) (*election.Roll, election.Voter) {
	t.Helper()
	voters := slices.Clone(old.List)
	changed := &voters[i]
	changed.Code, changed.Former = code, changed.Codes()
	kept := *changed
	slices.SortFunc(voters, func(a, b election.Voter) int { return strings.Compare(a.Code, b.Code) })
	next, err := election.NewRoll(old.Election, old.Changeset+1, election.Salt{9}, old.From, old.To, voters)
	require.NoError(t, err)
	return next, kept
}

func TestMoreThanOneChunk(t *testing.T) {
	l := newLog(t)
	for i := range 10 {
		if i == 4 {
			b := l.Prepare(i % 6)
			b.Anchor.Size, b.Anchor.Root = 4, l.Anchor(4).Root
			l.Cast(l.Seal(i%6, b.Bytes()), electiontest.Opens)
			continue
		}
		l.Vote(i % 6)
	}
	s := source(l)
	for chunk := range 12 {
		o, err := processing.ProcessInChunks(s, chunk+1)
		require.NoError(t, err)
		require.Equal(t, process(t, s).Input().Bytes(), o.Input().Bytes())
		require.Equal(t, moreThanOneChunk, reasons(o.Decisions.List))
	}
}

var moreThanOneChunk = []string{
	"superseded(10)", "superseded(11)", "superseded(12)", "superseded(13)", "bad-proof",
	"counted", "counted", "counted", "counted", "counted",
}

// No source but the one that the board has is counted.
func TestSourcesMustBeThoseOfTheBoard(t *testing.T) {
	fp := newLog(t).Manifest.Fingerprint()
	revocations, err := election.NewRevocations(fp, 1, election.Revoke, election.Salt{}, nil)
	require.NoError(t, err)
	second, err := election.NewRevocations(fp, 2, election.Revoke, election.Salt{}, nil)
	require.NoError(t, err)
	salted, err := election.NewRevocations(fp, 1, election.Revoke, election.Salt{7}, nil)
	require.NoError(t, err)
	tests := []struct {
		name, source string
		index        int
		want         error
		change       func(l *electiontest.Log, s *processing.Source)
	}{
		{"roll missing", "roll 0", 2, processing.ErrMissing, func(_ *electiontest.Log, s *processing.Source) { s.Rolls = nil }},
		{"roll too many", "roll 1", -1, processing.ErrTooMany, func(_ *electiontest.Log, s *processing.Source) { s.Rolls = append(s.Rolls, s.Rolls[0]) }},
		{"other roll", "roll 0", 2, processing.ErrNotLogged, func(l *electiontest.Log, s *processing.Source) {
			r, err := election.NewRoll(fp, 0, election.Salt{1}, l.Roll.From, l.Roll.To, l.Roll.List)
			require.NoError(t, err)
			s.Rolls = []*election.Roll{r}
		}},
		{"revocations missing", "revocations 1", 8, processing.ErrMissing, func(_ *electiontest.Log, s *processing.Source) { s.Revocations = nil }},
		{"revocations too many", "revocations 2", -1, processing.ErrTooMany, func(_ *electiontest.Log, s *processing.Source) { s.Revocations = append(s.Revocations, second) }},
		{"other revocations", "revocations 1", 8, processing.ErrNotLogged, func(_ *electiontest.Log, s *processing.Source) {
			s.Revocations = []*election.Revocations{salted}
		}},
		{"box without a ballot", "box", 5, processing.ErrMissing, func(l *electiontest.Log, s *processing.Source) {
			s.Box = election.NewBox(fp, []election.BoxBallot{l.Ballots[0], l.Ballots[2]})
		}},
		{"box without the last", "box", 6, processing.ErrMissing, func(l *electiontest.Log, s *processing.Source) {
			s.Box = election.NewBox(fp, l.Ballots[:2])
		}},
		{"box with one too many", "box", -1, processing.ErrTooMany, func(l *electiontest.Log, s *processing.Source) {
			extra := l.Ballots[0]
			extra.Index = 7
			s.Box = election.NewBox(fp, append(slices.Clone(l.Ballots), extra))
		}},
		{"envelopes exchanged", "box", 4, processing.ErrNotLogged, func(l *electiontest.Log, s *processing.Source) {
			b := slices.Clone(l.Ballots)
			b[0].Container, b[1].Container = b[1].Container, b[0].Container
			s.Box = election.NewBox(fp, b)
		}},
		{"envelope damaged", "box", 6, processing.ErrNotLogged, func(l *electiontest.Log, s *processing.Source) {
			b := slices.Clone(l.Ballots)
			b[2].Container = bytes.Clone(b[2].Container[:100])
			s.Box = election.NewBox(fp, b)
		}},
		{"box of another election", "box", -1, nil, func(l *electiontest.Log, s *processing.Source) {
			s.Box = election.NewBox(election.Hash{}, l.Ballots)
		}},
		{"not closed", "log", -1, processing.ErrNotClosed, func(_ *electiontest.Log, s *processing.Source) { s.Entries = s.Entries[:7] }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l := newLog(t)
			for i := range 3 {
				l.Vote(i)
			}
			s := source(l, revocations)
			test.change(l, s)
			o, err := processing.Process(s)
			require.Nil(t, o)
			var e *processing.SourceError
			require.ErrorAs(t, err, &e)
			require.Equal(t, test.source, e.Source, "%v", err)
			require.Equal(t, test.index, e.Index, "%v", err)
			if test.want != nil {
				require.ErrorIs(t, err, test.want)
			}
		})
	}
}

// failing is a box whose file cannot be read to its end.
type failing struct{ *election.Box }

func (f failing) All() iter.Seq2[*election.BoxBallot, error] {
	return func(yield func(*election.BoxBallot, error) bool) {
		for b := range f.Box.All() {
			if !yield(b, nil) {
				return
			}
			break
		}
		yield(nil, fs.ErrClosed)
	}
}

func TestAnErrorWhileReadingGivesNoOutcome(t *testing.T) {
	l := newLog(t)
	l.Vote(0)
	l.Vote(1)
	s := source(l)
	s.Box = failing{l.Box()}
	o, err := processing.Process(s)
	require.Nil(t, o)
	require.True(t, errors.Is(err, fs.ErrClosed))
}

func TestEveryRefusalTellsPeopleWhatToDo(t *testing.T) {
	for _, code := range processing.Codes() {
		r := processing.Refuse(code, nil)
		require.Equal(t, code, r.Code)
		require.Contains(t, election.Reasons(), r.Reason)
		require.Greater(t, len(r.Message), 40, code)
		require.True(t, strings.HasSuffix(r.Message, "."), code)
		require.NotContains(t, r.Message, "_", code)
	}
	require.Panics(t, func() { processing.Refuse("something", nil) })
}
