package keyring

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "/usr/lib/softhsm/libsofthsm2.so"

func number(n uint) *uint { return &n }

func TestURI(t *testing.T) {
	for s, want := range map[string]URI{
		"pkcs11:?module-path=" + module:                          {Module: module},
		"pkcs11:token=My%20card;id=%01%ff?module-path=/a%20b.so": {Module: "/a b.so", Token: "My card", ID: []byte{1, 0xff}},
		"pkcs11:model=SoftHSM%20v2;manufacturer=SoftHSM%20project;serial=921d791fd2d2e6df;token=one;type=cert;object=a&b?module-path=" + module: {
			Module: module, Model: "SoftHSM v2", Manufacturer: "SoftHSM project", Serial: "921d791fd2d2e6df", Token: "one", Type: "cert", Object: "a&b",
		},
		"pkcs11:slot-id=0?pin-source=file:/etc/pin&module-path=" + module:       {Module: module, Slot: number(0), PINSource: "/etc/pin"},
		"pkcs11:slot-id=7;type=private?module-path=/m&pin-source=file:///etc/p": {Module: "/m", Slot: number(7), Type: "private", PINSource: "/etc/p"},
		"pkcs11:token=ID%2Dkaart%20%28PIN1%29?module-path=/m&pin-source=/etc/p": {Module: "/m", Token: "ID-kaart (PIN1)", PINSource: "/etc/p"},
	} {
		u, err := ParseURI(s)
		require.NoError(t, err, s)
		require.Equal(t, &want, u, s)
		again, err := ParseURI(u.String())
		require.NoError(t, err, u.String())
		require.Equal(t, u, again)
	}
}

func TestURIRefused(t *testing.T) {
	const query = "?module-path=/m"
	for s, text := range map[string]string{
		"":       "does not begin",
		"file:x": "does not begin",
		"pkcs11:token=" + strings.Repeat("a", uriLimit) + query: "more than",
		"pkcs11:":                        "module-path is missing",
		"pkcs11:token=a":                 "module-path is missing",
		"pkcs11:token=a;token=b" + query: "token is there twice",
		"pkcs11:token=a" + query + "&module-path=/m":          "module-path is there twice",
		"pkcs11:pin-value=1234" + query:                       "none of id, manufacturer",
		"pkcs11:token=a" + query + "&pin-value=1234":          "shell's history",
		"pkcs11:x-own=a" + query:                              "none of id, manufacturer",
		"pkcs11:library-version=3" + query:                    "none of id, manufacturer",
		"pkcs11:token" + query:                                "none of id, manufacturer",
		"pkcs11:;" + query:                                    "none of id, manufacturer",
		"pkcs11:token=a;" + query:                             "none of id, manufacturer",
		"pkcs11:token=" + query:                               "token: it is empty",
		"pkcs11:token=%1b[2J" + query:                         "token: it is empty or cannot be printed",
		"pkcs11:token=%ff" + query:                            "token: it is empty or cannot be printed",
		"pkcs11:token=%zz" + query:                            "percent",
		"pkcs11:id=" + query:                                  "id: it is empty",
		"pkcs11:slot-id=-1" + query:                           "slot-id: it is not a number",
		"pkcs11:slot-id=01" + query:                           "slot-id: it is not a number",
		"pkcs11:slot-id=99999999999" + query:                  "slot-id: it is not a number",
		"pkcs11:type=public" + query:                          "type: it is neither",
		"pkcs11:?module-path=opensc-pkcs11.so":                "module-path: it is not an absolute path",
		"pkcs11:?module-name=opensc":                          "none of module-path",
		"pkcs11:" + query + "&pin-source=pin":                 "pin-source: it is not file:",
		"pkcs11:" + query + "&pin-source=%7Ccat%20/etc/pin":   "pin-source: it is not file:",
		"pkcs11:" + query + "&pin-source=file://host/etc/pin": "pin-source: it is not file:",
		"pkcs11:" + query + "?pin-source=file:/etc/pin":       "",
	} {
		u, err := ParseURI(s)
		if text == "" { // a second question mark is part of the path's value
			require.NoError(t, err, s)
			require.Empty(t, u.PINSource)
			continue
		}
		require.ErrorContains(t, err, text, s)
		require.NotContains(t, err.Error(), "1234", s)
	}
}

func FuzzURI(f *testing.F) {
	f.Add("pkcs11:token=My%20card;id=%01%ff;slot-id=3;type=cert?module-path=/a%20b.so&pin-source=file:/etc/pin")
	f.Add("pkcs11:model=SoftHSM%20v2;manufacturer=a;serial=9;object=a&b?module-path=/m")
	f.Fuzz(func(t *testing.T, s string) {
		u, err := ParseURI(s)
		if err != nil {
			return
		}
		again, err := ParseURI(u.String())
		require.NoError(t, err, u.String())
		require.Equal(t, u, again)
		require.Equal(t, u.String(), again.String())
	})
}
