package group

import (
	"encoding/hex"

	"filippo.io/edwards25519/field"
)

// The constants of RFC 9496, section 4.1, as little endian bytes. A test
// compares them with the decimal numbers there and with their definitions.
var (
	curveD         = mustField("a3785913ca4deb75abd841414d0a700098e879777940c78c73fe6f2bee6c0352")
	sqrtM1         = mustField("b0a00e4a271beec478e42fad0618432fa7d7fb3d99004d2b0bdfc14f8024832b")
	sqrtADMinusOne = mustField("1b2e7b49a0f6977ebd54781b0c8e9daffdd1f531c9fc3c0fac48832bbf316937")
	invSqrtAMinusD = mustField("ea405d80aafdc899be72415a17162f9d40d801fe917bc216a2fcafcf05896c78")
	oneMinusDSq    = mustField("76c15f94c1097ce20f355ecd38a1812ce4df70beddab9499d7e0b3b2a8729002")
	dMinusOneSq    = mustField("204ded44aa5aad3199191eb02c4a9ed2eb4e9b522fd3dc4c41226cf67ab36859")
)

var (
	feZero = new(field.Element)
	feOne  = new(field.Element).One()
	// curve2D is 2d, the factor that the addition formula takes into its table entries.
	curve2D = new(field.Element).Add(curveD, curveD)
)

// generator is the base point G of RFC 9496: the base point of edwards25519.
var generator = mustElement("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76")

// mustField reads a constant of this file.
func mustField(s string) *field.Element {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic("group: " + err.Error())
	}
	e, err := new(field.Element).SetBytes(b)
	if err != nil {
		panic("group: " + err.Error())
	}
	return e
}

// mustElement reads a constant of this file.
func mustElement(s string) *Element {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic("group: " + err.Error())
	}
	e, err := new(Element).SetBytes(b)
	if err != nil {
		panic("group: " + err.Error())
	}
	return e
}
