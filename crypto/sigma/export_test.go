package sigma

import (
	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/transcript"
)

// The provers with randomness that the test chooses.
var (
	ProveKnowledgeFrom     = proveKnowledge
	ProveEqualityFrom      = proveEquality
	ProveBatchEqualityFrom = proveBatchEquality
	ProveMembershipFrom    = proveMembership
)

// Challenge returns the challenge that a verifier of p makes.
func (p *Membership) Challenge(t *transcript.Transcript, pk *elgamal.PublicKey, choices *Choices, c *elgamal.Ciphertext) *group.Scalar {
	return p.challenge(t, pk, choices, c)
}

// FailingAt returns the names of the equations that p does not satisfy if the
// challenge is x, whatever the transcript would say.
func (p *Membership) FailingAt(x *group.Scalar, pk *elgamal.PublicKey, choices *Choices, c *elgamal.Ciphertext) []string {
	o := &opened{p, choices, c, x, p.lines(x)}
	var failing []string
	for _, e := range equations {
		t := newTerms(group.NewSum(nil))
		e.add(o, t, group.NewScalar(1))
		if !t.areIdentityVarTime(pk) {
			failing = append(failing, e.name)
		}
	}
	return failing
}

// Lines returns the f_{j,i} at 4j+i for challenge x.
func (p *Membership) Lines(x *group.Scalar) []group.Scalar { return p.lines(x) }
