package election

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"unicode"
	"unicode/utf8"
)

// The grammars of identifiers. A contest's and a district's id together are the
// stem of file names: neither holds "-", so a stem splits in one way.
var (
	electionID = regexp.MustCompile(`^[A-Za-z0-9_]{1,28}$`)
	contestID  = regexp.MustCompile(`^[A-Za-z0-9_]{1,28}$`)
	districtID = regexp.MustCompile(`^[0-9]{4}\.[0-9]{1,2}$`)
	choiceCode = regexp.MustCompile(`^[A-Za-z0-9_.]{1,32}$`)
	parishCode = regexp.MustCompile(`^([0-9]{4}|FOREIGN)$`)
	// personCode is what a personal code of any country looks like; which ones there
	// are is for the manifest's profile to say.
	personCode = regexp.MustCompile(`^[0-9A-Za-z+/.-]{1,32}$`)
	language   = regexp.MustCompile(`^[a-z]{2,3}$`)
)

// Bounds that keep documents, ballots and proofs within the limits of their
// parsers.
const (
	maxText      = 1000 // bytes of a name or title
	maxContests  = 32
	maxSlots     = 100 // over all contests
	maxDistricts = 1000
	maxChoices   = 1 << 14 // of one list
	minMixers    = 2       // one mixer alone would know who voted what
	maxMixers    = 16
)

// Validate checks everything that a manifest must fulfil beyond its form. The
// error is a *[FormatError] with code bad_field that names the field.
//
// It implements Manifest.Validate of docs/protocol/manifest.md.
func (m *Manifest) Validate() error {
	v := &validator{languages: m.Languages}
	m.validateFrame(v)
	m.validateAuthority(v)
	m.validateBoard(v)
	m.validateEID(v)
	m.validateTrustees(v)
	m.validateMixers(v)
	m.validateContests(v)
	m.validateDistricts(v)
	m.validateLists(v)
	m.validateRegistry(v)
	return v.err
}

func (m *Manifest) validateFrame(v *validator) {
	v.match("id", m.ID, electionID)
	v.check(len(m.Languages) > 0, "languages", "at least one is needed")
	for i, l := range m.Languages {
		v.match(indexed("languages", i), l, language)
	}
	v.unique("languages", m.Languages)
	v.text("title", m.Title)
	v.check(m.Opens < m.Closes, "closes", "%s is not after opens, %s", m.Closes, m.Opens)
	v.check(m.Profile == ProfileOpen || m.Profile == ProfileGuarded, "profile", "%q is neither open nor guarded", m.Profile)
	v.check(m.Rules.Invalid == InvalidReported, "rules.invalid", "%q is not a known rule", m.Rules.Invalid)
	v.check(m.Rules.Ties == TiesByLot, "rules.ties", "%q is not a known rule", m.Rules.Ties)
	v.check(m.Check.Limit >= 1 && m.Check.Limit <= 10, "check.limit", "%d is not from 1 to 10", m.Check.Limit)
	v.check(m.Check.Minutes >= 1 && m.Check.Minutes <= 24*60, "check.minutes", "%d is not from 1 to 1440", m.Check.Minutes)
}

func (m *Manifest) validateBoard(v *validator) {
	v.must("board", m.Policy().Validate())
	c := m.Collector
	v.check(isAddress(c.URL, "http", "https"), "collector.url", "%q is not an http address", c.URL)
	v.check(!c.Channel || isAddress(c.URL, "https"), "collector.channel", "%q has no TLS channel to bind to", c.URL)
	v.check(c.Cards == "" || isAddress(c.Cards, "https"), "collector.cards", "%q is not an https address", c.Cards)
	v.check(m.Collector.Key != Key{}, "collector.key", "the key is missing")
}

// isAddress says whether s is an address of one of these schemes, with nothing behind
// its path.
func isAddress(s string, schemes ...string) bool {
	u, err := url.Parse(s)
	return err == nil && slices.Contains(schemes, u.Scheme) && u.Host != "" && u.RawQuery == "" && u.Fragment == "" && u.User == nil
}

func (m *Manifest) validateTrustees(v *validator) {
	n := len(m.Trustees.Cards)
	v.check(n >= 1 && n <= 64, "trustees.cards", "%d trustees, not 1 to 64", n)
	v.check(m.Trustees.Threshold >= 1 && m.Trustees.Threshold <= n, "trustees.threshold", "%d is not from 1 to the number of trustees, %d", m.Trustees.Threshold, n)
	m.validateCards(v)
}

func (m *Manifest) validateMixers(v *validator) {
	ops := m.Mixers.Operators
	v.check(m.Mixers.Required >= minMixers, "mixers.required", "%d is less than %d", m.Mixers.Required, minMixers)
	v.check(m.Mixers.Required <= len(ops), "mixers.required", "%d of %d operators", m.Mixers.Required, len(ops))
	v.check(len(ops) <= maxMixers, "mixers.operators", "more than %d", maxMixers)
	var names, keys []string
	for i, o := range ops {
		v.name(indexed("mixers.operators", i)+".name", o.Name)
		v.check(o.Key != Key{}, indexed("mixers.operators", i)+".key", "the key is missing")
		names, keys = append(names, o.Name), append(keys, o.Key.String())
	}
	v.unique("mixers.operators", names)
	v.unique("mixers.operators", keys)
}

func (m *Manifest) validateContests(v *validator) {
	v.check(len(m.Contests) >= 1 && len(m.Contests) <= maxContests, "contests", "%d contests, not 1 to %d", len(m.Contests), maxContests)
	var ids []string
	slots := 0
	for i, c := range m.Contests {
		at := indexed("contests", i)
		v.match(at+".id", c.ID, contestID)
		v.text(at+".title", c.Title)
		v.check(c.Slots >= 1 && c.Slots <= maxSlots, at+".slots", "%d is not from 1 to %d", c.Slots, maxSlots)
		ids, slots = append(ids, c.ID), slots+min(c.Slots, maxSlots+1)
	}
	v.unique("contests", ids)
	v.check(slots <= maxSlots, "contests", "%d slots in all, not at most %d", slots, maxSlots)
}

func (m *Manifest) validateDistricts(v *validator) {
	v.check(len(m.Districts) >= 1 && len(m.Districts) <= maxDistricts, "districts", "%d districts, not 1 to %d", len(m.Districts), maxDistricts)
	var ids []string
	for i, d := range m.Districts {
		at := indexed("districts", i)
		v.match(at+".id", d.ID, districtID)
		v.name(at+".name", d.Name)
		v.check(len(d.Parishes) > 0, at+".parishes", "at least one is needed")
		for j, p := range d.Parishes {
			v.match(indexed(at+".parishes", j), p, parishCode)
		}
		v.unique(at+".parishes", d.Parishes)
		ids = append(ids, d.ID)
	}
	v.unique("districts", ids)
}

// validator keeps the first fault.
type validator struct {
	languages []string
	err       error
}

func (v *validator) check(ok bool, field, format string, args ...any) {
	if !ok && v.err == nil {
		v.err = badField(manifestKind, field, format, args...)
	}
}

func (v *validator) must(field string, err error) {
	v.check(err == nil, field, "%v", err)
}

func (v *validator) match(field, s string, grammar *regexp.Regexp) {
	v.check(grammar.MatchString(s), field, "%.80q does not have the form %s", s, grammar)
}

// name checks words that people read: control and invisible characters could
// make two names look alike or draw on screens.
func (v *validator) name(field, s string) {
	v.check(s != "" && len(s) <= maxText && utf8.ValidString(s), field, "a text of 1 to %d bytes is needed", maxText)
	for _, r := range s {
		v.check(unicode.IsPrint(r), field, "the character %U cannot be shown", r)
	}
}

// text checks that every language has the text, and no other.
func (v *validator) text(field string, t Text) {
	for _, l := range v.languages {
		v.name(field+"."+l, t[l])
	}
	for l := range t {
		v.check(slices.Contains(v.languages, l), field+"."+l, "not a language of the manifest")
	}
}

func (v *validator) unique(field string, all []string) {
	seen := make(map[string]bool, len(all))
	for _, s := range all {
		v.check(!seen[s], field, "%q is there twice", s)
		seen[s] = true
	}
}

func indexed(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }
