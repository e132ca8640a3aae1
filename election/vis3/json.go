package vis3

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"unicode/utf8"
)

// sizeLimit is the most bytes that a JSON file may have.
const sizeLimit = 64 << 20

// reader reads JSON token by token: the order of objects' keys is the order of
// lists and candidates on the screen, which maps would lose, and a key that is
// there twice is refused, which encoding/json would not notice.
type reader struct {
	file  string
	src   []byte
	dec   *json.Decoder
	codes bool // the texts may be personal codes, which no error repeats
}

func newReader(file string, src []byte) (*reader, error) {
	r := &reader{file: file, src: src, dec: json.NewDecoder(bytes.NewReader(src))}
	if len(src) > sizeLimit {
		return nil, &Error{file, 1, fmt.Sprintf("more than %d bytes", sizeLimit)}
	}
	if !utf8.Valid(src) {
		return nil, &Error{file, invalidLine(src), "not UTF-8"}
	}
	return r, nil
}

// invalidLine is the line of the first byte that is not UTF-8.
func invalidLine(src []byte) int {
	i := 0
	for i < len(src) {
		c, n := utf8.DecodeRune(src[i:])
		if c == utf8.RuneError && n == 1 {
			break
		}
		i += n
	}
	return 1 + bytes.Count(src[:i], []byte("\n"))
}

// fail is the refusal of what was read last.
func (r *reader) fail(format string, args ...any) error {
	before := r.src[:min(int(r.dec.InputOffset()), len(r.src))]
	return &Error{r.file, 1 + bytes.Count(before, []byte("\n")), fmt.Sprintf(format, args...)}
}

// quote is a text for an error.
func (r *reader) quote(s string) string {
	if r.codes {
		return "a text"
	}
	return fmt.Sprintf("%.80q", s)
}

func (r *reader) token() (json.Token, error) {
	t, err := r.dec.Token()
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return nil, r.fail("the end came too early")
	case errors.As(err, &syntax):
		before := r.src[:min(int(syntax.Offset), len(r.src))]
		return nil, &Error{r.file, 1 + bytes.Count(before, []byte("\n")), syntax.Error()}
	case err != nil:
		return nil, r.fail("%v", err)
	}
	return t, nil
}

func (r *reader) expect(d json.Delim, what string) error {
	t, err := r.token()
	if err == nil && t != d {
		err = r.fail("%s is expected", what)
	}
	return err
}

// object reads an object and calls each after every key, to read its value.
func (r *reader) object(each func(key string) error) error {
	if err := r.expect('{', "an object"); err != nil {
		return err
	}
	seen := map[string]bool{}
	for r.dec.More() {
		key, err := r.text()
		if err != nil {
			return err
		}
		if seen[key] {
			return r.fail("the key %s is there twice", r.quote(key))
		}
		seen[key] = true
		if err := each(key); err != nil {
			return err
		}
	}
	return r.expect('}', "the end of the object")
}

// list reads an array of texts, each of a form and none twice.
func (r *reader) list(form *regexp.Regexp) ([]string, error) {
	if err := r.expect('[', "a list"); err != nil {
		return nil, err
	}
	var all []string
	seen := map[string]bool{}
	for r.dec.More() {
		s, err := r.match(form)
		if err != nil {
			return nil, err
		}
		if seen[s] {
			return nil, r.fail("%s is there twice", r.quote(s))
		}
		seen[s] = true
		all = append(all, s)
	}
	return all, r.expect(']', "the end of the list")
}

func (r *reader) text() (string, error) {
	t, err := r.token()
	if err != nil {
		return "", err
	}
	s, ok := t.(string)
	if !ok {
		return "", r.fail("a text is expected")
	}
	return s, nil
}

// match reads a text of a form.
func (r *reader) match(form *regexp.Regexp) (string, error) {
	s, err := r.text()
	if err == nil && !form.MatchString(s) {
		err = r.fail("%s has not the form %s", r.quote(s), form)
	}
	return s, err
}

// key checks the form of a key just read.
func (r *reader) key(s string, form *regexp.Regexp) error {
	if !form.MatchString(s) {
		return r.fail("the key %.80q has not the form %s", s, form)
	}
	return nil
}

// fields reads an object with exactly these fields.
func (r *reader) fields(read map[string]func() error) error {
	seen := 0
	err := r.object(func(key string) error {
		f, ok := read[key]
		if !ok {
			return r.fail("the key %.80q is not known", key)
		}
		seen++
		return f()
	})
	if err == nil && seen < len(read) {
		err = r.fail("%d of the keys are missing", len(read)-seen)
	}
	return err
}

// whole reads the file as one object with exactly these fields and nothing
// after it.
func (r *reader) whole(read map[string]func() error) error {
	if err := r.fields(read); err != nil {
		return err
	}
	if _, err := r.dec.Token(); !errors.Is(err, io.EOF) {
		return r.fail("something stands after the end")
	}
	return nil
}
