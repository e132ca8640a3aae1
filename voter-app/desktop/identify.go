package desktop

import (
	"context"
	"errors"
	"fmt"

	"valik/eid"
	"valik/eid/keyring"
	"valik/election"
)

// Identify says to the collector who the voter is, with something of State.Means.
func (a *App) Identify(id string) error {
	return a.begin(Identifying, func(ctx context.Context) error {
		if _, there := a.voting.found[id]; !there {
			return errGone
		}
		return a.identify(ctx, func(ctx context.Context) (*keyring.Ring, error) { return a.openMeans(ctx, id) })
	}, StepIdentify)
}

// IdentifyByFiles does the same with files that the voter chose; not in practice, which has
// nothing to do with true keys.
func (a *App) IdentifyByFiles(files []keyring.Content) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	steps := []Step{StepIdentify}
	if err := a.free(steps); err != nil {
		return err
	}
	if a.voting.practice != nil {
		return ErrStep
	}
	return a.beginLocked(Identifying, func(ctx context.Context) error {
		return a.identify(ctx, func(ctx context.Context) (*keyring.Ring, error) {
			return keyring.OpenContents(ctx, files, a.asks())
		})
	}, steps...)
}

func (a *App) identify(ctx context.Context, open func(context.Context) (*keyring.Ring, error)) error {
	if err := a.closeRing(); err != nil {
		return err
	}
	ring, err := open(ctx)
	if err != nil {
		return err
	}
	a.voting.ring = ring
	name, err := a.inspect(ctx)
	if err == nil {
		a.voting.who, err = a.signOn(ctx)
	}
	if err != nil {
		return errors.Join(err, a.closeRing())
	}
	voter, ballot := &Voter{Name: name, District: a.district(), Casts: a.voting.who.Casts}, a.ballot()
	a.then(func(s *State) { s.Step, s.Voter, s.Ballot = StepBallot, voter, ballot })
	return nil
}

func (a *App) closeRing() error {
	ring := a.voting.ring
	a.voting.ring, a.voting.who = nil, nil
	if ring == nil {
		return nil
	}
	return ring.Close()
}

// inspect looks at the certificates before any PIN is asked for: who it is, and whether both
// keys are there and will be accepted today.
func (a *App) inspect(ctx context.Context) (name string, err error) {
	for _, usage := range []eid.Usage{eid.Authentication, eid.Signing} {
		key, err := a.voting.ring.Signer(ctx, usage)
		if err != nil {
			return "", err
		}
		certificate := key.Certificate()
		switch now := a.config.Now(); {
		case now.After(certificate.NotAfter):
			return "", eid.Refuse(eid.CodeCertificateExpired, fmt.Errorf("the one for %s is over since %s", usage, certificate.NotAfter.UTC()))
		case now.Before(certificate.NotBefore):
			return "", eid.Refuse(eid.CodeCertificateNotYetValid, fmt.Errorf("the one for %s begins %s", usage, certificate.NotBefore.UTC()))
		}
		who, err := a.voting.election.Manifest.EIDRules().IdentityOf(certificate)
		if err != nil {
			return "", err
		}
		name = who.Name
	}
	return name, nil
}

func (a *App) signOn(ctx context.Context) (*election.Eligibility, error) {
	key, err := a.voting.ring.Authenticator(ctx)
	if err != nil {
		return nil, err
	}
	return a.voting.election.Identify(ctx, key)
}

func (a *App) district() string {
	d, _ := a.voting.election.Manifest.District(a.voting.who.District)
	return d.Name
}

// ballot is that of the voter's district.
func (a *App) ballot() []Contest {
	m, district := a.voting.election.Manifest, a.voting.who.District
	var list []Contest
	for _, id := range m.Style(district) {
		c, _ := m.Contest(id)
		list = append(list, Contest{ID: id, Title: c.Title, Slots: c.Slots, Blank: c.Blank, Slates: m.Slates(id, district)})
	}
	return list
}
