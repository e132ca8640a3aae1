package tally

import (
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ocsp"

	"valik/board"
	"valik/eid"
	"valik/eid/testpki"
	"valik/eid/testpki/responder"
	"valik/election"
	"valik/election/electiontest"
)

// story is a ballot with its evidence, and what becomes of it in a container.
type story struct {
	name   string
	status func(*desk, *eid.Container, time.Time) ([]byte, *election.Hash)
	stamp  func(*desk, *eid.Container, time.Time) []byte
	late   bool // the evidence is in the settlement, not in the leaf
	good   bool // what the settlement says

	level       string
	token, list bool // stand beside the container
	reason      string
}

var stories = []story{
	{name: "all", status: response(delegated), stamp: token(listed, false), level: LevelLT},
	{name: "answers without certificates", status: response(appointed), stamp: token(listed, true), level: LevelLT},
	{name: "authority's issuer is listed", status: response(delegated), stamp: token(below, false), level: LevelLT},
	{name: "revocation list", status: revocationList(1), stamp: token(listed, false), level: LevelLT},
	{
		name: "large revocation list", status: revocationList(90000), stamp: token(listed, false),
		level: LevelB, token: true, list: true, reason: eid.CodeContainerTooLarge,
	},
	{name: "settled", status: response(delegated), stamp: token(listed, false), late: true, good: true, level: LevelLT},
	{name: "no time-stamp", status: response(delegated), late: true, level: LevelUntimed},
	{name: "time-stamp alone", stamp: token(listed, false), late: true, level: LevelB, token: true, reason: eid.CodeEvidenceMissing},
	{name: "no answer that can be read", status: garbage, stamp: token(listed, false), level: LevelB, token: true, reason: eid.CodeStatusForm},
	{name: "nothing ever came", late: true, level: LevelB, reason: eid.CodeEvidenceMissing},
}

// desk gives evidence: keys of responders and time-stamping authorities.
type desk struct {
	w         *world
	services  *testpki.Authority
	appointed *testpki.Key            // a responder that the manifest lists
	listed    *testpki.Key            // a time-stamping authority that it lists
	below     *testpki.Key            // one whose issuer it lists
	delegated map[string]*testpki.Key // responders by their issuer's subject
	lists     map[string][]byte       // files of the sealed part
}

// The choices of a key.
func appointed(d *desk, _ *testpki.Key) *testpki.Key { return d.appointed }
func listed(d *desk) *testpki.Key                    { return d.listed }
func below(d *desk) *testpki.Key                     { return d.below }

// delegated is the responder of the voter's issuer itself.
func delegated(d *desk, issuer *testpki.Key) *testpki.Key {
	name := issuer.Certificate().Subject.String()
	if d.delegated[name] == nil {
		key, err := issuer.Issue(d.w.Authority.ResponderTemplate(), elliptic.P256())
		require.NoError(d.w.t, err)
		d.delegated[name] = key
	}
	return d.delegated[name]
}

// issuerOf is the authority that issued a voter's certificate.
func (d *desk) issuerOf(cert *x509.Certificate) *testpki.Key {
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384()} {
		if issuer := d.w.Authority.Issuer(curve); cert.CheckSignatureFrom(issuer.Certificate()) == nil {
			return issuer
		}
	}
	require.Fail(d.w.t, "no issuer")
	return nil
}

// response is an OCSP response; one by an appointed responder lacks the certificate.
func response(who func(*desk, *testpki.Key) *testpki.Key) func(*desk, *eid.Container, time.Time) ([]byte, *election.Hash) {
	return func(d *desk, c *eid.Container, at time.Time) ([]byte, *election.Hash) {
		issuer := d.issuerOf(c.Certificate)
		key := who(d, issuer)
		a := responder.Answer{
			Issuer: issuer.Certificate(), Serial: c.Certificate.SerialNumber, Status: ocsp.Good,
			ThisUpdate: at, ProducedAt: at, NextUpdate: at.Add(time.Hour), Nonce: eid.StatusNonce(c.Signature),
		}
		if key != d.appointed {
			a.Certificates = []*x509.Certificate{key.Certificate()}
		}
		der, err := a.Sign(key)
		require.NoError(d.w.t, err)
		return der, nil
	}
}

// revocationList is the issuer's list with so many other certificates.
func revocationList(n int) func(*desk, *eid.Container, time.Time) ([]byte, *election.Hash) {
	return func(d *desk, c *eid.Container, at time.Time) ([]byte, *election.Hash) {
		revoked := make([]x509.RevocationListEntry, n)
		for i := range revoked {
			revoked[i] = x509.RevocationListEntry{SerialNumber: big.NewInt(int64(i + 1)), RevocationTime: at.Add(-time.Hour)}
		}
		list, err := d.issuerOf(c.Certificate).RevocationList(revoked, at, at.Add(time.Hour))
		require.NoError(d.w.t, err)
		hash := election.HashOf(list)
		d.lists[election.RevocationListFile(hash)] = list
		return nil, &hash
	}
}

func garbage(*desk, *eid.Container, time.Time) ([]byte, *election.Hash) {
	return []byte("garbage"), nil
}

// token is a time-stamp token, with the authority's certificate or without.
func token(who func(*desk) *testpki.Key, omit bool) func(*desk, *eid.Container, time.Time) []byte {
	return func(d *desk, c *eid.Container, at time.Time) []byte {
		digest := sha256.Sum256(c.SignatureValueElement())
		der, err := responder.Stamp{Digest: digest[:], Time: at, Omit: omit}.Sign(who(d))
		require.NoError(d.w.t, err)
		return der
	}
}

// evidenceWorld is an election whose ballots are those of the stories.
type evidenceWorld struct {
	*world
	desk *desk
	cast []election.BoxBallot
	late []election.Settled
}

func newEvidenceWorld(t *testing.T) *evidenceWorld {
	t.Helper()
	from, to := electiontest.Opens.AddDate(-1, 0, 0), electiontest.Closes.AddDate(1, 0, 0)
	services, err := testpki.NewAuthority("Services", from, to)
	require.NoError(t, err)
	other, err := testpki.NewAuthority("Other services", from, to)
	require.NoError(t, err)
	d := &desk{services: services, delegated: map[string]*testpki.Key{}, lists: map[string][]byte{}}
	var err1, err2, err3 error
	d.appointed, err1 = services.StatusResponder(elliptic.P256())
	d.listed, err2 = services.TimeStamper()
	d.below, err3 = other.TimeStamper()
	require.NoError(t, err1)
	require.NoError(t, err2)
	require.NoError(t, err3)
	w := &evidenceWorld{desk: d}
	w.world = prepareWorld(t, []*testpki.Key{newOfficial(t)}, 1, func(m *election.Manifest) {
		m.EID.Evidence = &election.EvidencePolicy{
			Status: &election.StatusPolicy{Responders: [][]byte{d.appointed.Certificate().Raw}, Freshness: 600, Nonce: true, CRL: true},
			Time: &election.TimePolicy{
				Authorities: [][]byte{d.listed.Certificate().Raw, other.Issuer(elliptic.P256()).Certificate().Raw}, Tolerance: 60,
			},
			Away: election.AwaySettle, Settle: 3600,
		}
	})
	d.w = w.world
	w.polls, w.settlement = w.castAll, func(m *election.Manifest) *election.Settlement {
		return election.NewSettlement(m.Fingerprint(), w.late)
	}
	w.handOver(nil)
	w.put(w.Sealed(), d.lists)
	return w
}

// castAll casts a ballot for every story.
func (w *evidenceWorld) castAll(l *electiontest.Log) {
	for i, s := range stories {
		at := electiontest.Opens.Add(time.Duration(i) * time.Minute)
		voter := i % len(w.Cards)
		container := l.Seal(voter, l.Prepare(voter).Bytes())
		evidence := w.desk.evidence(w.t, s, container, at)
		if !s.late {
			l.CastWith(container, evidence, at)
			continue
		}
		index := l.Cast(container, at)
		l.Ballots[i].Evidence = evidence
		w.late = append(w.late, election.Settled{Index: index, Evidence: election.EvidenceHash(evidence), Good: s.good})
	}
	w.cast = l.Ballots
}

// evidence is the stored form, nil where nothing came.
func (d *desk) evidence(t *testing.T, s story, container []byte, at time.Time) []byte {
	c, err := eid.ParseContainer(container)
	require.NoError(t, err)
	var response, stamp []byte
	var list *election.Hash
	if s.status != nil {
		response, list = s.status(d, c, at)
	}
	if s.stamp != nil {
		stamp = s.stamp(d, c, at)
	}
	if s.status == nil && s.stamp == nil {
		return nil
	}
	return election.NewEvidence(response, list, stamp).Bytes()
}

// evidenceOf is the evidence of a ballot, empty where it has none.
func (w *evidenceWorld) evidenceOf(b election.BoxBallot) *election.Evidence {
	w.t.Helper()
	if b.Evidence == nil {
		return new(election.Evidence)
	}
	e, err := election.ParseEvidence(b.Evidence)
	require.NoError(w.t, err)
	return e
}

// newOpenWorld is an election whose polls are still open on the board.
func newOpenWorld(t *testing.T) *world {
	t.Helper()
	w := prepareWorld(t, []*testpki.Key{newOfficial(t)}, 1, nil)
	m := w.Election.Manifest
	require.NoError(t, w.authority.write(w.manifestFile(), m.Bytes(), m))
	log, err := board.CreateFolder(w.Record(), m.Policy(), w.Board)
	require.NoError(t, err)
	_, err = log.Append(w.Board, w.NewLog().Entries...)
	require.NoError(t, err)
	require.NoError(t, log.Close())
	return w
}
