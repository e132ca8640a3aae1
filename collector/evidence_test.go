package collector

import (
	"context"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/board"
	test "valik/collector/collectortest"
	"valik/eid"
	"valik/eid/inquiry"
	"valik/eid/testpki/responder"
	"valik/election"
	"valik/election/processing"
)

const unavailable = 503

// policies of the tests: an hour is enough to settle, and the polls last one.
var (
	statusPolicy = election.StatusPolicy{Freshness: 600, Nonce: true}
	listPolicy   = election.StatusPolicy{Freshness: 600, Nonce: true, CRL: true}
	timePolicy   = election.TimePolicy{Tolerance: 120}
)

func refusing(status *election.StatusPolicy, stamps *election.TimePolicy) election.EvidencePolicy {
	return election.EvidencePolicy{Status: status, Time: stamps, Away: election.AwayRefuse}
}

func settling1h(status *election.StatusPolicy, stamps *election.TimePolicy) election.EvidencePolicy {
	return election.EvidencePolicy{Status: status, Time: stamps, Away: election.AwaySettle, Settle: 3600}
}

// online is a running collector of an election with services.
type online struct {
	*server
	services *responder.Responder
	asking   *asking
}

// asking is the collector's way to the services, which a test changes while background work
// of the collector may be on it.
type asking struct{ by atomic.Pointer[Inquiry] }

func (a *asking) Status(ctx context.Context, cert, issuer *x509.Certificate, nonce []byte) ([]byte, error) {
	return (*a.by.Load()).Status(ctx, cert, issuer, nonce)
}

func (a *asking) CRL(ctx context.Context, cert, issuer *x509.Certificate) ([]byte, error) {
	return (*a.by.Load()).CRL(ctx, cert, issuer)
}

func (a *asking) TimeStamp(ctx context.Context, message []byte) ([]byte, error) {
	return (*a.by.Load()).TimeStamp(ctx, message)
}

// now lets the collector ask in another way from now on.
func (a *asking) now(other func(Inquiry) Inquiry) {
	next := other(*a.by.Load())
	a.by.Store(&next)
}

func serveOnline(t *testing.T, voters int, policy election.EvidencePolicy, change ...func(*election.Manifest)) *online {
	t.Helper()
	now := new(clock)
	now.set(test.Opens)
	w := test.NewOnline(t, voters, now.now, policy, change...)
	services := askingFor(w)
	a := new(asking)
	a.by.Store(&services)
	s := serve(t, w, sqliteURL(t), func(c *Config) { c.Inquiry, c.Now = a, now.now })
	s.clock = now
	now.set(test.Opens.Add(time.Minute))
	return &online{s, w.Services, a}
}

func askingFor(w *test.World) Inquiry {
	return inquiry.New(inquiry.Config{TimeStamps: w.Stamps, ListAge: time.Nanosecond})
}

// decisions exports and processes, and gives what became of every ballot.
func (s *online) decisions() []election.Decision {
	s.t.Helper()
	out := filepath.Join(s.t.TempDir(), "out")
	require.NoError(s.t, s.c.Export(ctx, out))
	o, err := process(s.t, s.w, out)
	require.NoError(s.t, err)
	require.Zero(s.t, o.Refused, "the collector has done nothing wrong")
	require.Empty(s.t, o.Missettled)
	return o.Decisions.List
}

// process judges an exported box again, with nothing but files.
func process(t *testing.T, w *test.World, out string) (*processing.Outcome, error) {
	t.Helper()
	record, sealed := filepath.Join(out, "record"), filepath.Join(out, "sealed")
	_, leaves, err := board.ReadAll(os.DirFS(record), w.Manifest.Policy())
	require.NoError(t, err)
	read := func(dir, name string) []byte {
		b, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		return b
	}
	box, err := election.ParseBox(read(sealed, election.BoxFile))
	require.NoError(t, err)
	roll, err := election.ParseRoll(read(sealed, election.RollFile(0)))
	require.NoError(t, err)
	source := &processing.Source{
		Manifest: w.Manifest, Key: w.Keys.Public(), Entries: leaves, Box: box, Rolls: []*election.Roll{roll},
		RevocationLists: func(hash election.Hash) ([]byte, error) {
			return os.ReadFile(filepath.Join(sealed, election.RevocationListFile(hash)))
		},
	}
	if w.Manifest.Settles() {
		source.Settlement, err = election.ParseSettlement(read(record, election.SettlementFile))
		require.NoError(t, err)
	}
	return processing.Process(source)
}

func reasons(list []election.Decision) []election.Reason {
	all := make([]election.Reason, len(list))
	for i, d := range list {
		all[i] = d.Reason
	}
	return all
}

// A ballot is taken with the issuer's word and a time-stamp, which the leaf binds and the
// count judges again from files alone.
func TestEvidenceStandsWithTheBallot(t *testing.T) {
	s := serveOnline(t, 3, refusing(&statusPolicy, &timePolicy))
	for _, v := range s.w.Voters {
		r := s.cast(s.prepare(v))
		require.NotZero(t, r.Evidence)
		require.Equal(t, election.BallotLeaf(r.Ballot, r.Envelope, r.Evidence, r.Time), s.entries()[r.Index].Artefact)
	}
	s.clock.set(test.Closes)
	require.Equal(t, []election.Reason{election.Counted, election.Counted, election.Counted}, reasons(s.decisions()))
}

// Each thing that can be wrong with an answer has its own code, and nothing is stored. When
// the service is back, the same ballot is taken.
func TestEveryFaultOfAServiceHasItsOwnRefusal(t *testing.T) {
	type row struct {
		fault  responder.Fault
		status int
		code   string
	}
	for name, one := range map[string]struct {
		policy election.EvidencePolicy
		rows   []row
	}{
		"status": {refusing(&statusPolicy, nil), []row{
			{responder.Stale, unavailable, eid.CodeStatusStale},
			{responder.Replay, unavailable, eid.CodeStatusReplayed},
			{responder.Other, unavailable, eid.CodeStatusResponder},
			{responder.Expired, unavailable, eid.CodeStatusResponderExpired},
			{responder.BadSignature, unavailable, eid.CodeStatusSignature},
			{responder.Unknown, unprocessable, eid.CodeStatusUnknown},
			{responder.NoNonce, unavailable, eid.CodeStatusReplayed},
			{responder.Refuse, unavailable, eid.CodeStatusRefused},
			{responder.Garbage, unavailable, eid.CodeStatusForm},
			{responder.Page, unavailable, eid.CodeStatusUnreachable},
			{responder.Down, unavailable, eid.CodeStatusUnreachable},
		}},
		"time": {refusing(nil, &timePolicy), []row{
			{responder.Stale, unavailable, eid.CodeTimeStale},
			{responder.Replay, unavailable, eid.CodeTimeReplayed},
			{responder.Other, unavailable, eid.CodeTimeAuthority},
			{responder.BadSignature, unavailable, eid.CodeTimeSignature},
			{responder.Refuse, unavailable, eid.CodeTimeRefused},
			{responder.Garbage, unavailable, eid.CodeTimeForm},
			{responder.Page, unavailable, eid.CodeTimeUnreachable},
			{responder.Down, unavailable, eid.CodeTimeUnreachable},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := serveOnline(t, 1, one.policy)
			v := s.w.Voters[0]
			s.cast(s.prepare(v)) // an answer to replay
			for _, r := range one.rows {
				s.clock.pass(time.Second)
				ballot := s.prepare(v)
				s.services.Misbehave(r.fault)
				refusal := s.requireRefused(ballot, r.status, r.code)
				require.Contains(t, refusal.Message, "Nothing was cast.")
				s.services.Misbehave(responder.Honest)
				s.cast(ballot)
			}
		})
	}
}

func TestRevokedCertificate(t *testing.T) {
	s := serveOnline(t, 2, refusing(&statusPolicy, nil))
	v := s.w.Voters[0]
	s.cast(s.prepare(v))
	s.clock.pass(time.Minute)
	s.services.Revoke(v.Card.Signing.Certificate(), s.clock.now(), 1)
	s.requireRefused(s.prepare(v), unprocessable, eid.CodeStatusRevoked)
	s.cast(s.prepare(s.w.Voters[1]))
	s.clock.set(test.Closes)
	require.Equal(t, []election.Reason{election.Counted, election.Counted}, reasons(s.decisions()), "what was cast before stays cast")
}

// The issuer's list stands in for a responder that is away, but not for its verdict.
func TestRevocationListStandsIn(t *testing.T) {
	s := serveOnline(t, 3, refusing(&listPolicy, nil))
	s.asking.now(func(services Inquiry) Inquiry { return &onlyLists{services} })
	s.cast(s.prepare(s.w.Voters[0]))
	s.services.Revoke(s.w.Voters[1].Card.Signing.Certificate(), s.clock.now(), 1)
	s.requireRefused(s.prepare(s.w.Voters[1]), unprocessable, eid.CodeStatusRevoked)
	s.services.Misbehave(responder.Down)
	s.requireRefused(s.prepare(s.w.Voters[2]), unavailable, eid.CodeStatusUnreachable)
	s.services.Misbehave(responder.Honest)
	s.cast(s.prepare(s.w.Voters[2]))
	s.clock.set(test.Closes)
	require.Equal(t, []election.Reason{election.Counted, election.Counted}, reasons(s.decisions()))

	out := filepath.Join(t.TempDir(), "out")
	require.NoError(t, s.c.Export(ctx, out))
	lists, err := filepath.Glob(filepath.Join(out, "sealed/crl/*.crl"))
	require.NoError(t, err)
	require.NotEmpty(t, lists)
	for _, list := range lists {
		require.NoError(t, os.Remove(list))
	}
	_, err = process(t, s.w, out)
	require.ErrorIs(t, err, processing.ErrNoRevocationList, "a box without its lists is not counted")
}

// onlyLists is a way to the services on which no responder is reached.
type onlyLists struct{ Inquiry }

func (*onlyLists) Status(context.Context, *x509.Certificate, *x509.Certificate, []byte) ([]byte, error) {
	return nil, eid.Refuse(eid.CodeStatusUnreachable, errors.New("away"))
}

// While a service is away, ballots are taken, and settled when it is back.
func TestEvidenceSettles(t *testing.T) {
	s := serveOnline(t, 6, settling1h(&statusPolicy, &timePolicy))
	s.asking.now(func(services Inquiry) Inquiry { return &without{services, s.w.Voters[4].Card.Signing.Certificate()} })
	early := s.cast(s.prepare(s.w.Voters[0]))
	require.NotZero(t, early.Evidence)
	s.services.Misbehave(responder.Down)
	late := s.cast(s.prepare(s.w.Voters[1]))
	require.Zero(t, late.Evidence)
	again := s.cast(s.prepare(s.w.Voters[2]))
	revoked := s.cast(s.prepare(s.w.Voters[3]))
	lost := s.cast(s.prepare(s.w.Voters[4]))
	require.Equal(t, []election.Time{late.Time}, s.casts(s.w.Voters[1]))

	// After the close the collector waits for what is missing.
	s.clock.set(test.Closes)
	s.get("/v1/close")
	require.ErrorIs(t, s.c.Export(ctx, filepath.Join(t.TempDir(), "out")), ErrNotSettled)

	// One was revoked before the cast and one after it, and one's responder never comes back.
	s.services.Revoke(s.w.Voters[3].Card.Signing.Certificate(), revoked.Time.Time().Add(-time.Second), 1)
	s.services.Revoke(s.w.Voters[2].Card.Signing.Certificate(), again.Time.Time().Add(time.Second), 1)
	s.services.Misbehave(responder.Honest)
	require.Error(t, s.c.settle(ctx))
	require.ErrorIs(t, s.c.Export(ctx, filepath.Join(t.TempDir(), "out")), ErrNotSettled)
	s.clock.set(test.Closes.Add(time.Hour + time.Second))
	list := s.decisions()
	require.Equal(t, []election.Reason{
		election.Counted, election.Counted, election.Counted, election.RevokedCertificate, election.NoStatus,
	}, reasons(list))
	require.Equal(t, lost.Index, list[4].Index)

	doc, err := election.ParseSettlement(s.document(election.SettlementFile))
	require.NoError(t, err)
	require.Len(t, doc.List, 4, "nothing is said of a ballot whose evidence was there")
	for i, want := range []struct{ has, good bool }{{true, true}, {true, true}, {true, false}, {false, false}} {
		require.Equal(t, want.has, doc.List[i].Evidence != election.Hash{})
		require.Equal(t, want.good, doc.List[i].Good)
	}
	require.Equal(t, election.KindSettlement, s.entries()[len(s.entries())-1].Kind)
	require.NoError(t, s.c.settle(ctx), "nothing is added later")
}

func (s *online) casts(v *test.Voter) []election.Time { return s.login(v).Casts }

func (s *online) document(name string) []byte {
	s.t.Helper()
	b, err := s.c.store.Document(ctx, name)
	require.NoError(s.t, err)
	return b
}

// without is a way to the services on which one certificate's status is never found out.
type without struct {
	Inquiry
	cert *x509.Certificate
}

func (w *without) Status(ctx context.Context, cert, issuer *x509.Certificate, nonce []byte) ([]byte, error) {
	if cert.Equal(w.cert) {
		return []byte("garbage"), nil
	}
	return w.Inquiry.Status(ctx, cert, issuer, nonce)
}

// A service that answers falsely is as good as away: nobody can refuse a voter for good, or
// let one in, by sitting in between.
func TestFalseAnswersSettleToo(t *testing.T) {
	for _, fault := range []responder.Fault{
		responder.Stale, responder.Other, responder.Expired, responder.BadSignature, responder.NoNonce, responder.Refuse, responder.Garbage, responder.Page,
	} {
		s := serveOnline(t, 1, settling1h(&statusPolicy, nil))
		s.services.Misbehave(fault)
		require.Zero(t, s.cast(s.prepare(s.w.Voters[0])).Evidence, "fault %d", fault)
		s.services.Misbehave(responder.Honest)
		require.NoError(t, s.c.settle(ctx))
		s.clock.set(test.Closes)
		require.Equal(t, []election.Reason{election.Counted}, reasons(s.decisions()), "fault %d", fault)
	}
	s := serveOnline(t, 1, settling1h(&statusPolicy, nil))
	s.services.Misbehave(responder.Unknown)
	s.requireRefused(s.prepare(s.w.Voters[0]), unprocessable, eid.CodeStatusUnknown)
}

// Evidence is bound to the board: without it, or with another's, there is no count.
func TestExchangedEvidenceStopsTheCount(t *testing.T) {
	s := serveOnline(t, 3, settling1h(&statusPolicy, nil))
	s.cast(s.prepare(s.w.Voters[0]))
	s.cast(s.prepare(s.w.Voters[1]))
	s.services.Misbehave(responder.Down)
	s.cast(s.prepare(s.w.Voters[2]))
	s.services.Misbehave(responder.Honest)
	require.NoError(t, s.c.settle(ctx))
	s.clock.set(test.Closes)
	out := filepath.Join(t.TempDir(), "out")
	require.NoError(t, s.c.Export(ctx, out))
	path := filepath.Join(out, "sealed", election.BoxFile)
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	for name, change := range map[string]func(list []election.BoxBallot){
		"dropped":          func(list []election.BoxBallot) { list[0].Evidence = nil },
		"settled, dropped": func(list []election.BoxBallot) { list[2].Evidence = nil },
		"exchanged": func(list []election.BoxBallot) {
			list[0].Evidence, list[1].Evidence = list[1].Evidence, list[0].Evidence
		},
		"settled, another's": func(list []election.BoxBallot) { list[2].Evidence = list[1].Evidence },
	} {
		box, err := election.ParseBox(raw)
		require.NoError(t, err)
		change(box.List)
		require.NoError(t, os.WriteFile(path, box.Bytes(), 0o600))
		_, err = process(t, s.w, out)
		require.ErrorIs(t, err, processing.ErrNotLogged, name)
	}
	require.NoError(t, os.WriteFile(path, raw, 0o600))
	_, err = process(t, s.w, out)
	require.NoError(t, err)
}

// Who signs on with a revoked card learns nothing.
func TestSignOnAsksForTheStatus(t *testing.T) {
	s := serveOnline(t, 2, refusing(&statusPolicy, nil))
	v := s.w.Voters[0]
	s.login(v)
	answer := func() []byte { return s.answer(v.Card.Authentication, test.URL, s.challenge().Challenge) }
	s.services.Misbehave(responder.Down)
	s.requireNoLogin(answer(), unavailable, eid.CodeStatusUnreachable)
	s.services.Misbehave(responder.Honest)
	s.services.Revoke(v.Card.Authentication.Certificate(), s.clock.now(), 1)
	s.requireNoLogin(answer(), unprocessable, eid.CodeStatusRevoked)

	settles := serveOnline(t, 1, settling1h(&statusPolicy, nil))
	settles.services.Misbehave(responder.Down)
	settles.login(settles.w.Voters[0])
}

// A fault that is nobody's word about the certificate is not the voter's: neither at the
// sign-on nor at the cast is it refused as if the signature were bad.
func TestFaultOfOurOwnIsNoRefusal(t *testing.T) {
	s := serveOnline(t, 1, refusing(&statusPolicy, nil))
	ballot := s.prepare(s.w.Voters[0])
	answer := s.answer(s.w.Voters[0].Card.Authentication, test.URL, s.challenge().Challenge)
	s.asking.now(func(Inquiry) Inquiry { return faulty{} })
	s.requireNoLogin(answer, unavailable, codeUnavailable)
	s.requireRefused(ballot, unavailable, codeUnavailable)
}

// faulty is a way to the services that does not work.
type faulty struct{ Inquiry }

func (faulty) Status(context.Context, *x509.Certificate, *x509.Certificate, []byte) ([]byte, error) {
	return nil, errors.New("out of sockets")
}

func TestEvidenceNeedsSomebodyToAsk(t *testing.T) {
	w := test.NewOnline(t, 1, time.Now, refusing(&statusPolicy, nil))
	config := configOf(w, sqliteURL(t), new(clock))
	_, err := New(ctx, config)
	require.ErrorIs(t, err, errNoInquiry)
}

// A ballot that waits for its evidence while the polls close and are settled is late, like
// any other: it is refused by a signed document, and stops nothing else.
func TestLateBallotAfterTheSettlement(t *testing.T) {
	s := serveOnline(t, 1, settling1h(&statusPolicy, nil))
	ballot := s.prepare(s.w.Voters[0])
	s.asking.now(func(services Inquiry) Inquiry {
		return &meanwhile{services, func() {
			s.clock.set(test.Closes)
			if err := s.c.sequence.turn(ctx); err != nil {
				t.Error(err)
			}
		}}
	})
	status, answer := s.do("POST", "/v1/ballots", containerType, ballot.Container)
	require.Equal(t, processing.CodeClosed, s.requireRefusal(answer, ballot.InnerHash()).Code)
	require.Equal(t, forbidden, status)
	require.Equal(t, election.KindSettlement, s.entries()[len(s.entries())-1].Kind)
}

// meanwhile is a way to the services on which something happens before an answer comes.
type meanwhile struct {
	Inquiry
	what func()
}

func (m *meanwhile) Status(ctx context.Context, cert, issuer *x509.Certificate, nonce []byte) ([]byte, error) {
	m.what()
	return m.Inquiry.Status(ctx, cert, issuer, nonce)
}

// After an outage of an hour there are as many ballots to settle as voters of an hour: one
// by one, with a round trip each, their time would be over before the last.
func TestManySettleAtOnce(t *testing.T) {
	s := serveOnline(t, 8, settling1h(&statusPolicy, nil))
	s.services.Misbehave(responder.Down)
	for _, v := range s.w.Voters {
		require.Zero(t, s.cast(s.prepare(v)).Evidence)
	}
	s.asking.now(func(services Inquiry) Inquiry {
		return &together{Inquiry: services, enough: 4, all: make(chan struct{})}
	})
	s.services.Misbehave(responder.Honest)
	waited, cancel := context.WithTimeout(ctx, time.Minute) // one by one it would never end
	defer cancel()
	require.NoError(t, s.c.settle(waited))
	left, err := s.c.store.Unsettled(ctx, 0, time.Time{}, settleBatch)
	require.NoError(t, err)
	require.Empty(t, left)
}

// together is a way to the services on which no answer comes before enough wait for one.
type together struct {
	Inquiry
	waiting atomic.Int64
	enough  int64
	once    sync.Once
	all     chan struct{}
}

func (w *together) Status(ctx context.Context, cert, issuer *x509.Certificate, nonce []byte) ([]byte, error) {
	defer w.waiting.Add(-1)
	if w.waiting.Add(1) >= w.enough {
		w.once.Do(func() { close(w.all) })
	}
	select {
	case <-w.all:
		return w.Inquiry.Status(ctx, cert, issuer, nonce)
	case <-ctx.Done():
		return nil, eid.Refuse(eid.CodeStatusUnreachable, ctx.Err())
	}
}
