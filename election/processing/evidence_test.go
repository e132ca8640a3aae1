package processing_test

import (
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ocsp"

	"valik/eid"
	"valik/eid/testpki"
	"valik/eid/testpki/responder"
	"valik/election"
	"valik/election/electiontest"
	"valik/election/processing"
)

// demanding is an election that demands the status of the certificate and the time of
// the signature, with those who answer.
type demanding struct {
	*electiontest.Election
	cards, others, expired, stamps, otherStamps *testpki.Key // answer for P-384 cards, and for the time
}

var demand = sync.OnceValues(func() (*demanding, error) {
	d := new(demanding)
	from, to := electiontest.Opens.AddDate(-1, 0, 0), electiontest.Closes.AddDate(1, 0, 0)
	stamps, err := testpki.NewAuthority("Time", from, to)
	if err != nil {
		return nil, err
	}
	if d.stamps, err = stamps.TimeStamper(); err != nil {
		return nil, err
	}
	d.Election, err = electiontest.New(1, func(m *election.Manifest) {
		m.EID.Evidence = &election.EvidencePolicy{
			Status: &election.StatusPolicy{Freshness: 600, Nonce: true, CRL: true},
			Time:   &election.TimePolicy{Authorities: [][]byte{d.stamps.Certificate().Raw}, Tolerance: 60},
			Away:   election.AwayRefuse,
		}
	})
	if err != nil {
		return nil, err
	}
	issuer := d.Authority.Issuer(elliptic.P384())
	if d.cards, err = d.Authority.StatusResponder(elliptic.P384()); err != nil {
		return nil, err
	}
	if d.others, err = stamps.StatusResponder(elliptic.P384()); err != nil {
		return nil, err
	}
	old := d.Authority.ResponderTemplate()
	old.NotBefore, old.NotAfter = from.Add(-time.Hour), from
	if d.expired, err = issuer.Issue(old, elliptic.P256()); err != nil {
		return nil, err
	}
	d.otherStamps, err = d.Authority.TimeStamper()
	return d, err
})

// answer is what the services said, or would have, about the ballot of a container.
type answer struct {
	*demanding
	container *eid.Container
	card      *x509.Certificate
	status    responder.Answer
	by        *testpki.Key
	stamp     responder.Stamp
	stampBy   *testpki.Key
}

func (d *demanding) answerTo(t *testing.T, container []byte) *answer {
	t.Helper()
	c, err := eid.ParseContainer(container)
	require.NoError(t, err)
	digest, at := sha256.Sum256(c.SignatureValueElement()), electiontest.Opens
	return &answer{d, c, c.Certificate, responder.Answer{
		Issuer: d.Authority.Issuer(elliptic.P384()).Certificate(), Serial: c.Certificate.SerialNumber,
		ThisUpdate: at, NextUpdate: at.Add(time.Hour), ProducedAt: at,
		Nonce: eid.StatusNonce(c.Signature), Certificates: []*x509.Certificate{d.cards.Certificate()},
	}, d.cards, responder.Stamp{Digest: digest[:], Time: at}, d.stamps}
}

func (a *answer) signedBy(key *testpki.Key) {
	a.by, a.status.Certificates = key, []*x509.Certificate{key.Certificate()}
}

// bytes signs what was answered.
func (a *answer) bytes(t *testing.T) (status, stamp []byte) {
	t.Helper()
	status, err := a.status.Sign(a.by)
	require.NoError(t, err)
	stamp, err = a.stamp.Sign(a.stampBy)
	require.NoError(t, err)
	return status, stamp
}

// evidenceFault is one thing that is wrong with the evidence that a collector stored, and
// the decision at the count. Where the reason says it all, there is no code.
type evidenceFault struct {
	name   string
	reason election.Reason
	code   string // of the refusal
	change func(*answer)
	store  func(status, stamp []byte) *election.Evidence // nil: both as they are
}

func stored(replace func(status, stamp *[]byte)) func(status, stamp []byte) *election.Evidence {
	return func(status, stamp []byte) *election.Evidence {
		replace(&status, &stamp)
		return election.NewEvidence(status, nil, stamp)
	}
}

var statusFaults = []evidenceFault{
	{"good", election.Counted, "", nil, nil},
	{"no evidence", election.NoStatus, eid.CodeStatusMissing, nil, func(_, _ []byte) *election.Evidence { return nil }},
	{"no status", election.NoStatus, eid.CodeStatusMissing, nil, stored(func(status, _ *[]byte) { *status = nil })},
	{"revoked", election.RevokedCertificate, eid.CodeStatusRevoked, func(a *answer) {
		a.status.Status, a.status.RevokedAt = ocsp.Revoked, electiontest.Opens.Add(-time.Hour)
	}, nil},
	{"unknown", election.UnknownCertificate, eid.CodeStatusUnknown, func(a *answer) { a.status.Status = ocsp.Unknown }, nil},
	{"stale", election.BadStatus, eid.CodeStatusStale, func(a *answer) {
		a.status.ThisUpdate = electiontest.Opens.Add(-11 * time.Minute)
		a.status.ProducedAt = a.status.ThisUpdate
	}, nil},
	{"from the future", election.BadStatus, eid.CodeStatusFuture, func(a *answer) {
		at := electiontest.Opens.Add(2 * time.Minute)
		a.status.ThisUpdate, a.status.ProducedAt = at, at
	}, nil},
	{"of another ballot", election.BadStatus, eid.CodeStatusReplayed, func(a *answer) { a.status.Nonce = eid.StatusNonce([]byte("another")) }, nil},
	{"without a nonce", election.BadStatus, eid.CodeStatusReplayed, func(a *answer) { a.status.Nonce = nil }, nil},
	{"of another certificate", election.BadStatus, eid.CodeStatusOtherCertificate, func(a *answer) { a.status.Serial = a.Official.Certificate().SerialNumber }, nil},
	{"by another responder", election.BadStatus, eid.CodeStatusResponder, func(a *answer) { a.signedBy(a.others) }, nil},
	{"by an expired responder", election.BadStatus, eid.CodeStatusResponderExpired, func(a *answer) { a.signedBy(a.expired) }, nil},
	{"with another key", election.BadStatus, eid.CodeStatusSignature, func(a *answer) {
		a.by = testpki.NewKey(a.cards.Certificate(), a.others.Private())
	}, nil},
	{"refused", election.BadStatus, eid.CodeStatusRefused, nil, stored(func(status, _ *[]byte) { *status = ocsp.TryLaterErrorResponse })},
	{"garbage", election.BadStatus, eid.CodeStatusForm, nil, stored(func(status, _ *[]byte) { *status = []byte("garbage") })},
}

var timeFaults = []evidenceFault{
	{"no time", election.NoTime, eid.CodeTimeMissing, nil, stored(func(_, stamp *[]byte) { *stamp = nil })},
	{"too early", election.BadTime, eid.CodeTimeStale, func(a *answer) { a.stamp.Time = electiontest.Opens.Add(-time.Hour) }, nil},
	{"too late", election.BadTime, eid.CodeTimeStale, func(a *answer) { a.stamp.Time = electiontest.Opens.Add(time.Hour) }, nil},
	{"of another signature", election.BadTime, eid.CodeTimeDigest, func(a *answer) { a.stamp.Digest = make([]byte, sha256.Size); rand.Read(a.stamp.Digest) }, nil},
	{"by another authority", election.BadTime, eid.CodeTimeAuthority, func(a *answer) { a.stampBy = a.otherStamps }, nil},
	{"with another key", election.BadTime, eid.CodeTimeSignature, func(a *answer) {
		a.stampBy = testpki.NewKey(a.stamps.Certificate(), a.otherStamps.Private())
	}, nil},
	{"garbage", election.BadTime, eid.CodeTimeForm, nil, stored(func(_, stamp *[]byte) { *stamp = []byte("garbage") })},
}

// A collector that stores evidence as it comes, unlooked at: at the count each thing that is
// wrong with it has its own decision, and the ballot does not count.
func TestEveryFaultOfTheEvidenceHasItsOwnDecision(t *testing.T) {
	d, err := demand()
	require.NoError(t, err)
	for group, faults := range map[string][]evidenceFault{"status": statusFaults, "time": timeFaults} {
		for _, fault := range faults {
			t.Run(group+"/"+fault.name, func(t *testing.T) {
				l := d.NewLog()
				container := l.Seal(0, l.Prepare(0).Bytes())
				a := d.answerTo(t, container)
				if fault.change != nil {
					fault.change(a)
				}
				status, stamp := a.bytes(t)
				evidence := election.NewEvidence(status, nil, stamp)
				if fault.store != nil {
					evidence = fault.store(status, stamp)
				}
				fault.requireDecision(t, l, container, evidence)
			})
		}
	}
}

func (f *evidenceFault) requireDecision(t *testing.T, l *electiontest.Log, container []byte, evidence *election.Evidence) {
	t.Helper()
	var bytes []byte
	if evidence != nil {
		bytes = evidence.Bytes()
	}
	index := l.CastWith(container, bytes, electiontest.Opens)
	o, err := processing.Process(source(l))
	require.NoError(t, err)
	require.Len(t, o.Decisions.List, 1)
	decision := o.Decisions.List[0]
	require.Equal(t, f.reason, decision.Reason, "%+v", o.Refusals[index])
	if f.reason == election.Counted {
		require.Empty(t, o.Refusals)
		return
	}
	require.Equal(t, f.code, o.Refusals[index].Code)
	if f.reason == election.BadStatus || f.reason == election.BadTime {
		require.Equal(t, f.code, decision.Code)
	} else {
		require.Empty(t, decision.Code)
	}
	parsed, err := election.ParseDecisions(o.Decisions.Bytes())
	require.NoError(t, err)
	require.Equal(t, decision, parsed.List[0])
}

// The issuer's revocation list is judged by the same rules.
func TestEveryFaultOfARevocationListHasItsOwnDecision(t *testing.T) {
	d, err := demand()
	require.NoError(t, err)
	issuer, other := d.Authority.Issuer(elliptic.P384()), d.Authority.Issuer(elliptic.P256())
	at := electiontest.Opens
	for _, test := range []struct {
		evidenceFault
		key           *testpki.Key
		revoked, from time.Time
	}{
		{evidenceFault{name: "good", reason: election.Counted}, issuer, time.Time{}, at},
		{evidenceFault{name: "revoked", reason: election.RevokedCertificate, code: eid.CodeStatusRevoked}, issuer, at.Add(-time.Hour), at},
		{evidenceFault{name: "revoked after the cast", reason: election.Counted}, issuer, at.Add(time.Second), at.Add(2 * time.Second)},
		{evidenceFault{name: "stale", reason: election.BadStatus, code: eid.CodeStatusCRLStale}, issuer, time.Time{}, at.AddDate(0, 0, -1)},
		{evidenceFault{name: "of another issuer", reason: election.BadStatus, code: eid.CodeStatusCRLIssuer}, other, time.Time{}, at},
		{evidenceFault{name: "with another key", reason: election.BadStatus, code: eid.CodeStatusSignature}, testpki.NewKey(issuer.Certificate(), d.others.Private()), time.Time{}, at},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := d.NewLog()
			container := l.Seal(0, l.Prepare(0).Bytes())
			a := d.answerTo(t, container)
			var entries []x509.RevocationListEntry
			if !test.revoked.IsZero() {
				entries = append(entries, x509.RevocationListEntry{SerialNumber: a.card.SerialNumber, RevocationTime: test.revoked})
			}
			list, err := test.key.RevocationList(entries, test.from, test.from.Add(time.Hour))
			require.NoError(t, err)
			_, stamp := a.bytes(t)
			hash := election.HashOf(list)
			evidence := election.NewEvidence(nil, &hash, stamp)
			l.CastWith(container, evidence.Bytes(), at)
			s := source(l)
			s.RevocationLists = func(election.Hash) ([]byte, error) { return list, nil }
			o, err := processing.Process(s)
			require.NoError(t, err)
			require.Equal(t, test.reason, o.Decisions.List[0].Reason, "%+v", o.Refusals)
			if test.reason == election.BadStatus {
				require.Equal(t, test.code, o.Decisions.List[0].Code)
			}
		})
	}
}
