package keyring

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"valik/eid/token"
)

// uriScheme begins a PKCS #11 URI.
const uriScheme = "pkcs11:"

// uriLimit is more than any useful URI has, in bytes.
const uriLimit = 4096

// URI is a PKCS #11 URI (RFC 7512) as far as it chooses a key. Empty fields leave
// the choice open.
type URI struct {
	Module    string // module-path: absolute
	PINSource string // pin-source: absolute path of a private file

	Token, Manufacturer, Model, Serial string
	Object                             string
	Type                               string // "cert" or "private", which choose the same key
	ID                                 []byte
	Slot                               *uint
}

// The reasons why a URI is refused that deserve their own error.
var (
	// ErrPINValue: a PIN in a URI stands in the shell's history and in the list of
	// processes, for every user of the machine.
	ErrPINValue = errors.New("pin-value would stand in the shell's history and in the list of processes: leave it out and be asked, or use pin-source=file:PATH")
	// ErrNoModule: without a path the machine's search path would decide which
	// software sees the PIN.
	ErrNoModule = errors.New("module-path is missing: say ?module-path=/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so or the like")
)

// uriFields maps the attributes to fields. What is in the path chooses; what is in
// the query says how to get at it.
func (u *URI) uriFields() (path, query map[string]func(string) error) {
	text := func(field *string) func(string) error {
		return func(v string) error {
			if *field = v; v == "" || !printable(v) {
				return errors.New("it is empty or cannot be printed")
			}
			return nil
		}
	}
	return map[string]func(string) error{
		"token": text(&u.Token), "manufacturer": text(&u.Manufacturer), "model": text(&u.Model), "serial": text(&u.Serial),
		"object": text(&u.Object), "type": u.setType, "id": u.setID, "slot-id": u.setSlot,
	}, map[string]func(string) error{
		"module-path": u.setModule, "pin-source": u.setPINSource, "pin-value": func(string) error { return ErrPINValue },
	}
}

// ParseURI reads a PKCS #11 URI. It is strict: an attribute that is unknown, or there
// twice, might have meant another key. Errors never repeat a value: it may be a PIN
// in the wrong place.
func ParseURI(s string) (*URI, error) {
	rest, ok := strings.CutPrefix(s, uriScheme)
	if !ok || len(s) > uriLimit {
		return nil, fmt.Errorf("it does not begin with %s, or has more than %d bytes", uriScheme, uriLimit)
	}
	u := new(URI)
	pathFields, queryFields := u.uriFields()
	path, query, _ := strings.Cut(rest, "?")
	if err := readAttributes(path, ";", pathFields); err != nil {
		return nil, err
	}
	if err := readAttributes(query, "&", queryFields); err != nil {
		return nil, err
	}
	if u.Module == "" {
		return nil, ErrNoModule
	}
	return u, nil
}

func readAttributes(list, separator string, fields map[string]func(string) error) error {
	if list == "" {
		return nil
	}
	seen := map[string]bool{}
	for part := range strings.SplitSeq(list, separator) {
		name, value, ok := strings.Cut(part, "=")
		set := fields[name]
		if !ok || set == nil {
			return fmt.Errorf("one of its attributes is none of %s", strings.Join(sortedNames(fields), ", "))
		}
		if seen[name] {
			return fmt.Errorf("%s is there twice", name)
		}
		seen[name] = true
		decoded, err := url.PathUnescape(value)
		if err != nil {
			return fmt.Errorf("%s: a percent sign is not followed by two hex digits", name)
		}
		if err := set(decoded); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (u *URI) setType(v string) error {
	if u.Type = v; v != "cert" && v != "private" {
		return errors.New("it is neither cert nor private")
	}
	return nil
}

func (u *URI) setID(v string) error {
	if u.ID = []byte(v); len(v) == 0 {
		return errors.New("it is empty")
	}
	return nil
}

func (u *URI) setSlot(v string) error {
	n, err := strconv.ParseUint(v, 10, 32)
	if err != nil || strconv.FormatUint(n, 10) != v {
		return errors.New("it is not a number")
	}
	slot := uint(n)
	u.Slot = &slot
	return nil
}

func (u *URI) setModule(v string) error {
	if u.Module = v; !filepath.IsAbs(v) || !printable(v) {
		return errors.New("it is not an absolute path")
	}
	return nil
}

func (u *URI) setPINSource(v string) error {
	path, _ := strings.CutPrefix(v, "file:")
	path = strings.TrimPrefix(path, "//") // file:///path, with no host
	if u.PINSource = path; !filepath.IsAbs(path) || !printable(path) {
		return errors.New("it is not file: and an absolute path")
	}
	return nil
}

// choice is the choice that the URI makes.
func (u *URI) choice() token.Choice {
	return token.Choice{
		Label: u.Token, Manufacturer: u.Manufacturer, Model: u.Model, Serial: u.Serial,
		Slot: u.Slot, Object: u.Object, ID: u.ID,
	}
}

// String writes the URI in one form.
func (u *URI) String() string {
	var path []string
	for _, a := range [...][2]string{
		{"token", u.Token},
		{"manufacturer", u.Manufacturer},
		{"model", u.Model},
		{"serial", u.Serial},
		{"object", u.Object},
		{"type", u.Type},
	} {
		if a[1] != "" {
			path = append(path, a[0]+"="+url.PathEscape(a[1]))
		}
	}
	if u.ID != nil {
		path = append(path, "id=%"+strings.Join(pairs(hex.EncodeToString(u.ID)), "%"))
	}
	if u.Slot != nil {
		path = append(path, "slot-id="+strconv.FormatUint(uint64(*u.Slot), 10))
	}
	s := uriScheme + strings.ReplaceAll(strings.Join(path, ";"), "&", "%26") + "?module-path=" + escapeQuery(u.Module)
	if u.PINSource != "" {
		s += "&pin-source=file:" + escapeQuery(u.PINSource)
	}
	return s
}

// escapeQuery keeps a path readable: slashes may stand in the query.
func escapeQuery(v string) string {
	return strings.NewReplacer("%2F", "/", "&", "%26").Replace(url.PathEscape(v))
}

func pairs(digits string) []string {
	var list []string
	for i := 0; i+1 < len(digits); i += 2 {
		list = append(list, digits[i:i+2])
	}
	return list
}
