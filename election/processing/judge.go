package processing

import (
	"errors"
	"fmt"
	"time"

	"valik/crypto/elgamal"
	"valik/eid"
	"valik/election"
)

// Judge checks ballots one by one, each check apart, so that the collector can
// do the cheapest first and refuse at once. It does not change and may be used
// by many goroutines.
type Judge struct {
	m        *election.Manifest
	pk       *elgamal.PublicKey
	issuers  *eid.Issuers
	evidence *evidenceRules
	roll     *election.Roll
}

// Candidate is a ballot with the form of one. Only what the checks so far have
// established is known about it.
type Candidate struct {
	Container *eid.Container
	Ballot    *election.Ballot
	Inner     election.Hash   // of the inner ballot
	Envelope  election.Hash   // of the container
	Voter     *election.Voter // whom the certificate names, from [Judge.Eligible] on
}

// NewJudge returns the judge of an election with public key pk under one version
// of the roll.
func NewJudge(m *election.Manifest, pk *elgamal.PublicKey, roll *election.Roll) (*Judge, error) {
	if roll.Election != m.Fingerprint() {
		return nil, errors.New("processing: the roll is another election's")
	}
	issuers, err := m.EIDIssuers()
	if err != nil {
		return nil, err
	}
	evidence, err := newEvidenceRules(m, issuers)
	if err != nil {
		return nil, err
	}
	return &Judge{m: m, pk: pk, issuers: issuers, evidence: evidence, roll: roll}, nil
}

// Hours refuses a ballot that is taken before the polls open or from the moment
// on at which they close.
//
// It implements Processing.Hours of docs/protocol/processing.md.
func (j *Judge) Hours(at time.Time) *Refusal {
	switch t := election.At(at); {
	case t < j.m.Opens:
		return Refuse(CodeNotOpen, fmt.Errorf("the polls open at %s", j.m.Opens))
	case t >= j.m.Closes:
		return Refuse(CodeClosed, fmt.Errorf("the polls closed at %s", j.m.Closes))
	}
	return nil
}

// Shape reads a container and the ballot in it, and checks all that needs
// neither roll nor keys.
//
// It implements Processing.Shape of docs/protocol/processing.md.
func (j *Judge) Shape(container []byte) (*Candidate, *Refusal) {
	c, err := Unwrap(container)
	if err != nil {
		return nil, RefuseEID(err)
	}
	return c, j.shape(c)
}

// Unwrap reads a container and computes the hashes that stand for it on the
// board. The ballot is not read yet. Errors are those of eid.ParseContainer.
func Unwrap(container []byte) (*Candidate, error) {
	c, err := eid.ParseContainer(container)
	if err != nil {
		return nil, err
	}
	return &Candidate{Container: c, Inner: election.HashOf(c.Data), Envelope: election.HashOf(container)}, nil
}

// shape reads the ballot and checks that it is one of the election.
func (j *Judge) shape(c *Candidate) *Refusal {
	if c.Container.FileName != election.BallotFile(j.m) {
		return Refuse(CodeWrongFile, fmt.Errorf("%.80q", c.Container.FileName))
	}
	b, err := election.ParseBallot(c.Container.Data)
	if err != nil {
		return refuseFormat(err)
	}
	c.Ballot = b
	switch err := b.Check(j.m); {
	case errors.Is(err, election.ErrWrongElection):
		return Refuse(CodeWrongElection, err)
	case errors.Is(err, election.ErrWrongDistrict):
		return Refuse(CodeWrongDistrict, err)
	case err != nil:
		return Refuse(CodeWrongStyle, err)
	}
	return nil
}

// Eligible checks that the person whom the certificate names is on the roll, and
// that the ballot is that person's: pseudonym and district. That this person
// signed is for [Judge.Signature].
//
// It implements Processing.Eligible of docs/protocol/processing.md.
func (j *Judge) Eligible(c *Candidate) *Refusal {
	who, err := j.m.EIDRules().IdentityOf(c.Container.Certificate)
	if err != nil {
		return RefuseEID(err)
	}
	voter, ok := j.roll.ByCode(who.Code)
	if !ok {
		return Refuse(CodeNotOnRoll, nil)
	}
	if voter.Pseudonym != c.Ballot.Pseudonym {
		return Refuse(CodeOtherVoter, nil)
	}
	if voter.District != c.Ballot.District {
		return Refuse(CodeWrongDistrict, fmt.Errorf("a ballot of district %s, the voter's is %s", c.Ballot.District, voter.District))
	}
	c.Voter = voter
	return nil
}

// Signature checks the signature and the certificate at the moment at, when the
// collector took the ballot.
//
// It implements Processing.Signature of docs/protocol/processing.md.
func (j *Judge) Signature(c *Candidate, at time.Time) *Refusal {
	if _, err := c.Container.Verify(j.issuers, at); err != nil {
		return RefuseEID(err)
	}
	return nil
}

// RootAt tells the root of the board's tree at a size that it had.
type RootAt func(size uint64) (election.Hash, error)

// Anchor checks that the ballot's anchor is a state that the board had before
// the entry at index: not empty, not later, and with this root.
//
// It implements Processing.Anchor of docs/protocol/processing.md.
func (j *Judge) Anchor(c *Candidate, index uint64, rootAt RootAt) *Refusal {
	a := c.Ballot.Anchor
	if a.Size == 0 || a.Size > index {
		return Refuse(CodeBadAnchor, fmt.Errorf("size %d for the entry at %d", a.Size, index))
	}
	root, err := rootAt(a.Size)
	if err != nil {
		return Refuse(CodeBadAnchor, err)
	}
	if root != a.Root {
		return Refuse(CodeBadAnchor, fmt.Errorf("another root at size %d", a.Size))
	}
	return nil
}

// Proofs checks the proofs of all slots.
//
// It implements Processing.Proofs of docs/protocol/processing.md.
func (j *Judge) Proofs(c *Candidate) *Refusal {
	if err := c.Ballot.VerifyProofs(j.m, j.pk); err != nil {
		return Refuse(CodeBadProof, err)
	}
	return nil
}
