// Package text writes the words of a notice in the languages of an election.
package text

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"text/template"
	"time"
	"unicode"

	"valik/collector/notice"
	"valik/election"
)

//go:embed catalogue/*.txt
var catalogue embed.FS

// last is the language of who has no other that there is a text in.
const last = "en"

// rule is between the languages of one message.
const rule = "\n----\n\n"

// Config says what the texts are made of.
type Config struct {
	// Override has files such as et.txt that stand before those of this package; nil for none. Each
	// defines the templates "subject" and "body" over the fields of Fields.
	Override fs.FS
	Zone     *time.Location // of the times in the texts; default UTC
	Contact  election.Text  // whom to tell of a ballot that one did not cast
}

// Fields is what a template can name.
type Fields struct {
	Title, Time, Contact string
	// Rehearsal says that no vote counts.
	Rehearsal bool
}

// Texts are the texts of every language.
type Texts struct {
	templates map[string]*template.Template
	zone      *time.Location
	contact   election.Text
}

// New reads the texts and tries each of them, so that an error is met at the start and not
// with a voter's notice.
func New(c Config) (*Texts, error) {
	t := &Texts{map[string]*template.Template{}, c.Zone, c.Contact}
	if t.zone == nil {
		t.zone = time.UTC
	}
	if t.contactIn(last, nil) == "" {
		return nil, fmt.Errorf("notice: contact is missing: say whom a voter should tell")
	}
	own, err := fs.Sub(catalogue, "catalogue")
	if err != nil {
		return nil, err
	}
	if err := t.read(own); err != nil {
		return nil, err
	}
	if c.Override == nil {
		return t, nil
	}
	return t, t.read(c.Override)
}

func (t *Texts) read(folder fs.FS) error {
	names, err := fs.Glob(folder, "*.txt")
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return fmt.Errorf("notice: the folder of texts has no file such as et.txt")
	}
	for _, name := range names {
		// The error of a template names the file and the line.
		parsed, err := template.ParseFS(folder, name)
		if err != nil {
			return fmt.Errorf("notice: %w", err)
		}
		for _, rehearsal := range []bool{false, true} {
			if err := try(parsed, rehearsal); err != nil {
				return fmt.Errorf("notice: %s: %w", name, err)
			}
		}
		t.templates[strings.TrimSuffix(path.Base(name), ".txt")] = parsed
	}
	return nil
}

func try(parsed *template.Template, rehearsal bool) error {
	for _, part := range []string{"subject", "body"} {
		text, err := execute(parsed, part, Fields{"title", "time", "contact", rehearsal})
		if err != nil {
			return err
		}
		if strings.TrimSpace(text) == "" {
			return fmt.Errorf("the template %q is empty", part)
		}
	}
	return nil
}

// Has says whether there is a text in a language.
func (t *Texts) Has(language string) bool { return t.templates[language] != nil }

// Write gives the one line of the subject, in the first language, and the body in all
// languages of the election that there are texts in. The voter's own language, if any, comes first.
func (t *Texts) Write(n notice.Notice, own string) (subject, body string, err error) {
	var bodies []string
	for i, language := range t.languages(n.Languages, own) {
		f := t.fields(n, language)
		if i == 0 {
			if subject, err = execute(t.templates[language], "subject", f); err != nil {
				return "", "", err
			}
		}
		text, err := execute(t.templates[language], "body", f)
		if err != nil {
			return "", "", err
		}
		bodies = append(bodies, strings.TrimSpace(text)+"\n")
	}
	return line(subject), strings.Join(bodies, rule), nil
}

func (t *Texts) languages(election []string, own string) []string {
	var all []string
	for _, l := range append([]string{own}, election...) {
		if t.Has(l) && !slices.Contains(all, l) {
			all = append(all, l)
		}
	}
	if len(all) == 0 {
		return []string{last}
	}
	return all
}

func (t *Texts) fields(n notice.Notice, language string) Fields {
	return Fields{
		Title:   line(n.Title.In(language, n.Languages...)),
		Time:    n.Cast.In(t.zone).Format("2006-01-02 15:04 MST"),
		Contact: t.contactIn(language, n.Languages),

		Rehearsal: n.Rehearsal,
	}
}

// contactIn prefers the languages of the election to any other.
func (t *Texts) contactIn(language string, election []string) string {
	others := append(slices.Clone(election), last)
	for l := range t.contact {
		others = append(others, l)
	}
	slices.Sort(others[len(election)+1:])
	return strings.TrimSpace(t.contact.In(language, others...))
}

func execute(t *template.Template, part string, f Fields) (string, error) {
	var out strings.Builder
	err := t.ExecuteTemplate(&out, part, f)
	return out.String(), err
}

// line keeps a title to one line and to visible characters: in a subject it could begin a
// header, in a body it could pass for the words of the election office.
func line(s string) string {
	visible := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(visible), " ")
}
