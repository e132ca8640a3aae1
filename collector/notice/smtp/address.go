package smtp

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	netmail "net/mail"
	"regexp"
	"strings"
	"unicode/utf8"

	"valik/collector/notice"
)

// longest is the longest line of a file of contacts, in bytes.
const longest = 1024

// personCode is the form that a roll demands of a code.
var personCode = regexp.MustCompile(`^[0-9A-Za-z+/.-]{1,32}$`)

// Address is where a voter gets mail, and in what language; empty: in the election's order.
type Address struct{ Mail, Language string }

// Addresses finds the address of a personal code, or gives notice.ErrNoAddress.
type Addresses interface {
	Of(code string) (Address, error)
}

// Template is an address with {code} in it, such as {code}@example.ee.
type Template string

// ParseTemplate refuses what gives all voters one address, or none.
func ParseTemplate(s string) (Template, error) {
	t := Template(s)
	if strings.Count(s, "{code}") != 1 {
		return "", fmt.Errorf("smtp: to must have {code} in it once, such as {code}@example.ee")
	}
	if _, err := t.Of("00000000000"); err != nil {
		return "", fmt.Errorf("smtp: to makes no address")
	}
	return t, nil
}

func (t Template) Of(code string) (Address, error) {
	a := strings.Replace(string(t), "{code}", code, 1)
	if !plain(a) {
		return Address{}, notice.ErrNoAddress
	}
	return Address{Mail: a}, nil
}

// Contacts are addresses by personal code.
type Contacts map[string]Address

func (c Contacts) Of(code string) (Address, error) {
	a, ok := c[code]
	if !ok {
		return Address{}, notice.ErrNoAddress
	}
	return a, nil
}

// ReadContacts reads lines of code, address and language, with tabs between them. A
// language must be one that has says there is a text in. Errors name the line, and never what is in it.
func ReadContacts(r io.Reader, has func(language string) bool) (Contacts, error) {
	contacts := Contacts{}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longest)
	lines.Split(splitLines)
	for n := 1; lines.Scan(); n++ {
		if err := contacts.add(lines.Text(), has); err != nil {
			return nil, fmt.Errorf("smtp: contacts: line %d: %w", n, err)
		}
	}
	if lines.Err() != nil {
		return nil, fmt.Errorf("smtp: contacts: a line has no end, or more than %d bytes, or cannot be read", longest-1)
	}
	return contacts, nil
}

// splitLines is strict: a file whose last line has no end was perhaps cut off.
func splitLines(data []byte, atEOF bool) (int, []byte, error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF && len(data) > 0 {
		return 0, nil, io.ErrUnexpectedEOF
	}
	return 0, nil, nil
}

func (c Contacts) add(line string, has func(string) bool) error {
	fields := strings.Split(line, "\t")
	if len(fields) != 3 || !utf8.ValidString(line) {
		return fmt.Errorf("it is not code, address and language, with tabs between them")
	}
	code, address, language := fields[0], fields[1], fields[2]
	if !personCode.MatchString(code) {
		return fmt.Errorf("the code is not one")
	}
	if !plain(address) {
		return fmt.Errorf("the address is not one, such as name@example.ee")
	}
	if !has(language) {
		return fmt.Errorf("there is no text in the language")
	}
	if _, ok := c[code]; ok {
		return fmt.Errorf("the code is there already")
	}
	c[code] = Address{address, language}
	return nil
}

// plain says whether s is one bare address in ASCII, without a name or comments.
func plain(s string) bool {
	a, err := netmail.ParseAddress(s)
	return err == nil && a.Address == s && ascii(s)
}

// ascii says whether all of s can be printed.
func ascii(s string) bool {
	for _, b := range []byte(s) {
		if b < ' ' || b > '~' {
			return false
		}
	}
	return true
}
