//go:build cgo

package token

import (
	"slices"
	"testing"
)

// injected stands between the package and the real SoftHSM and brings about what
// SoftHSM cannot: each field replaces the outcome of one call. All other calls
// reach the real token.
type injected struct {
	driver
	hideLogin bool                                      // sessions say that nobody is logged in
	fail      map[string]rv                             // by the call's name: it fails so
	token     func(tokenInfo) tokenInfo                 // what the token tells of itself
	sign      func(signature []byte) []byte             // what the token signs
	value     func(attribute uint, value []byte) []byte // what an object shows
	login     func(user uint, pin []byte) (rv, []byte)  // 0: the real login, with this PIN
	users     []uint                                    // kinds of logins, as they came
	pads      int                                       // logins without a PIN
	have      []uint                                    // mechanisms
}

// inject puts the wrapper into a module until the test ends.
func inject(t *testing.T, m *Module) *injected {
	t.Helper()
	i := &injected{driver: m.lib.driver, fail: map[string]rv{}}
	m.lib.driver = i
	t.Cleanup(func() { m.lib.driver = i.driver })
	return i
}

func (i *injected) failure(call string) error {
	if code, there := i.fail[call]; there {
		return code
	}
	return nil
}

func (i *injected) OpenSession(slot uint) (uint, error) {
	if err := i.failure("C_OpenSession"); err != nil {
		return 0, err
	}
	return i.driver.OpenSession(slot)
}

func (i *injected) Token(slot uint) (tokenInfo, error) {
	info, err := i.driver.Token(slot)
	if i.token != nil && info.flags&flagInitialized != 0 {
		info = i.token(info)
	}
	return info, err
}

func (i *injected) Mechanisms(slot uint) ([]uint, error) {
	list, err := i.driver.Mechanisms(slot)
	if i.have != nil {
		list = slices.Clone(i.have)
	}
	return list, err
}

func (i *injected) Login(session, user uint, pin []byte) error {
	i.users = append(i.users, user)
	if pin == nil {
		i.pads++
	}
	if i.login != nil {
		var code rv
		if code, pin = i.login(user, pin); code != 0 {
			return code
		}
	}
	return i.driver.Login(session, user, pin)
}

func (i *injected) SessionState(session uint) (uint, error) {
	if i.hideLogin {
		return 0, nil // CKS_RO_PUBLIC_SESSION
	}
	return i.driver.SessionState(session)
}

func (i *injected) Attribute(session, object, attribute uint) ([]byte, error) {
	value, err := i.driver.Attribute(session, object, attribute)
	if i.value != nil && err == nil {
		value = i.value(attribute, value)
	}
	return value, err
}

func (i *injected) SignInit(session, mechanism, key uint) error {
	if err := i.failure("C_SignInit"); err != nil {
		return err
	}
	return i.driver.SignInit(session, mechanism, key)
}

func (i *injected) Sign(session uint, data []byte) ([]byte, error) {
	if err := i.failure("C_Sign"); err != nil {
		return nil, err
	}
	signature, err := i.driver.Sign(session, data)
	if i.sign != nil && err == nil {
		signature = i.sign(signature)
	}
	return signature, err
}
