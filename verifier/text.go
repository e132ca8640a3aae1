package verifier

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"

	"valik/election"
)

var marks = map[Status]string{Pass: "✓", Fail: "✗", NotPossible: "–"}

// Text returns the report for people: a line a check, the result, and as the
// last line what it comes to.
func (r *Report) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s\nfingerprint %s\n\n", r.Election, r.Title, r.Fingerprint)
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

func (c *CheckResult) write(b *strings.Builder, width int) {
	fmt.Fprintf(b, " %s %-*s  %s", marks[c.Status], width, c.ID, c.Title)
	if c.Count > 0 {
		fmt.Fprintf(b, " (%d)", c.Count)
	}
	b.WriteString("\n")
	indent := strings.Repeat(" ", width+5)
	if c.Status == NotPossible {
		fmt.Fprintf(b, "%snot possible with this record, %s\n", indent, c.Detail)
	}
	for _, f := range c.Failures {
		fmt.Fprintf(b, "%s%s\n", indent, f)
	}
	if more := c.FailureCount - len(c.Failures); more > 0 {
		fmt.Fprintf(b, "%sand %d more\n", indent, more)
	}
}

func (r *Report) conclusion() string {
	if !r.Verified {
		bad := r.Failed()
		if len(bad) == 0 {
			bad = r.Missing()
		}
		return "NOT VERIFIED: " + strings.Join(bad, ", ")
	}
	if missing := r.Missing(); len(missing) > 0 {
		return fmt.Sprintf("%d checks passed, %d were not possible: %s\nverified", len(r.Checks)-len(missing), len(missing), strings.Join(missing, ", "))
	}
	return fmt.Sprintf("%d checks passed\nverified", len(r.Checks))
}

// shownChoices is how many of a list's choices the text names.
const shownChoices = 3

func (r *Report) writeResult(b *strings.Builder) {
	t := r.Result.Totals
	fmt.Fprintf(b, "%d ballots counted, %d votes, %d blank, %d invalid\n", t.Ballots, t.Votes, t.Blank, t.Invalid)
	for _, l := range r.Result.Lists {
		top := append([]election.Count(nil), l.Counts...)
		sort.SliceStable(top, func(i, k int) bool { return top[i].Votes > top[k].Votes })
		fmt.Fprintf(b, "  %-16s %6d ballots", l.Contest+" "+l.District, l.Ballots)
		for _, c := range top[:min(shownChoices, len(top))] {
			fmt.Fprintf(b, "  %s %d", pad(r.names[l.Contest+" "+c.Code], 24), c.Votes)
		}
		b.WriteString("\n")
	}
}

// pad fills a name with blanks to a number of characters.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s)))
}
