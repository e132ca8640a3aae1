package eid

import (
	_ "embed"
	"fmt"
	"strings"
)

// form is a fixed text with named fields, written {name}, each once. A field is
// followed by '<' or '"' in the text, so its value contains neither.
type form struct {
	texts []string // len(names) + 1
	names []string
}

var (
	//go:embed form/manifest.xml
	manifestText string
	//go:embed form/signatures0.xml
	signaturesText string

	manifestForm   = newForm(manifestText)
	signaturesForm = newForm(signaturesText)

	// What is digested are these two elements of the signature file, with the
	// very bytes that they have there: the form writes them canonical.
	signedInfoForm       = newForm(element(signaturesText, "ds:SignedInfo"))
	signedPropertiesForm = newForm(element(signaturesText, "xades:SignedProperties"))

	// A time-stamp covers this one, which the form does not write canonical: the
	// namespace is declared above it.
	signatureValueForm = newForm(strings.Replace(element(signaturesText, "ds:SignatureValue"),
		"<ds:SignatureValue", `<ds:SignatureValue xmlns:ds="http://www.w3.org/2000/09/xmldsig#"`, 1))
)

// newForm cuts a text at its fields.
func newForm(text string) *form {
	f := &form{}
	for {
		before, rest, found := strings.Cut(text, "{")
		f.texts = append(f.texts, before)
		if !found {
			return f
		}
		name, after, _ := strings.Cut(rest, "}")
		f.names = append(f.names, name)
		text = after
	}
}

// element cuts an element that occurs once out of a text.
func element(text, name string) string {
	start := strings.Index(text, "<"+name+" ")
	end := "</" + name + ">"
	return text[start : strings.Index(text, end)+len(end)]
}

// fill writes the text with its fields' values.
func (f *form) fill(values map[string]string) []byte {
	var b strings.Builder
	for i, name := range f.names {
		b.WriteString(f.texts[i])
		b.WriteString(values[name])
	}
	b.WriteString(f.texts[len(f.names)])
	return []byte(b.String())
}

// read gives the values in b, if b is the text with some values filled in.
func (f *form) read(b []byte) (map[string]string, error) {
	rest, values := string(b), make(map[string]string, len(f.names))
	for i, text := range f.texts {
		after, found := strings.CutPrefix(rest, text)
		if !found {
			return nil, fmt.Errorf("byte %d: it is not the text of the form %s", len(b)-len(rest)+common(rest, text), f.place(i))
		}
		if i == len(f.names) {
			if after != "" {
				return nil, fmt.Errorf("%d bytes follow its end", len(after))
			}
			return values, nil
		}
		end := strings.IndexAny(after, `<"`)
		if end < 0 {
			return nil, fmt.Errorf("it ends in the field %s", f.names[i])
		}
		values[f.names[i]] = after[:end]
		rest = after[end:]
	}
	return values, nil
}

// place says in words where the i-th text is.
func (f *form) place(i int) string {
	if i == 0 {
		return "at its beginning"
	}
	return "after the field " + f.names[i-1]
}

// common is the length of the longest common prefix.
func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
