package collector

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"valik/collector/store"
	"valik/election"
	"valik/election/processing"
)

// VoterLimits are for one voter, who is known by an eID: nobody else can use them up. The
// zero value of each means no limit. Voting again protects against coercion, so they must
// be so high that nobody meets them who votes by hand.
type VoterLimits struct {
	// Casts is how many ballots may be taken within the time Per. They are counted in the
	// database, for all collectors together.
	Casts int
	Per   time.Duration
	// Failures is how often each collector lets a ballot fail that was signed and is wrong all
	// the same, which no program of ours makes. Logins is how often one may sign on.
	Failures, Logins Rate
}

// voterLimiters are what one collector remembers of voters, by their pseudonyms.
type voterLimiters struct {
	failures *attempts
	logins   *limiter
}

func newVoterLimiters(l VoterLimits) voterLimiters {
	return voterLimiters{failures: newAttempts(l.Failures), logins: newLimiter(l.Logins)}
}

// attempts limits how often something of one voter may fail. What is under way counts as
// failed until it has ended, so that many at once are no way around it; what ends well
// takes nothing away.
type attempts struct {
	limiter *limiter
	running map[string]int
	mu      sync.Mutex
}

func newAttempts(r Rate) *attempts {
	return &attempts{limiter: newLimiter(r), running: map[string]int{}}
}

// begin says whether the voter may make an attempt; if so, end must be called.
func (a *attempts) begin(voter string, now time.Time) (end func(failed bool), ok bool) {
	if a.limiter.rate.PerSecond <= 0 {
		return func(bool) {}, true
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.limiter.left(voter, now) < float64(a.running[voter]+1) {
		return nil, false
	}
	a.running[voter]++
	return func(failed bool) {
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.running[voter]--; a.running[voter] == 0 {
			delete(a.running, voter)
		}
		if failed {
			a.limiter.allow(voter, now)
		}
	}, true
}

// limitVoter refuses a ballot whose signer has sent too many. end takes what became of it.
//
// It implements Collector.VoterLimit of docs/protocol/casting.md.
func (c *Collector) limitVoter(ctx context.Context, candidate *processing.Candidate, at time.Time) (end func(error), err error) {
	voter := candidate.Voter.Pseudonym.String()
	if err := c.limitCasts(ctx, voter, candidate.Envelope, at); err != nil {
		return nil, err
	}
	ended, ok := c.voters.failures.begin(voter, time.Now())
	if !ok {
		return nil, &Refusal{code: codeVoterLimit, after: c.config.Voter.Failures.pause(), err: errors.New("too many of the voter's ballots were wrong")}
	}
	return func(err error) { ended(isVotersFault(err)) }, nil
}

// isVotersFault tells a ballot that is wrong from a fault of ours or of a service.
func isVotersFault(err error) bool {
	var r *Refusal
	return errors.As(err, &r) && r.Status() < http.StatusInternalServerError
}

// limitCasts counts over the database. Ballots that are being cast at the same moment are
// not in it yet: the limit is against filling the board, not a number that must be met.
func (c *Collector) limitCasts(ctx context.Context, voter string, envelope election.Hash, at time.Time) error {
	l := c.config.Voter
	if l.Casts <= 0 || l.Per <= 0 {
		return nil
	}
	times, err := c.store.LastTimes(ctx, voter, l.Casts)
	if err != nil || len(times) < l.Casts {
		return err
	}
	free := times[len(times)-1].Add(l.Per)
	if !at.Before(free) {
		return nil
	}
	// The same container, sent twice at once, may have come into the box just now: it gets its receipt.
	if _, err := c.store.Envelope(ctx, envelope); !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return &Refusal{code: codeVoterLimit, after: free.Sub(at), err: errors.New("the voter has cast too many ballots"), message: fmt.Sprintf(
		"You have voted %d times in a short time. This ballot was not cast; your last one stays and counts. You can vote again after %s.",
		l.Casts, election.At(free))}
}

// limitLogin is for who has shown that they hold the voter's card.
func (c *Collector) limitLogin(voter election.Pseudonym) error {
	if !c.voters.logins.allow(voter.String(), time.Now()) {
		return &Refusal{code: codeVoterLimit, after: c.config.Voter.Logins.pause(), err: errors.New("too many sign-ons of the voter")}
	}
	return nil
}
