package recordtest

import (
	"crypto/sha256"
	"sync"
	"time"

	"valik/eid"
	"valik/eid/testpki"
	"valik/eid/testpki/responder"
	"valik/election"
	"valik/election/electiontest"
)

// stamper is the time-stamping authority of every election here that demands one.
var stamper = sync.OnceValues(func() (*testpki.Key, error) {
	pki, err := testpki.NewAuthority("Time", electiontest.Opens.AddDate(-1, 0, 0), electiontest.Closes.AddDate(1, 0, 0))
	if err != nil {
		return nil, err
	}
	return pki.TimeStamper()
})

// evidencePolicy demands a time-stamp with every ballot, which may come later.
func evidencePolicy() (*election.EvidencePolicy, error) {
	key, err := stamper()
	if err != nil {
		return nil, err
	}
	return &election.EvidencePolicy{
		Time: &election.TimePolicy{Authorities: [][]byte{key.Certificate().Raw}, Tolerance: 60},
		Away: election.AwaySettle, Settle: 3600,
	}, nil
}

// evidence makes the stored form of the evidence about a ballot that is taken at a
// time, nil where the manifest demands none.
func (r *Record) evidence(container []byte, at time.Time) []byte {
	if r.Manifest.EID.Evidence == nil {
		return nil
	}
	return stamped(container, at)
}

// stamped is the evidence that a container was signed at a time.
func stamped(container []byte, at time.Time) []byte {
	c, err := eid.ParseContainer(container)
	if err != nil {
		panic(err)
	}
	key, err := stamper()
	if err != nil {
		panic(err)
	}
	digest := sha256.Sum256(c.SignatureValueElement())
	token, err := responder.Stamp{Digest: digest[:], Time: at}.Sign(key)
	if err != nil {
		panic(err)
	}
	return election.NewEvidence(nil, nil, token).Bytes()
}

// take logs a ballot with its evidence.
func (r *Record) take(container []byte, at time.Time) {
	r.CastWith(container, r.evidence(container, at), at)
}

// takeAway logs a ballot while the service that gives evidence is away. The evidence
// comes before the close.
func (r *Record) takeAway(container []byte, at time.Time) {
	index := r.Cast(container, at)
	if evidence := r.evidence(container, at); evidence != nil {
		r.Ballots[len(r.Ballots)-1].Evidence = evidence
		r.late = append(r.late, election.Settled{Index: index, Evidence: election.HashOf(evidence), Good: true})
	}
}

// takeLost logs a ballot while the service is away, and nothing comes after it.
func (r *Record) takeLost(container []byte, at time.Time) {
	r.late = append(r.late, election.Settled{Index: r.Cast(container, at)})
}

// evidenceAtCast is what the leaf of a ballot binds.
func (r *Record) evidenceAtCast(b *election.BoxBallot) election.Hash {
	for _, v := range r.late {
		if v.Index == b.Index {
			return election.Hash{}
		}
	}
	return election.EvidenceHash(b.Evidence)
}

// settle logs which evidence came later, where the manifest has it.
func (r *Record) settle() error {
	if !r.Manifest.Settles() {
		return nil
	}
	r.settled = election.NewSettlement(r.Fingerprint, r.late)
	published := election.NewSettlement(r.Fingerprint, r.late)
	if r.script.Settlement != nil {
		r.script.Settlement(published)
	}
	r.Public[election.SettlementFile] = published.Bytes()
	r.Append(election.KindSettlement, published.Hash())
	return nil
}

// settledHonestly puts the honest settlement into entries of the board.
func (r *Record) settledHonestly(entries [][]byte) [][]byte {
	if r.settled != nil {
		at := r.closed + 1 - uint64(len(r.Entries)-len(entries))
		entries[at] = election.NewEntry(election.KindSettlement, r.Fingerprint, r.settled.Hash()).Bytes()
	}
	return entries
}
