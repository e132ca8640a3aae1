//go:build gui

package window

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/stretchr/testify/require"
)

// role is what something is on the screen, by AT-SPI's numbers.
type role uint32

const (
	anImage   role = 27
	aSecret   role = 40
	aCheckBox role = 7
	aButton   role = 43
	aRadio    role = 44
	aHeading  role = 83
	aLink     role = 88
	aDocument role = 95
)

// States of AT-SPI, by their bits.
const (
	stateChecked   = 4
	stateFocused   = 12
	stateSensitive = 24
	stateVisible   = 30
)

// element is something on the screen: which program has it, and its name there.
type element struct {
	Program string
	Path    dbus.ObjectPath
}

// reader reads the session's windows, and acts on them, as a screen reader does.
type reader struct {
	*session
	bus *dbus.Conn
}

// newReader connects to the bus for accessibility, which starts it.
func (s *session) newReader() *reader {
	s.t.Helper()
	address := s.env[slices.IndexFunc(s.env, func(v string) bool { return strings.HasPrefix(v, "DBUS_SESSION") })]
	_, address, _ = strings.Cut(address, "=")
	session, err := dbus.Connect(address)
	require.NoError(s.t, err)
	defer session.Close()
	var where string
	err = session.Object("org.a11y.Bus", "/org/a11y/bus").Call("org.a11y.Bus.GetAddress", 0).Store(&where)
	require.NoError(s.t, err, "install Debian's package at-spi2-core")
	bus, err := dbus.Connect(where)
	require.NoError(s.t, err)
	s.t.Cleanup(func() { require.NoError(s.t, bus.Close()) })
	return &reader{session: s, bus: bus}
}

// ask asks an element; an error says that it has gone, as elements do.
func (r *reader) ask(e element, method string, answer any, args ...any) error {
	return r.bus.Object(e.Program, e.Path).Call("org.a11y.atspi."+method, 0, args...).Store(answer)
}

func (r *reader) property(e element, name string, value any) {
	_ = r.bus.Object(e.Program, e.Path).StoreProperty("org.a11y.atspi.Accessible."+name, value)
}

func (r *reader) role(e element) (is role) {
	_ = r.ask(e, "Accessible.GetRole", &is)
	return is
}

func (r *reader) name(e element) (name string) {
	r.property(e, "Name", &name)
	return name
}

func (r *reader) text(e element) (text string) {
	_ = r.ask(e, "Text.GetText", &text, int32(0), int32(-1))
	return text
}

func (r *reader) is(e element, state int) bool {
	var states []uint32
	err := r.ask(e, "Accessible.GetState", &states)
	return err == nil && len(states) > state/32 && states[state/32]>>(state%32)&1 == 1
}

// each shows an element and all that is in it, until enough says that it has seen enough.
func (r *reader) each(e element, enough func(element) bool) bool {
	if enough(e) {
		return true
	}
	// GetChildren leaves out the page, which is of another process.
	var count int32
	r.property(e, "ChildCount", &count)
	for i := range count {
		var child element
		if r.ask(e, "Accessible.GetChildAtIndex", &child, i) == nil && r.each(child, enough) {
			return true
		}
	}
	return false
}

// desktop is the root of all windows.
var desktop = element{"org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root"}

// find finds what is on the screen by its role and a part of its name.
func (r *reader) find(what role, name string) (found element, ok bool) {
	ok = r.each(desktop, func(e element) bool {
		found = e
		return r.role(e) == what && strings.Contains(r.name(e), name) && r.is(e, stateVisible)
	})
	return found, ok
}

// await waits for something on the screen that can be used.
func (r *reader) await(what role, name string) (found element) {
	r.t.Helper()
	r.until(func() bool {
		e, ok := r.find(what, name)
		found = e
		return ok && r.is(e, stateSensitive)
	}, "there is nothing of role %d that is called %q", what, name)
	return found
}

// until waits until something is so. If it does not come to it, it keeps a picture.
func (r *reader) until(so func() bool, message string, args ...any) {
	r.t.Helper()
	for end := time.Now().Add(soon); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			dir, err := os.MkdirTemp("", "valik-failed-")
			require.NoError(r.t, err)
			r.photographTo(dir + "/screen.png")
			require.FailNow(r.t, fmt.Sprintf(message, args...), "the screen: %s/screen.png; the page:\n%s", dir, r.page())
		}
	}
}

// acts lets an element do something. Between its finding and that the page may have put another
// one in its place, which is then asked in its stead.
func (r *reader) acts(what role, name, method string, args ...any) (acted element, done bool) {
	r.t.Helper()
	r.until(func() bool {
		acted = r.await(what, name)
		return r.ask(acted, method, &done, args...) == nil
	}, "role %d, called %q, does not take %s", what, name, method)
	return acted, done
}

// press does what an element is for.
func (r *reader) press(what role, name string) {
	r.t.Helper()
	_, done := r.acts(what, name, "Action.DoAction", int32(0))
	require.True(r.t, done, "%d %q", what, name)
}

// choose chooses one of several.
func (r *reader) choose(name string) {
	r.t.Helper()
	r.press(aRadio, name)
	r.until(func() bool { return r.is(r.await(aRadio, name), stateChecked) }, "%s is not chosen", name)
}

// fill types into a field.
func (r *reader) fill(what role, name, text string) {
	r.t.Helper()
	field, _ := r.acts(what, name, "Component.GrabFocus")
	r.until(func() bool { return r.is(field, stateFocused) }, "%q does not take the focus", name)
	r.keys(text)
	r.until(func() bool { return len([]rune(r.text(field))) == len([]rune(text)) }, "%q does not take the keys", name)
}

// scrollTo brings something into sight.
func (r *reader) scrollTo(what role, name string) {
	r.t.Helper()
	const anywhere uint32 = 6
	_, done := r.acts(what, name, "Component.ScrollTo", anywhere)
	require.True(r.t, done, name)
}

// height is that of an element, in pixels.
func (r *reader) height(e element) int32 {
	var at struct{ X, Y, Width, Height int32 }
	const ofScreen uint32 = 0
	_ = r.ask(e, "Component.GetExtents", &at, ofScreen)
	return at.Height
}

// page is all the text of the page that is in the window.
func (r *reader) page() string {
	var parts []string
	document, ok := r.find(aDocument, "")
	if !ok {
		return ""
	}
	r.each(document, func(e element) bool {
		// What is in an element stands in its text as one sign, and follows.
		parts = append(parts, strings.ReplaceAll(r.text(e), "\ufffc", ""))
		return false
	})
	return strings.Join(parts, "\n")
}

// reads waits until the page has a text.
func (r *reader) reads(text string) {
	r.t.Helper()
	r.until(func() bool { return strings.Contains(r.page(), text) }, "the page does not say %q", text)
}
