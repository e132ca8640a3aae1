package election

import (
	"bytes"
	"fmt"
	"io"
	"slices"
)

// Roll is one version of the voter roll: who may vote, where, and under which
// pseudonym. It is sealed; the board has its hash, which the salt keeps from
// being guessed.
type Roll struct {
	RollHeader
	List []Voter // by code, ascending

	byCode      map[string]int // by present and by former codes
	byPseudonym map[Pseudonym]int
	last        string // code of the voter accepted last
}

// RollHeader is the first line of a roll.
type RollHeader struct {
	Type      string `json:"type"`
	Version   int    `json:"version"`
	Election  Hash   `json:"election"`
	Changeset int    `json:"changeset"` // 0 for the initial roll, then one more a version
	Salt      Salt   `json:"salt"`
	From      Time   `json:"from"` // of the voter list's validity
	To        Time   `json:"to"`
	Voters    int    `json:"voters"`
	// Lists and Changed say which files the version was made from: the voter lists, and
	// the files of changed codes. Absent in a roll that was not made from files.
	Lists   *Files `json:"lists,omitempty"`
	Changed *Files `json:"changed,omitempty"`
}

// Files are files in the order in which they were applied.
type Files struct {
	Count int  `json:"count"`
	Hash  Hash `json:"hash"` // SHA-256 over the SHA-256 of every file
}

// NewFiles describes files by their hashes, in order. It is nil for none.
//
// It implements Roll.Files of docs/protocol/roll.md.
func NewFiles(hashes []Hash) *Files {
	if len(hashes) == 0 {
		return nil
	}
	var all []byte
	for _, h := range hashes {
		all = append(all, h[:]...)
	}
	return &Files{len(hashes), HashOf(all)}
}

// Begin says whether these files are the first ones of others, or all of them.
func (f *Files) Begin(hashes []Hash) bool {
	if f == nil {
		return true
	}
	return f.Count <= len(hashes) && *NewFiles(hashes[:f.Count]) == *f
}

// Voter is a line of the roll.
type Voter struct {
	Code      string    `json:"code"`             // personal code
	Former    []string  `json:"former,omitempty"` // codes that the same person had before
	Name      string    `json:"name"`
	District  string    `json:"district"`
	Parish    string    `json:"parish"`
	Pseudonym Pseudonym `json:"pseudonym"`
}

const (
	rollKind      = "roll"
	rollLineLimit = 4096
)

// NewRoll makes a version of the roll. The voters must be sorted by code.
// Errors: *[FormatError], as from [ParseRoll].
func NewRoll(fingerprint Hash, changeset int, salt Salt, from, to Time, voters []Voter) (*Roll, error) {
	d := header(rollKind)
	r := &Roll{
		RollHeader: RollHeader{
			Type: d.Type, Version: d.Version, Election: fingerprint, Changeset: changeset,
			Salt: salt, From: from, To: to, Voters: len(voters),
		},
		List: voters,
	}
	return ParseRoll(r.Bytes())
}

// MadeFrom returns the roll with the files that it was made from in its header.
// Errors: *[FormatError].
func (r *Roll) MadeFrom(lists, changed []Hash) (*Roll, error) {
	made := &Roll{RollHeader: r.RollHeader, List: r.List}
	made.Lists, made.Changed = NewFiles(lists), NewFiles(changed)
	return ParseRoll(made.Bytes())
}

// ParseRoll reads a roll. Codes ascend and pseudonyms are distinct: a voter
// stands in it once. Errors: *[FormatError].
//
// It implements Roll.Parse of docs/protocol/roll.md.
func ParseRoll(b []byte) (*Roll, error) {
	return ReadRoll(bytes.NewReader(b))
}

// ReadRoll reads a roll as [ParseRoll] does.
func ReadRoll(in io.Reader) (*Roll, error) {
	lines := newLineReader(rollKind, rollLineLimit, in)
	r := &Roll{byCode: map[string]int{}, byPseudonym: map[Pseudonym]int{}}
	if err := lines.header(&r.RollHeader); err != nil {
		return nil, err
	}
	if r.Changeset < 0 || r.Voters < 0 || r.Changeset > maxInteger {
		return nil, badField(rollKind, "changeset", "a number is out of range")
	}
	for field, f := range map[string]*Files{"lists.count": r.Lists, "changed.count": r.Changed} {
		if f != nil && (f.Count < 1 || f.Count > maxInteger) {
			return nil, badField(rollKind, field, "the number is out of range")
		}
	}
	if r.Changed != nil && r.Lists == nil {
		return nil, badField(rollKind, "changed", "there are no lists whose codes have changed")
	}
	var err error
	r.List, err = readLines(lines, r.Voters, func(i int, v *Voter) error { return r.accept(lines.name(), i, v) })
	if err != nil {
		return nil, err
	}
	return r, nil
}

// accept checks voter i and enters it in the indexes.
func (r *Roll) accept(line string, i int, v *Voter) error {
	if r.last >= v.Code {
		return badField(line, "code", "not in ascending order, or there twice")
	}
	if err := r.acceptCodes(line, i, v); err != nil {
		return err
	}
	if _, twice := r.byPseudonym[v.Pseudonym]; twice {
		return badField(line, "pseudonym", "it is another voter's")
	}
	check := &validator{}
	check.name("name", v.Name)
	check.match("district", v.District, districtID)
	check.match("parish", v.Parish, parishCode)
	if check.err != nil {
		return relabel(check.err, line)
	}
	r.byPseudonym[v.Pseudonym], r.last = i, v.Code
	return nil
}

// acceptCodes enters all codes of voter i: who had a code before is nobody else now.
func (r *Roll) acceptCodes(line string, i int, v *Voter) error {
	for k, code := range v.Codes() {
		field := "code"
		if k > 0 {
			field = indexed("former", k-1)
		}
		if !personCode.MatchString(code) {
			return badField(line, field, "it has not the form %s", personCode)
		}
		if _, twice := r.byCode[code]; twice {
			return badField(line, field, "it is a code of another voter, or there twice")
		}
		r.byCode[code] = i
	}
	return nil
}

// Codes lists the voter's present code and then the former ones.
func (v *Voter) Codes() []string { return append([]string{v.Code}, v.Former...) }

// Is says whether a code is or was the voter's.
func (v *Voter) Is(code string) bool { return slices.Contains(v.Codes(), code) }

// Bytes returns the stored form. Its hash is the artefact on the board.
func (r *Roll) Bytes() []byte {
	var b bytes.Buffer
	writeLine(&b, r.RollHeader)
	for _, v := range r.List {
		writeLine(&b, v)
	}
	return b.Bytes()
}

// Hash returns the commitment to the roll that the board holds.
func (r *Roll) Hash() Hash { return HashOf(r.Bytes()) }

// ByCode returns the voter who has a personal code, or had it before: a certificate
// that was issued before the code changed still names the old one.
func (r *Roll) ByCode(code string) (*Voter, bool) {
	i, ok := r.byCode[code]
	if !ok {
		return nil, false
	}
	return &r.List[i], true
}

// ByPseudonym returns the voter behind a pseudonym.
func (r *Roll) ByPseudonym(p Pseudonym) (*Voter, bool) {
	i, ok := r.byPseudonym[p]
	if !ok {
		return nil, false
	}
	return &r.List[i], true
}

// Check checks the roll against the manifest: of this election, every code one of
// the country's, and every voter in a district and parish that exist. Errors: *[FormatError] with the line.
//
// It implements Roll.Check of docs/protocol/roll.md.
func (r *Roll) Check(m *Manifest) error {
	if r.Election != m.Fingerprint() {
		return badField(rollKind, "election", "it is another election")
	}
	for i, v := range r.List {
		line := fmt.Sprintf("%s line %d", rollKind, i+2)
		for _, code := range v.Codes() {
			if _, err := m.ParseCode(code); err != nil {
				return badField(line, "code", "%v", err)
			}
		}
		d, ok := m.District(v.District)
		if !ok {
			return badField(line, "district", "%q is not in the manifest", v.District)
		}
		if !slices.Contains(d.Parishes, v.Parish) {
			return badField(line, "parish", "%q is not in district %s", v.Parish, v.District)
		}
	}
	return nil
}
