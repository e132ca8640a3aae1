package verifier

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"valik/election"
)

var marks = map[Status]string{Pass: "✓", Fail: "✗", NotPossible: "–"}

// The text fits into a terminal and on paper.
const (
	textWidth    = 110
	shownChoices = 3 // of a list
	nameWidth    = 20
)

// Text returns the report for people: a line a check, the result, and as the
// last line what it comes to.
//
// It implements Report.Text of docs/protocol/verify.md.
func (r *Report) Text() string {
	var b strings.Builder
	r.writeHead(&b)
	width := 0
	for _, c := range r.Checks {
		width = max(width, len(c.ID))
	}
	for _, c := range r.Checks {
		c.write(&b, width)
	}
	if r.Result != nil && len(r.Failed()) == 0 {
		b.WriteString("\n")
		r.writeResult(&b)
	}
	b.WriteString("\n" + r.conclusion() + "\n")
	return b.String()
}

func (r *Report) writeHead(b *strings.Builder) {
	if r.Fingerprint == "" {
		b.WriteString("An election whose manifest cannot be read\n\n")
		return
	}
	fmt.Fprintf(b, "Election     %s  %s\n", r.Election, r.Title)
	fmt.Fprintf(b, "Fingerprint  %s\n", r.Fingerprint)
	if !r.Pinned {
		b.WriteString("             Compare it with one that you have from elsewhere: nobody has said which election this should be.\n")
	}
	b.WriteString("\n")
}

func (c *CheckResult) write(b *strings.Builder, width int) {
	fmt.Fprintf(b, " %s %-*s  %s", marks[c.Status], width, c.ID, c.Title)
	if c.Count > 0 {
		fmt.Fprintf(b, " (%d)", c.Count)
	}
	b.WriteString("\n")
	if c.Status == NotPossible {
		writeWrapped(b, width+5, "not possible: "+c.Detail)
	}
	if c.Note != "" {
		writeWrapped(b, width+5, c.Note)
	}
	for _, f := range c.Failures {
		writeWrapped(b, width+5, f)
	}
	if more := c.FailureCount - len(c.Failures); more > 0 {
		writeWrapped(b, width+5, fmt.Sprintf("and %d more", more))
	}
}

// writeWrapped writes words, indented, in lines that fit.
func writeWrapped(b *strings.Builder, indent int, text string) {
	column := 0
	for _, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case column == 0:
			b.WriteString(strings.Repeat(" ", indent))
			column = indent
		case column+1+n > textWidth:
			b.WriteString("\n" + strings.Repeat(" ", indent+2))
			column = indent + 2
		default:
			b.WriteString(" ")
			column++
		}
		b.WriteString(word)
		column += n
	}
	b.WriteString("\n")
}

func (r *Report) conclusion() string {
	failed, missing := r.Failed(), r.Missing()
	summary := fmt.Sprintf("%d checks passed", len(r.Checks)-len(failed)-len(missing))
	if len(failed) > 0 {
		summary += fmt.Sprintf(", %d failed", len(failed))
	}
	if len(missing) > 0 {
		summary += fmt.Sprintf(", %d were not possible", len(missing))
	}
	switch {
	case r.Verified:
		return summary + "\nverified" + r.mark()
	case len(failed) > 0:
		return summary + "\nNOT VERIFIED: " + strings.Join(failed, ", ")
	}
	return summary + "\nNOT VERIFIED: " + strings.Join(missing, ", ")
}

// mark keeps a rehearsal's verdict from being read as that of an election.
func (r *Report) mark() string {
	if r.Rehearsal {
		return " (a rehearsal: its result counts for nothing)"
	}
	return ""
}

func (r *Report) writeResult(b *strings.Builder) {
	t := r.Result.Totals
	fmt.Fprintf(b, "%d ballots counted: %d votes, %d blank, %d invalid. Most votes in each district:\n", t.Ballots, t.Votes, t.Blank, t.Invalid)
	contest, district := 0, 0
	for _, l := range r.Result.Lists {
		contest, district = max(contest, len(l.Contest)), max(district, len(l.District))
	}
	for _, l := range r.Result.Lists {
		line := fmt.Sprintf("  %-*s  %-*s %6d ballots", contest, l.Contest, district, l.District, l.Ballots)
		for _, c := range most(l.Counts) {
			line += fmt.Sprintf("  %s %5d", fit(r.names[l.Contest+" "+c.Code], nameWidth), c.Votes)
		}
		b.WriteString(line + "\n")
	}
}

// most returns the choices with the most votes, those of equal votes in the
// order of the manifest.
func most(counts []election.Count) []election.Count {
	top := slices.Clone(counts)
	slices.SortStableFunc(top, func(a, b election.Count) int { return cmp.Compare(b.Votes, a.Votes) })
	return top[:min(shownChoices, len(top))]
}

// fit brings a name to a number of characters.
func fit(s string, width int) string {
	runes := []rune(s)
	if len(runes) > width {
		return string(runes[:width-1]) + "…"
	}
	return s + strings.Repeat(" ", width-len(runes))
}
