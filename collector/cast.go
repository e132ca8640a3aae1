package collector

import (
	"context"
	"errors"
	"time"

	"valik/collector/store"
	"valik/eid"
	"valik/election"
	"valik/election/processing"
)

// bench is the judge under one set of rolls. It is replaced as a whole when a newer
// version of the roll is read.
type bench struct {
	*dossier
	judge *processing.Judge
}

// roll is the newest version of the voter roll.
func (b *bench) roll() *election.Roll { return b.rolls[len(b.rolls)-1] }

// sit makes the judge of the newest roll.
func (c *Collector) sit(files *dossier) error {
	if err := files.manifest.Warm(); err != nil {
		return err
	}
	b := &bench{dossier: files}
	var err error
	b.judge, err = processing.NewJudge(files.manifest, files.keys.Public(), b.roll())
	if err == nil {
		c.bench.Store(b)
	}
	return err
}

// Cast takes a ballot, a signed container, and returns its receipt when it is in the log
// and in a published checkpoint. The same container again gets the same receipt. Every refusal is a *Refusal; with another error it is
// not known whether the ballot is in the log, and the same container may be sent again.
//
// It implements Collector.Cast of docs/protocol/casting.md.
func (c *Collector) Cast(ctx context.Context, container []byte) (*election.Receipt, error) {
	if c.casting.Add(1) > poolSize {
		c.casting.Add(-1)
		return nil, asRefusal(errBusy)
	}
	defer c.casting.Add(-1)
	at := c.now()
	b := c.bench.Load()
	candidate, refused := b.judge.Shape(container)
	if refused != nil {
		return nil, refusedBy(refused, candidate)
	}
	receipt, err := c.cast(ctx, b, candidate, container, at)
	if errors.Is(err, errRollChanged) {
		// Another collector logged a newer roll: judge again by what now lies in the folder.
		if err := c.reloadOnce(ctx); err != nil {
			return nil, err
		}
		receipt, err = c.cast(ctx, c.bench.Load(), candidate, container, at)
	}
	return receipt, concerning(err, candidate)
}

func (c *Collector) cast(ctx context.Context, b *bench, candidate *processing.Candidate, container []byte, at election.Time) (*election.Receipt, error) {
	if receipt, err := c.retry(ctx, candidate.Envelope); receipt != nil || err != nil {
		return receipt, err
	}
	if err := c.sound(ctx); err != nil {
		return nil, err
	}
	evidence, err := c.check(ctx, b.judge, candidate, at.Time())
	if err != nil {
		return nil, err
	}
	bound := election.EvidenceHash(evidence)
	k := &cast{
		ballot: store.Ballot{
			Voter: candidate.Voter.Pseudonym.String(), Inner: candidate.Inner, Envelope: candidate.Envelope,
			Container: container, Evidence: evidence, Bound: bound, Time: at.Time(),
		},
		leaf:   election.NewBallotEntry(c.manifest.Fingerprint(), candidate.Inner, candidate.Envelope, bound, at).Bytes(),
		anchor: candidate.Ballot.Anchor.Size,
		rolls:  len(b.rolls),
	}
	if err := c.sequence.submit(ctx, k); err != nil {
		return nil, asRefusal(err)
	}
	defer c.wakeNotices() // when the checkpoint is final, or the voter's program has gone
	return c.receipt(ctx, &k.ballot)
}

// retry gives the receipt of a container that is in the box already, also after the
// close: it was cast, whatever the voter's program heard of it. It is the same receipt
// whether the voter has voted again or not: a coercer who has the container must not learn
// that from the answer.
func (c *Collector) retry(ctx context.Context, envelope election.Hash) (*election.Receipt, error) {
	known, err := c.store.Envelope(ctx, envelope)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return c.receipt(ctx, known)
}

// check does all that can be checked outside of the transaction, cheapest first, and
// gives the stored evidence about the signer's certificate.
func (c *Collector) check(ctx context.Context, j *processing.Judge, candidate *processing.Candidate, at time.Time) ([]byte, error) {
	if err := c.examine(ctx, j, candidate, at); err != nil {
		return nil, err
	}
	// The services, which may cost by the question, are asked about ballots that nothing
	// else speaks against.
	e, err := c.evidence(ctx, j, candidate, at)
	if err != nil {
		return nil, err
	}
	return c.storeEvidence(ctx, e)
}

// examine does what needs nobody else, as soon as a core is free for it.
func (c *Collector) examine(ctx context.Context, j *processing.Judge, candidate *processing.Candidate, at time.Time) error {
	leave, err := c.admission.enter(ctx)
	if err != nil {
		return asRefusal(err)
	}
	defer leave()
	for _, step := range []func() *processing.Refusal{
		func() *processing.Refusal { return j.Hours(at) },
		func() *processing.Refusal { return signingTime(candidate, at) },
		func() *processing.Refusal { return j.Signature(candidate, at) },
		// What the roll says of a person is told to who has signed as that person: before the
		// signature, anybody could ask for any personal code with a certificate of their own.
		func() *processing.Refusal { return j.Eligible(candidate) },
	} {
		if refused := step(); refused != nil {
			return refusedBy(refused, candidate)
		}
	}
	// Nobody else has come so far in this voter's name: here their own limits begin.
	end, err := c.limitVoter(ctx, candidate, at)
	if err != nil {
		return err
	}
	err = c.examineRest(ctx, j, candidate)
	end(err)
	return err
}

// examineRest does what costs more than a signature.
func (c *Collector) examineRest(ctx context.Context, j *processing.Judge, candidate *processing.Candidate) error {
	if err := c.checkAnchor(ctx, j, candidate); err != nil {
		return err
	}
	if refused := j.Proofs(candidate); refused != nil {
		return refusedBy(refused, candidate)
	}
	return nil
}

func signingTime(candidate *processing.Candidate, at time.Time) *processing.Refusal {
	if err := candidate.Container.CheckSigningTime(at, eid.SigningTimeTolerance); err != nil {
		return processing.RefuseEID(err)
	}
	return nil
}

// checkAnchor refuses an anchor that the board never had. Whether the ballot is stale, or a
// replay, is for place: only there is it certain that it is not this very ballot, sent
// twice at once, that is in the box already.
func (c *Collector) checkAnchor(ctx context.Context, j *processing.Judge, candidate *processing.Candidate) error {
	size, err := c.store.Size(ctx, candidate.Ballot.Anchor.Size)
	if err != nil {
		return err
	}
	var failed error
	refused := j.Anchor(candidate, size, func(n uint64) (election.Hash, error) {
		root, err := c.store.Root(ctx, n)
		failed = err
		return election.Hash(root), err
	})
	if failed != nil {
		return failed // the database's, not the ballot's
	}
	if refused != nil {
		return refusedBy(refused, candidate)
	}
	return nil
}
