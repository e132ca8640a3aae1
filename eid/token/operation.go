package token

import (
	"context"
	"errors"
	"fmt"
)

// operation has the module to itself from begin to end. Each call asks the context
// first, and makes the module's return values errors of this package.
type operation struct {
	ctx    context.Context
	lib    *library
	driver driver
}

func (o *operation) end() { <-o.lib.turn }

// call runs one call of the module.
func call[T any](o *operation, name string, f func() (T, error)) (T, error) {
	if err := o.ctx.Err(); err != nil {
		var none T
		return none, err
	}
	value, err := f()
	if err == nil {
		return value, nil
	}
	if codeOf(err) == ckrNotInitialized {
		o.lib.up = false
	}
	return value, explain(name, err)
}

// tokens lists the tokens. One that is taken out meanwhile is left out, and one that
// was never initialised: it has nothing on it, not even a name.
func (o *operation) tokens() ([]Token, error) {
	slots, err := call(o, "C_GetSlotList", o.driver.Slots)
	if err != nil {
		return nil, err
	}
	var list []Token
	for _, slot := range slots {
		t, err := o.token(slot)
		if isRemoved(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if t.blank {
			continue
		}
		list = append(list, t)
	}
	return list, nil
}

// token asks a token for its name and state. One that does not answer even this is
// as good as taken out, whatever the code.
func (o *operation) token(slot uint) (Token, error) {
	i, err := call(o, "C_GetTokenInfo", func() (tokenInfo, error) { return o.driver.Token(slot) })
	var failed *DriverError
	if errors.As(err, &failed) {
		err = fmt.Errorf("%w (%s: %s)", ErrRemoved, failed.Call, failed.Result)
	}
	return Token{
		Slot: slot, Label: i.label, Manufacturer: i.manufacturer, Model: i.model, Serial: i.serial,
		PIN: PINState{
			Missing: i.flags&flagPINSet == 0,
			Low:     i.flags&flagPINLow != 0,
			Final:   i.flags&flagPINFinal != 0,
			Locked:  i.flags&flagPINLocked != 0,
		},
		blank:         i.flags&flagInitialized == 0 && i.label == "",
		pinPad:        i.flags&flagPinPad != 0,
		loginRequired: i.flags&flagLoginRequired != 0,
		pinLength:     [2]int{int(i.minPIN), int(i.maxPIN)},
	}, err
}

func (o *operation) openSession(slot uint) (uint, error) {
	return call(o, "C_OpenSession", func() (uint, error) { return o.driver.OpenSession(slot) })
}

// closeSession: a session that does not close is gone already.
func (o *operation) closeSession(session uint) { _ = o.driver.CloseSession(session) }

func (o *operation) find(session, class uint, id []byte) ([]uint, error) {
	return call(o, "C_FindObjects", func() ([]uint, error) { return o.driver.Find(session, class, id) })
}

// attribute gives nil for one that the object has not or does not show.
func (o *operation) attribute(session, object, attribute uint) ([]byte, error) {
	return call(o, "C_GetAttributeValue", func() ([]byte, error) {
		value, err := o.driver.Attribute(session, object, attribute)
		if c := codeOf(err); c == ckrAttributeTypeInvalid || c == ckrAttributeSensitive {
			return nil, nil
		}
		return value, err
	})
}
