//go:build cgo

package token

import (
	"errors"
	"unsafe"

	"github.com/miekg/pkcs11"
)

// library11 is the driver of a loaded module.
type library11 struct{ c *pkcs11.Ctx }

func load(path string) (driver, error) {
	c := pkcs11.New(path)
	if c == nil {
		return nil, failModule(path, "it is not a PKCS #11 module, or something that it needs is missing")
	}
	return library11{c}, nil
}

// rvOf makes the library's errors ours.
func rvOf(err error) error {
	var code pkcs11.Error
	if errors.As(err, &code) {
		return rv(code)
	}
	return err
}

func (l library11) Initialize() error { return rvOf(l.c.Initialize()) }
func (l library11) Finalize() error   { return rvOf(l.c.Finalize()) }

func (l library11) Slots() ([]uint, error) {
	slots, err := l.c.GetSlotList(true)
	return slots, rvOf(err)
}

func (l library11) Token(slot uint) (tokenInfo, error) {
	i, err := l.c.GetTokenInfo(slot)
	return tokenInfo{i.Label, i.ManufacturerID, i.Model, i.SerialNumber, i.Flags, i.MinPinLen, i.MaxPinLen}, rvOf(err)
}

func (l library11) Mechanisms(slot uint) ([]uint, error) {
	list, err := l.c.GetMechanismList(slot)
	var types []uint
	for _, m := range list {
		types = append(types, m.Mechanism)
	}
	return types, rvOf(err)
}

func (l library11) OpenSession(slot uint) (uint, error) {
	s, err := l.c.OpenSession(slot, pkcs11.CKF_SERIAL_SESSION)
	return uint(s), rvOf(err)
}

func (l library11) CloseSession(session uint) error {
	return rvOf(l.c.CloseSession(pkcs11.SessionHandle(session)))
}

func (l library11) SessionState(session uint) (uint, error) {
	i, err := l.c.GetSessionInfo(pkcs11.SessionHandle(session))
	return i.State, rvOf(err)
}

// Login makes no copy of the PIN in Go's memory. The library makes one in C's, which
// it frees and does not overwrite.
func (l library11) Login(session, user uint, pin []byte) error {
	return rvOf(l.c.Login(pkcs11.SessionHandle(session), user, unsafe.String(unsafe.SliceData(pin), len(pin))))
}

// findLimit is more objects of a class than any token has.
const findLimit = 1000

func (l library11) Find(session, class uint, id []byte) ([]uint, error) {
	s := pkcs11.SessionHandle(session)
	template := []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_CLASS, class)}
	if id != nil {
		template = append(template, pkcs11.NewAttribute(pkcs11.CKA_ID, id))
	}
	if err := l.c.FindObjectsInit(s, template); err != nil {
		return nil, rvOf(err)
	}
	handles, _, err := l.c.FindObjects(s, findLimit)
	if err := errors.Join(rvOf(err), rvOf(l.c.FindObjectsFinal(s))); err != nil {
		return nil, err
	}
	objects := make([]uint, len(handles))
	for i, h := range handles {
		objects[i] = uint(h)
	}
	return objects, nil
}

func (l library11) Attribute(session, object, attribute uint) ([]byte, error) {
	list, err := l.c.GetAttributeValue(pkcs11.SessionHandle(session), pkcs11.ObjectHandle(object),
		[]*pkcs11.Attribute{pkcs11.NewAttribute(attribute, nil)})
	if err != nil || len(list) != 1 {
		return nil, rvOf(err)
	}
	return list[0].Value, nil
}

// saltPSS is the salt's length of PS256 in bytes.
const saltPSS = 32

func (l library11) SignInit(session, mechanism, key uint) error {
	var parameters []byte
	if mechanism == mechanismPSS {
		parameters = pkcs11.NewPSSParams(pkcs11.CKM_SHA256, pkcs11.CKG_MGF1_SHA256, saltPSS)
	}
	m := []*pkcs11.Mechanism{pkcs11.NewMechanism(mechanism, parameters)}
	return rvOf(l.c.SignInit(pkcs11.SessionHandle(session), m, pkcs11.ObjectHandle(key)))
}

func (l library11) Sign(session uint, data []byte) ([]byte, error) {
	signature, err := l.c.Sign(pkcs11.SessionHandle(session), data)
	return signature, rvOf(err)
}
