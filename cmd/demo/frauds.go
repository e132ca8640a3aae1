package main

import (
	"context"
	"crypto/elliptic"
	"errors"
	"fmt"

	"valik/crypto/elgamal"
	"valik/eid"
	"valik/eid/testpki"
	"valik/election"
	voter "valik/voter-app"
)

// fraud is an attempt that must be refused for the right reason.
type fraud struct {
	story string
	code  string // of the refusal
	try   func(*fraudster, context.Context) error
}

// fraudster has a device, a card of their own, and looks at another voter.
type fraudster struct {
	d      *demo
	device *voter.Election
	self   *person
	victim *person // lives in the same district, and has voted once
}

var attempts = []fraud{
	{"somebody who is not on the voter roll votes", "not_on_roll", (*fraudster).stranger},
	{"a voter votes under another voter's pseudonym", "other_voter", (*fraudster).impostor},
	{"a forged eID with another voter's personal code", "certificate_untrusted", (*fraudster).forgedCard},
	{"a signed ballot is exchanged for another one", "signature_invalid", (*fraudster).exchanged},
	{"a ballot that would count twice for a candidate", "bad_proof", (*fraudster).stuffed},
	{"another voter's encrypted vote is copied", "bad_proof", (*fraudster).copied},
	{"a voter votes in another district", "wrong_district", (*fraudster).elsewhere},
	{"a ballot that refers to a board that never was", "bad_anchor", (*fraudster).inventedBoard},
	{"an eID that was reported as stolen", "status_revoked", (*fraudster).reported},
	{"a voter's first ballot is signed and sent again after their second one", "replayed", (*fraudster).replayed},
}

// frauds tries them all.
func (d *demo) frauds(ctx context.Context, device *voter.Election) error {
	f := &fraudster{d: d, device: device, self: d.people.fraudster, victim: d.people.victim}
	for _, a := range attempts {
		if err := d.mustRefuse(a, a.try(f, ctx)); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) mustRefuse(a fraud, err error) error {
	if err == nil {
		return fmt.Errorf("%s: this should have been refused as %s, but was accepted", a.story, a.code)
	}
	var refused *voter.RefusedError
	if !errors.As(err, &refused) || refused.Refusal.Code != a.code {
		return fmt.Errorf("%s: this should have been refused as %s, but came to: %w", a.story, a.code, err)
	}
	d.say("Fraud refused (%s): %s.", a.code, a.story)
	return nil
}

// cast signs a ballot with a card and casts it.
func (f *fraudster) cast(ctx context.Context, ballot *election.Ballot, card eid.Signer) error {
	sealed, err := f.device.Seal(ctx, &voter.Prepared{Ballot: ballot}, card, f.d.clock.now())
	if err != nil {
		return err
	}
	_, err = f.device.Cast(ctx, sealed)
	return err
}

// ballot prepares a ballot for a person as they would themselves.
func (f *fraudster) ballot(ctx context.Context, p *person, choice string) (*election.Ballot, error) {
	v, err := f.device.Identify(ctx, eid.AuthenticateWith(p.card.Authentication))
	if err != nil {
		return nil, err
	}
	prepared, err := f.device.Prepare(ctx, v, selection(choice))
	if err != nil {
		return nil, err
	}
	return prepared.Ballot, nil
}

// own prepares an honest ballot of the fraudster's.
func (f *fraudster) own(ctx context.Context) (*election.Ballot, error) {
	return f.ballot(ctx, f.self, f.d.people.anyChoice(f.self.district))
}

func (f *fraudster) stranger(ctx context.Context) error {
	card, err := f.d.keys.pki.Issue(testpki.PersonalCode(len(f.d.people.persons)), "TEST", "STRANGER", elliptic.P256())
	if err != nil {
		return err
	}
	ballot, err := f.own(ctx)
	if err != nil {
		return err
	}
	return f.cast(ctx, ballot, card.Signing)
}

func (f *fraudster) impostor(ctx context.Context) error {
	ballot, err := f.ballot(ctx, f.victim, f.victim.ballots[0])
	if err != nil {
		return err
	}
	return f.cast(ctx, ballot, f.self.card.Signing)
}

func (f *fraudster) forgedCard(ctx context.Context) error {
	forger, err := testpki.NewAuthority("Valik demo eID", certified, expires())
	if err != nil {
		return err
	}
	card, err := forger.Issue(f.victim.code, "TEST", "VOTER", elliptic.P256())
	if err != nil {
		return err
	}
	ballot, err := f.ballot(ctx, f.victim, f.victim.ballots[0])
	if err != nil {
		return err
	}
	return f.cast(ctx, ballot, card.Signing)
}

func (f *fraudster) exchanged(ctx context.Context) error {
	first, err := f.own(ctx)
	if err != nil {
		return err
	}
	second, err := f.own(ctx)
	if err != nil {
		return err
	}
	container, err := eid.Seal(ctx, election.BallotFile(f.d.manifest), first.Bytes(), f.self.card.Signing, f.d.clock.now())
	if err != nil {
		return err
	}
	container.Data = second.Bytes() // with the signature of the first
	_, err = f.device.Cast(ctx, &voter.Sealed{Prepared: &voter.Prepared{Ballot: second}, Container: container.Bytes()})
	return err
}

func (f *fraudster) stuffed(ctx context.Context) error {
	ballot, err := f.own(ctx)
	if err != nil {
		return err
	}
	slot := &ballot.Contests[0].Slots[0]
	c, err := elgamal.ParseCiphertext(slot.Ciphertext)
	if err != nil {
		return err
	}
	c.B.Add(&c.B, f.d.manifest.Point(electionID, f.d.people.anyChoice(f.self.district)))
	slot.Ciphertext = c.Bytes()
	return f.cast(ctx, ballot, f.self.card.Signing)
}

func (f *fraudster) copied(ctx context.Context) error {
	ballot, err := f.own(ctx)
	if err != nil {
		return err
	}
	other, err := f.ballot(ctx, f.victim, f.victim.ballots[0])
	if err != nil {
		return err
	}
	ballot.Contests, ballot.Anchor = other.Contests, other.Anchor
	return f.cast(ctx, ballot, f.self.card.Signing)
}

func (f *fraudster) elsewhere(ctx context.Context) error {
	v, err := f.device.Identify(ctx, eid.AuthenticateWith(f.self.card.Authentication))
	if err != nil {
		return err
	}
	for v.District == f.self.district {
		v.District = f.d.people.anyDistrict()
	}
	prepared, err := f.device.Prepare(ctx, v, selection(f.d.people.anyChoice(v.District)))
	if err != nil {
		return err
	}
	return f.cast(ctx, prepared.Ballot, f.self.card.Signing)
}

func (f *fraudster) inventedBoard(ctx context.Context) error {
	ballot, err := f.own(ctx)
	if err != nil {
		return err
	}
	ballot.Anchor.Root[0]++
	return f.cast(ctx, ballot, f.self.card.Signing)
}

// replayed lets the victim vote again, and then sends their first ballot in another
// envelope. In the same one it would be a retry and get the receipt that it has.
func (f *fraudster) replayed(ctx context.Context) error {
	p := f.victim
	first, err := f.d.prepare(ctx, f.device, p, f.d.people.anyChoice(p.district))
	if err != nil {
		return err
	}
	if _, err := f.device.Cast(ctx, first); err != nil {
		return err
	}
	second, err := f.d.prepare(ctx, f.device, p, p.ballots[0])
	if err != nil {
		return err
	}
	if _, err := f.device.Cast(ctx, second); err != nil {
		return err
	}
	f.d.collecting.cast.Add(2)
	f.d.collecting.again.Add(2)
	return f.cast(ctx, first.Ballot, p.card.Signing)
}

// late tries to vote when the polls are closed.
func (d *demo) late(ctx context.Context) error {
	p := d.people.fraudster
	a := fraud{story: "somebody votes after the close", code: "closed"}
	device, err := d.openDevice(ctx)
	if err != nil {
		return err
	}
	v := &election.Eligibility{District: p.district}
	prepared, err := device.Prepare(ctx, v, selection(d.people.anyChoice(p.district)))
	if err != nil {
		return err
	}
	f := &fraudster{d: d, device: device}
	return d.mustRefuse(a, f.cast(ctx, prepared.Ballot, p.card.Signing))
}
