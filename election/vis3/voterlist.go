package vis3

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"valik/eid"
	"valik/election"
)

// VoterList is a voter list of version 2: the initial list, or a changeset.
type VoterList struct {
	Election  string
	Changeset int       // 0 for the initial list
	From, To  time.Time // what it is valid for
	Changes   []Change  // in the order of the file

	hash election.Hash // of the file
}

// Change adds or removes a voter.
type Change struct {
	Line   int
	Add    bool
	Code   string // personal code
	Name   string // as the fields below only of an addition
	Parish string // EHAK or FOREIGN
	Number string // of the district
}

const (
	voterListVersion = "2"
	add              = "lisamine"
	remove           = "kustutamine"
	maxName          = 100 // characters
	headerLines      = 4
)

// ParseVoterList reads a voter list: LF lines with TAB between fields, the last
// line ended too, with personal codes of the country's rules. Errors: *[Error] with
// the line.
//
// It implements Import.VoterList of docs/protocol/roll.md.
func ParseVoterList(b []byte, rules *eid.Rules) (*VoterList, error) {
	if !utf8.Valid(b) {
		return nil, &Error{voterList, invalidLine(b), "not UTF-8"}
	}
	lines := strings.Split(string(b), "\n")
	last := len(lines) - 1
	if lines[last] != "" {
		return nil, &Error{voterList, last + 1, "the line has no end"}
	}
	lines = lines[:last]
	l, err := parseListHeader(lines)
	if err != nil {
		return nil, err
	}
	l.hash = election.HashOf(b)
	for i, line := range lines[headerLines:] {
		at := headerLines + i + 1
		c, err := parseChange(line, rules)
		if err != nil {
			return nil, &Error{voterList, at, err.Error()}
		}
		c.Line = at
		l.Changes = append(l.Changes, *c)
	}
	return l, nil
}

const voterList = "voter list"

func parseListHeader(lines []string) (*VoterList, error) {
	if len(lines) < headerLines {
		return nil, &Error{voterList, len(lines) + 1, "the end came too early"}
	}
	refuse := func(line int, detail string) error { return &Error{voterList, line, detail} }
	if lines[0] != voterListVersion {
		return nil, refuse(1, fmt.Sprintf("version %.20q where 2 is expected", lines[0]))
	}
	if !electionID.MatchString(lines[1]) {
		return nil, refuse(2, fmt.Sprintf("%.40q is no election identifier", lines[1]))
	}
	n, err := strconv.Atoi(lines[2])
	if err != nil || n < 0 || strconv.Itoa(n) != lines[2] {
		return nil, refuse(3, fmt.Sprintf("%.20q is no changeset number", lines[2]))
	}
	from, to, ok := strings.Cut(lines[3], "\t")
	begin, err1 := time.Parse(time.RFC3339, from)
	end, err2 := time.Parse(time.RFC3339, to)
	if !ok || err1 != nil || err2 != nil {
		return nil, refuse(4, "two RFC 3339 times with TAB between them are expected")
	}
	if end.Before(begin) {
		return nil, refuse(4, "the period ends before it begins")
	}
	return &VoterList{Election: lines[1], Changeset: n, From: begin, To: end}, nil
}

func parseChange(line string, rules *eid.Rules) (*Change, error) {
	fields := strings.Split(line, "\t")
	switch {
	case fields[0] == add && len(fields) == 5:
		return parseAddition(fields, rules)
	case fields[0] == remove && len(fields) == 2:
		_, err := rules.ParseCode(fields[1])
		return &Change{Code: fields[1]}, err
	case fields[0] == add || fields[0] == remove:
		return nil, fmt.Errorf("%s with %d fields", fields[0], len(fields))
	}
	return nil, fmt.Errorf("%.40q is neither %s nor %s", fields[0], add, remove)
}

func parseAddition(fields []string, rules *eid.Rules) (*Change, error) {
	c := &Change{Add: true, Code: fields[1], Name: fields[2], Parish: fields[3], Number: fields[4]}
	if _, err := rules.ParseCode(c.Code); err != nil {
		return nil, err
	}
	if n := utf8.RuneCountInString(c.Name); n < 1 || n > maxName || strings.ContainsFunc(c.Name, control) {
		return nil, fmt.Errorf("a name has 1 to %d characters and no control characters", maxName)
	}
	if !parishCode.MatchString(c.Parish) {
		return nil, fmt.Errorf("%.20q is neither an EHAK code nor %s", c.Parish, foreign)
	}
	if n, err := strconv.Atoi(c.Number); err != nil || n < 0 || n > 99 || strconv.Itoa(n) != c.Number {
		return nil, fmt.Errorf("%.20q is no district number", c.Number)
	}
	return c, nil
}

func control(r rune) bool { return r < 0x20 || r == 0x7f }

// Bytes returns the file.
func (l *VoterList) Bytes() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n%s\n%d\n%s\t%s\n", voterListVersion, l.Election, l.Changeset,
		l.From.Format(time.RFC3339), l.To.Format(time.RFC3339))
	for _, c := range l.Changes {
		if c.Add {
			fmt.Fprintf(&b, "%s\t%s\t%s\t%s\t%s\n", add, c.Code, c.Name, c.Parish, c.Number)
		} else {
			fmt.Fprintf(&b, "%s\t%s\n", remove, c.Code)
		}
	}
	return b.Bytes()
}
