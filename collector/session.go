package collector

import (
	"context"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"valik/eid"
	"valik/election"
)

// challengeTime is how long a voter has to answer: time to find the card's PIN.
const challengeTime = 3 * time.Minute

// A challenge is 8 random bytes, 8 bytes of Unix time at which it expires, and 16 bytes of
// HMAC over both: any collector of the election recognises it, and none has to remember it
// before it is answered. So asking for challenges costs an attacker more than us.
const (
	challengeRandom = 8
	challengeBody   = 16
)

// challengeSecret derives what authenticates challenges from the key that all collectors
// of the election share.
func challengeSecret(key ed25519.PrivateKey, fingerprint election.Hash) ([]byte, error) {
	return hkdf.Key(sha256.New, key.Seed(), fingerprint[:], "valik/1 login challenge", sha256.Size)
}

// Challenge makes a challenge.
//
// It implements Collector.Challenge of docs/protocol/casting.md.
func (c *Collector) Challenge() *election.Challenge {
	var x eid.Challenge
	rand.Read(x[:challengeRandom])
	expires := c.now() + election.Time(challengeTime/time.Second)
	binary.BigEndian.PutUint64(x[challengeRandom:], uint64(expires))
	copy(x[challengeBody:], c.authenticate(x))
	return election.NewChallenge(c.manifest.Fingerprint(), election.Hash(x), expires)
}

func (c *Collector) authenticate(x eid.Challenge) []byte {
	h := hmac.New(sha256.New, c.secret)
	h.Write(x[:challengeBody])
	return h.Sum(nil)[:len(x)-challengeBody]
}

// expiry gives when a challenge expires, if it is ours and has not.
func (c *Collector) expiry(x eid.Challenge) (election.Time, error) {
	if !hmac.Equal(c.authenticate(x), x[challengeBody:]) {
		return 0, &Refusal{code: codeChallenge, err: fmt.Errorf("not one of this election's collectors")}
	}
	expires := election.Time(binary.BigEndian.Uint64(x[challengeRandom:challengeBody]))
	if c.now() >= expires {
		return 0, &Refusal{code: codeChallenge, err: fmt.Errorf("it expired at %s", expires)}
	}
	return expires, nil
}

// Login tells a voter who answers a challenge with the authentication key of their card
// what the collector knows of them, and nobody else. Errors: *Refusal with the codes
// challenge, login and not_on_roll, and those of the database.
//
// It implements Collector.Login of docs/protocol/casting.md.
func (c *Collector) Login(ctx context.Context, body []byte) (*election.Eligibility, error) {
	doc, err := election.ParseLogin(body)
	if err != nil {
		return nil, &Refusal{code: codeBadRequest, err: err}
	}
	if doc.Election != c.manifest.Fingerprint() {
		return nil, &Refusal{code: codeChallenge, err: fmt.Errorf("another election")}
	}
	challenge := eid.Challenge(doc.Challenge)
	expires, err := c.expiry(challenge)
	if err != nil {
		return nil, err
	}
	who, err := c.identify(doc.Login, challenge)
	if err != nil {
		return nil, &Refusal{code: codeLogin, err: err}
	}
	first, err := c.store.Answer(ctx, challenge, expires.Time(), c.now().Time())
	if err != nil {
		return nil, err
	}
	if !first {
		return nil, &Refusal{code: codeChallenge, err: fmt.Errorf("it was answered")}
	}
	return c.eligibility(ctx, who)
}

func (c *Collector) identify(answer []byte, challenge eid.Challenge) (*eid.Identity, error) {
	login, err := eid.ParseLogin(answer)
	if err != nil {
		return nil, err
	}
	issuers, err := c.manifest.EIDIssuers()
	if err != nil {
		return nil, err
	}
	question := c.manifest.Question(challenge, nil)
	return login.Verify(issuers, question, c.now().Time())
}

func (c *Collector) eligibility(ctx context.Context, who *eid.Identity) (*election.Eligibility, error) {
	voter, ok := c.bench.Load().roll().ByCode(who.Code)
	if !ok {
		return nil, notOnRoll()
	}
	times, err := c.store.Times(ctx, voter.Pseudonym.String())
	if err != nil {
		return nil, err
	}
	casts := make([]election.Time, len(times))
	for i, t := range times {
		casts[i] = election.At(t)
	}
	return election.NewEligibility(c.manifest.Fingerprint(), voter.District, voter.Pseudonym, casts), nil
}
