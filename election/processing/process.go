package processing

import (
	"errors"
	"iter"
	"slices"
	"strings"

	"valik/crypto/elgamal"
	"valik/election"
)

// Box is a ballot box: an *election.Box in memory, or an *election.BoxReader.
type Box interface {
	Header() election.BoxHeader
	All() iter.Seq2[*election.BoxBallot, error]
}

// Source is all that the outcome depends on.
type Source struct {
	Manifest    *election.Manifest
	Key         *elgamal.PublicKey // of the election, from the verified ceremony
	Entries     [][]byte           // leaves of the board, at least up to the last revocations
	Box         Box
	Rolls       []*election.Roll        // all versions, in order
	Revocations []*election.Revocations // all, in order; their signatures are checked by the caller
	Settlement  *election.Settlement    // of the board's entry; nil if the manifest settles nothing
	// RevocationLists gives an issuer's revocation list by its hash, for evidence that
	// refers to one. nil if there is none.
	RevocationLists func(election.Hash) ([]byte, error)
}

// Outcome is what processing gives.
type Outcome struct {
	Lists      []List              // in the order of the manifest
	Decisions  *election.Decisions // one for every ballot of the box
	Revoked    int                 // ballots that only a revocation took out
	Refused    int                 // ballots that an honest collector does not log
	Missettled []uint64            // indexes of ballots of whose evidence the settlement says otherwise than the evidence
	Voters     []election.Voter    // whose last ballot counts or is revoked, by code, as the newest roll has them
	Refusals   map[uint64]*Refusal // details, by index, of ballots that failed by themselves
	m          *election.Manifest
}

// List is the mix input of one list: a row for every ballot that counts, in the
// order of the board.
type List struct {
	ID   election.ListID
	Rows *elgamal.Rows
}

// Process judges every ballot of the box and collects the rows of those that
// count. It is a pure function of its source: repeated, it gives the same bytes.
// Errors: *[SourceError] where a source is not the one that the board has, with
// no outcome at all, since a box with an exchanged or missing ballot must not be
// counted; and those of reading.
//
// It implements Processing.Process of docs/protocol/processing.md.
func Process(s *Source) (*Outcome, error) { return process(s, chunkSize) }

func process(s *Source, chunk int) (*Outcome, error) {
	l, err := readLog(s.Manifest, s.Entries)
	if err != nil {
		return nil, err
	}
	if err := l.matchRolls(s.Manifest, s.Rolls); err != nil {
		return nil, err
	}
	if err := l.matchRevocations(s.Revocations); err != nil {
		return nil, err
	}
	settled, err := l.matchSettlement(s.Manifest, s.Settlement)
	if err != nil {
		return nil, err
	}
	if err := s.checkBox(); err != nil {
		return nil, err
	}
	judged, err := judgeBox(s, l, settled, chunk)
	if err != nil {
		return nil, err
	}
	votes := make([]Vote, len(judged))
	for i := range judged {
		votes[i] = judged[i].vote
	}
	return collect(s, judged, Decide(votes, Revoked(s.Revocations, s.Rolls)))
}

func (s *Source) checkBox() error {
	if s.Box.Header().Election != s.Manifest.Fingerprint() {
		return &SourceError{"box", -1, errors.New("it is another election's")}
	}
	return nil
}

// collect makes the outcome from the decisions.
func collect(s *Source, ballots []judged, decisions []election.Decision) (*Outcome, error) {
	m := s.Manifest
	o := &Outcome{
		m: m, Decisions: election.NewDecisions(m.Fingerprint(), decisions),
		Refusals: map[uint64]*Refusal{},
	}
	rows := map[election.ListID][]byte{}
	for i := range ballots {
		b := &ballots[i]
		if b.isMissettled() {
			o.Missettled = append(o.Missettled, b.vote.Index)
		}
		switch decisions[i].Reason {
		case election.Counted:
			for id, r := range b.rows {
				rows[id] = append(rows[id], r...)
			}
		case election.Revoked:
			o.Revoked++
		case election.Superseded:
			continue
		default:
			if !b.isExcused() {
				o.Refused++
			}
			if b.refusal != nil {
				o.Refusals[b.vote.Index] = b.refusal
			}
			continue
		}
		o.Voters = append(o.Voters, present(s.Rolls, b.voter))
	}
	slices.SortFunc(o.Voters, func(a, b election.Voter) int { return strings.Compare(a.Code, b.Code) })
	for _, id := range m.ListIDs() {
		r, err := elgamal.ParseRows(rows[id], m.Width(id))
		if err != nil {
			return nil, err // proofs of these very ciphertexts have verified
		}
		o.Lists = append(o.Lists, List{id, r})
	}
	return o, nil
}

// present is a voter as the newest version of the roll has them that has them at all: a
// polling station knows the present code, not the one at the time of the cast.
func present(rolls []*election.Roll, v *election.Voter) election.Voter {
	for _, roll := range slices.Backward(rolls) {
		if now, ok := roll.ByPseudonym(v.Pseudonym); ok {
			return *now
		}
	}
	return *v
}

// Input returns the document of the mix input.
func (o *Outcome) Input() *election.Input {
	lists := make([]election.InputList, len(o.Lists))
	for i, l := range o.Lists {
		lists[i] = election.InputList{
			Contest: l.ID.Contest, District: l.ID.District,
			Rows: l.Rows.Len(), Width: l.Rows.Width(), Ciphertexts: election.HashOf(l.Rows.Bytes()),
		}
	}
	return election.NewInput(o.m, lists, o.Revoked, o.Refused)
}

// Rows returns the rows of a list.
func (o *Outcome) Rows(id election.ListID) *elgamal.Rows {
	for _, l := range o.Lists {
		if l.ID == id {
			return l.Rows
		}
	}
	return nil
}
