package tally

import (
	"errors"
	"os"
	"time"

	"valik/eid"
	"valik/election"
)

// eid makes the manifest's EID of the plan's.
func (p *Plan) eid() (election.EID, error) {
	var e election.EID
	profile, err := p.profile()
	if err != nil {
		return e, p.fail("eid.profile", err)
	}
	e.Profile = *profile
	if e.Issuers, err = p.certificates(p.EID.Issuers); err != nil {
		return e, p.fail("eid.issuers", err)
	}
	if p.EID.Evidence != nil {
		e.Evidence, err = p.evidence(p.EID.Evidence)
	}
	return e, err
}

// profile is one of the program's, or a file beside the plan.
func (p *Plan) profile() (*eid.Profile, error) {
	built, err := eid.BuiltInProfile(p.EID.Profile)
	if err == nil {
		return built, nil
	}
	raw, readErr := os.ReadFile(p.path(p.EID.Profile))
	if readErr != nil {
		return nil, errors.Join(err, readErr)
	}
	return eid.ParseProfile(raw)
}

func (p *Plan) evidence(plan *PlanEvidence) (*election.EvidencePolicy, error) {
	policy := &election.EvidencePolicy{Away: plan.Away, Settle: seconds(plan.Settle)}
	if s := plan.Status; s != nil {
		policy.Status = &election.StatusPolicy{Freshness: seconds(s.Freshness), Nonce: s.Nonce, CRL: s.CRL}
		if s.Responders != "" {
			var err error
			if policy.Status.Responders, err = p.certificates(s.Responders); err != nil {
				return nil, p.fail("eid.evidence.status.responders", err)
			}
		}
	}
	if t := plan.Time; t != nil {
		authorities, err := p.certificates(t.Authorities)
		if err != nil {
			return nil, p.fail("eid.evidence.time.authorities", err)
		}
		policy.Time = &election.TimePolicy{Authorities: authorities, Tolerance: seconds(t.Tolerance)}
	}
	return policy, nil
}

// seconds rounds down: a manifest counts in whole seconds.
func seconds(d time.Duration) int { return int(d / time.Second) }
