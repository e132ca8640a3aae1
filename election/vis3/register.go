package vis3

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"valik/election"
)

// Register is who may vote after the initial list and the changesets applied so
// far.
type Register struct {
	election  string
	districts []election.District
	next      int // number of the changeset that comes next
	latest    *VoterList
	voters    map[string]election.Voter // without pseudonyms, by code
	seen      map[string]bool           // codes that were ever on the list
	former    map[string][]string       // present code to the codes that the person had before
	lists     []election.Hash           // of the files applied
	changed   []election.Hash           // of the code changes linked
}

// NewRegister returns an empty register of an election, which takes the initial
// list first.
func NewRegister(electionID string, districts []election.District) *Register {
	return &Register{
		election: electionID, districts: districts,
		voters: map[string]election.Voter{}, seen: map[string]bool{}, former: map[string][]string{},
	}
}

// Apply applies the initial list or the changeset whose turn it is. After an
// error the register is as before. Errors: *[Error] with the line that cannot be
// applied.
//
// It implements Import.Apply of docs/protocol/roll.md.
func (r *Register) Apply(l *VoterList) error {
	if l.Election != r.election {
		return &Error{voterList, 2, fmt.Sprintf("election %s where %s is expected", l.Election, r.election)}
	}
	if l.Changeset != r.next {
		return &Error{voterList, 3, fmt.Sprintf("changeset %d where %d is expected", l.Changeset, r.next)}
	}
	voters := maps.Clone(r.voters)
	for _, c := range l.Changes {
		if err := r.change(voters, l, c); err != nil {
			return &Error{voterList, c.Line, err.Error()}
		}
	}
	r.voters, r.latest, r.next = voters, l, r.next+1
	r.lists = append(r.lists, l.hash)
	for code := range voters {
		r.seen[code] = true
	}
	return nil
}

func (r *Register) change(voters map[string]election.Voter, l *VoterList, c Change) error {
	_, there := voters[c.Code]
	switch {
	case !c.Add && l.Changeset == 0:
		return errors.New("the initial list removes a voter")
	case !c.Add && !there:
		return errors.New("the voter to be removed is not on the list")
	case !c.Add:
		delete(voters, c.Code)
		return nil
	case there:
		return errors.New("the voter to be added is on the list already")
	}
	district, err := find(r.districts, c.Parish, c.Number)
	if err != nil {
		return err
	}
	voters[c.Code] = election.Voter{Code: c.Code, Name: c.Name, District: district, Parish: c.Parish}
	return nil
}

// Len returns the number of voters.
func (r *Register) Len() int { return len(r.voters) }

// Roll returns the next version of the election's roll. Voters keep the
// pseudonyms that they have in previous, which is nil for the first version;
// the others get random ones.
//
// It implements Import.Roll of docs/protocol/roll.md.
func (r *Register) Roll(fingerprint election.Hash, previous *election.Roll) (*election.Roll, error) {
	return r.roll(rand.Reader, fingerprint, previous)
}

func (r *Register) roll(random io.Reader, fingerprint election.Hash, previous *election.Roll) (*election.Roll, error) {
	if r.latest == nil {
		return nil, errors.New("vis3: the initial voter list is missing")
	}
	version := 0
	if previous != nil {
		if err := r.follows(previous); err != nil {
			return nil, err
		}
		version = previous.Changeset + 1
	}
	var salt election.Salt
	if _, err := io.ReadFull(random, salt[:]); err != nil {
		return nil, err
	}
	voters := make([]election.Voter, 0, len(r.voters))
	for _, code := range slices.Sorted(maps.Keys(r.voters)) {
		v := r.voters[code]
		v.Former = r.former[code]
		old, err := known(previous, &v)
		if err != nil {
			return nil, err
		}
		if old != nil {
			v.Pseudonym = old.Pseudonym
		} else if _, err := io.ReadFull(random, v.Pseudonym[:]); err != nil {
			return nil, err
		}
		voters = append(voters, v)
	}
	from, to := election.At(r.latest.From), election.At(r.latest.To)
	roll, err := election.NewRoll(fingerprint, version, salt, from, to, voters)
	if err != nil {
		return nil, err
	}
	return roll.MadeFrom(r.lists, r.changed)
}

// ErrRollback says that files are missing, or are others, which the version before was made from.
var ErrRollback = errors.New("vis3: the version before was made from other files: name all of them again, unchanged, in the same order, and the new ones after them")

// follows makes sure that the register began as the version before did: a file that
// is left out would silently take voters away, or give them back.
func (r *Register) follows(previous *election.Roll) error {
	if !previous.Lists.Begin(r.lists) {
		return fmt.Errorf("%w (voter lists: %d now, %d then)", ErrRollback, len(r.lists), previous.Lists.Count)
	}
	if !previous.Changed.Begin(r.changed) {
		return fmt.Errorf("%w (code changes: %d now, %d then)", ErrRollback, len(r.changed), previous.Changed.Count)
	}
	return nil
}

// Latest is the number of the last changeset applied, 0 for the initial list.
func (r *Register) Latest() int { return r.next - 1 }

// errTwoVoters says that a link comes too late: both may have voted.
var errTwoVoters = errors.New("vis3: code changes make one voter of two who have a pseudonym each in the version before")

// known finds the voter under any code in the version before, nil if there is none.
func known(previous *election.Roll, v *election.Voter) (*election.Voter, error) {
	if previous == nil {
		return nil, nil
	}
	var found *election.Voter
	for _, code := range v.Codes() {
		old, ok := previous.ByCode(code)
		if ok && found != nil && found.Pseudonym != old.Pseudonym {
			return nil, errTwoVoters
		}
		if ok {
			found = old
		}
	}
	return found, nil
}

// VerifySignature checks the detached ECDSA signature with SHA-256, in ASN.1,
// that comes with a voter list or with revocations.
//
// It implements Import.Signature of docs/protocol/roll.md.
func VerifySignature(key *ecdsa.PublicKey, file, signature []byte) error {
	digest := sha256.Sum256(file)
	if !ecdsa.VerifyASN1(key, digest[:], signature) {
		return errors.New("vis3: the signature of the file is wrong")
	}
	return nil
}
