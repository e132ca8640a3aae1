package recordtest

import (
	"time"

	"valik/crypto/elgamal"
	"valik/eid"
	"valik/election"
	"valik/election/electiontest"
)

// The voters of the story. Those with an even number live in the north, where
// every ballot has two contests.
const (
	again    = 1 // votes twice
	heldBack = 2 // has a second ballot that was made before the first, and does not cast it
	revoked  = 3 // votes on paper too
	restored = 4 // is revoked by mistake; has another personal code since the changeset
	away     = 5 // votes while the service for evidence is away, if there is one
	lost     = 6 // votes while it is away, and no evidence ever comes
	Absent   = 7 // does not vote
)

// polls lets everybody vote. The roll changes in between, with the same voters.
func (r *Record) polls() error {
	early := r.Choose(heldBack, 1, r.Anchor(len(r.Entries)))
	for i := range Voters {
		if i == restored {
			if err := r.changeset(); err != nil {
				return err
			}
		}
		if i == Absent {
			continue
		}
		take := r.take
		switch {
		case i == away:
			take = r.takeAway
		case i == lost && r.script.Settles:
			take = r.takeLost
		}
		take(r.Seal(i, r.Choose(i, 3*i, r.Anchor(len(r.Entries))).Bytes()), r.now())
	}
	r.take(r.Seal(again, r.Choose(again, 2, r.Anchor(len(r.Entries))).Bytes()), r.now())
	if r.script.HeldBack {
		r.take(r.Seal(heldBack, early.Bytes()), r.now())
	}
	if r.script.Polls != nil {
		r.script.Polls(r)
	}
	return r.publishBallots()
}

// now is the time at which the next ballot is taken: a minute after the other.
func (r *Record) now() time.Time {
	return electiontest.Opens.Add(time.Duration(len(r.Entries)) * time.Minute)
}

// Choose makes a ballot of voter i with the choices from the n-th on.
func (r *Record) Choose(i, n int, a election.Anchor) *election.Ballot {
	v := r.Roll.List[i]
	selections := map[string][]string{}
	for _, contest := range r.Manifest.Style(v.District) {
		c, _ := r.Manifest.Contest(contest)
		codes := r.Manifest.Codes(contest, v.District)
		for k := range c.Slots {
			selections[contest] = append(selections[contest], codes[(n+k)%len(codes)])
		}
	}
	b, err := election.Prepare(r.Manifest, r.Keys.Public(), elgamal.NewSeed(), v.District, v.Pseudonym, a, selections)
	if err != nil {
		panic(err)
	}
	return b
}

// publishBallots writes the box, and ballots.jsonl where it is published.
func (r *Record) publishBallots() error {
	r.Sealed[election.BoxFile] = r.Box().Bytes()
	if r.script.Guarded {
		return nil
	}
	var list []election.PublicBallot
	for _, b := range r.Ballots {
		container, err := eid.ParseContainer(b.Container)
		if err != nil {
			return err
		}
		ballot, err := election.ParseBallot(container.Data)
		if err != nil {
			return err
		}
		list = append(list, election.PublicBallot{Index: b.Index, Envelope: election.HashOf(b.Container), Evidence: r.evidenceAtCast(&b), Time: b.Time, Ballot: *ballot})
	}
	r.Public[election.BallotsFile] = election.NewPublicBallots(r.Fingerprint, list).Bytes()
	return nil
}

func (r *Record) close() error {
	c := election.NewClose(r.Manifest, len(r.Ballots))
	if r.script.Close != nil {
		r.script.Close(c)
	}
	r.Public[election.CloseFile] = c.Bytes()
	r.closed = r.Append(election.KindClose, election.HashOf(c.Bytes()))
	if r.script.Closed != nil {
		r.script.Closed(r)
		return r.publishBallots()
	}
	return nil
}
