// Package token signs and authenticates with a card or a token over PKCS #11 v2.40
// (OASIS): an eID card in its reader, an official's USB token, a hardware module.
//
// The module (the card's driver, a shared library) runs inside of this process, and
// is trusted with the PIN. What it signs is not trusted: package eid verifies every
// signature before it goes out.
//
// A call into a module may wait for the card and for the person at a PIN pad, and
// nothing can interrupt it: a context is honoured before each call and while another
// operation has the module, not during a call.
//
// Programs that are built without cgo have no modules: Open says ErrNoCgo.
package token

import (
	"context"
	"path/filepath"
	"sync"
	"sync/atomic"
)

// library is one loaded module. PKCS #11 has one state for each library in a
// process, so all that open the same file share it. It is never unloaded: modules
// leave threads and exit handlers behind, and programs crashed of it.
type library struct {
	driver driver
	turn   chan struct{} // holds one value while an operation has the module
	users  int           // guarded by libraries
	up     bool          // initialised; guarded by turn
	ours   bool          // and by us, so that we finalise it; guarded by turn
	epoch  int           // how often it was started; guarded by turn
}

var libraries = struct {
	sync.Mutex
	byPath map[string]*library
}{byPath: map[string]*library{}}

// Module is an open PKCS #11 module. It may be used by many goroutines: one
// operation at a time has the module, the others wait.
type Module struct {
	lib    *library
	closed atomic.Bool
}

// Open loads the module of an absolute path, such as
// /usr/lib/x86_64-linux-gnu/opensc-pkcs11.so. A name alone would leave it to the
// machine's search path which code sees the PIN. Errors: ErrNoCgo, ErrModule, or a
// *DriverError.
func Open(path string) (*Module, error) {
	if !filepath.IsAbs(path) {
		return nil, failModule(path, "its path is not absolute")
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, failModule(path, "there is no such file")
	}
	lib, err := libraryOf(real)
	if err != nil {
		return nil, err
	}
	m := &Module{lib: lib}
	o, err := lib.begin(context.Background())
	if err == nil {
		o.end()
		return m, nil
	}
	_ = m.Close() // the reason why it does not start says more
	return nil, err
}

func libraryOf(path string) (*library, error) {
	libraries.Lock()
	defer libraries.Unlock()
	lib, known := libraries.byPath[path]
	if !known {
		d, err := load(path)
		if err != nil {
			return nil, err
		}
		lib = &library{driver: d, turn: make(chan struct{}, 1)}
		libraries.byPath[path] = lib
	}
	lib.users++
	return lib, nil
}

// Close ends the use of the module. Keys of it are dead when the last Module of the
// same file is closed.
func (m *Module) Close() error {
	if m.closed.Swap(true) {
		return nil
	}
	libraries.Lock()
	m.lib.users--
	libraries.Unlock()
	m.lib.turn <- struct{}{}
	defer func() { <-m.lib.turn }()
	return m.lib.stop()
}

// stop finalises a module that nobody uses any more.
func (l *library) stop() error {
	libraries.Lock()
	defer libraries.Unlock()
	if l.users > 0 || !l.up || !l.ours {
		return nil
	}
	l.up = false
	if err := l.driver.Finalize(); err != nil && codeOf(err) != ckrNotInitialized {
		return explain("C_Finalize", err)
	}
	return nil
}

// begin waits until no other operation has the module, and starts it if it is not
// running.
func (m *Module) begin(ctx context.Context) (*operation, error) {
	if m.closed.Load() {
		return nil, ErrClosed
	}
	return m.lib.begin(ctx)
}

func (l *library) begin(ctx context.Context) (*operation, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case l.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := l.start(); err != nil {
		<-l.turn
		return nil, err
	}
	return &operation{ctx: ctx, lib: l, driver: l.driver}, nil
}

// start initialises the module, at first and after somebody else in this process
// has finalised it.
func (l *library) start() error {
	if l.up {
		return nil
	}
	err := l.driver.Initialize()
	switch {
	case err == nil:
		l.up, l.ours = true, true
	case codeOf(err) == ckrAlreadyInitialized:
		l.up, l.ours = true, false
	default:
		return explain("C_Initialize", err)
	}
	l.epoch++
	return nil
}

// Token is what a slot of the module holds.
type Token struct {
	Slot         uint
	Label        string
	Manufacturer string
	Model        string
	Serial       string
	PIN          PINState

	blank         bool // never initialised
	pinPad        bool
	loginRequired bool
	pinLength     [2]int // least and greatest in bytes, 0 where the module does not say
}

// PINState is what PKCS #11 tells of a user PIN. It gives no count of the attempts
// that are left, and some modules never set these.
type PINState struct {
	Missing bool // no PIN was set
	Low     bool // a wrong PIN was given since the last right one
	Final   bool // one attempt is left
	Locked  bool // none is
}

// same says whether it is the same card, whatever the reader and the PIN's state.
func (t Token) same(other Token) bool {
	return t.Label == other.Label && t.Manufacturer == other.Manufacturer &&
		t.Model == other.Model && t.Serial == other.Serial
}

// Tokens lists the tokens that are in the module's slots. Errors: ErrClosed, a
// *DriverError, or the context's.
func (m *Module) Tokens(ctx context.Context) ([]Token, error) {
	o, err := m.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer o.end()
	return o.tokens()
}
