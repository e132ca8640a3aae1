package rest

import (
	"regexp"
	"unicode/utf8"
)

// Party is the relying party: who asks. Both fields are empty where a service between
// adds them.
type Party struct {
	UUID string `json:"relyingPartyUUID,omitempty"`
	Name string `json:"relyingPartyName,omitempty"`
}

var (
	uuidForm    = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	countryForm = regexp.MustCompile(`^[A-Z]{2}$`)
	codeForm    = regexp.MustCompile(`^[0-9A-Za-z-]{1,32}$`)
)

// Check refuses a relying party that is only half there, or that has another form than
// the services give.
func (p Party) Check(c *Client) error {
	if (p.UUID == "") != (p.Name == "") {
		return c.Config("the relying party's UUID and name are given both or neither")
	}
	if p.UUID != "" && !uuidForm.MatchString(p.UUID) {
		return c.Config("the relying party's UUID is not of the form 8-4-4-4-12")
	}
	if len(p.Name) > 32 || !utf8.ValidString(p.Name) {
		return c.Config("the relying party's name has more than 32 bytes, or is no UTF-8")
	}
	return nil
}

// Identifier gives the semantics identifier of a person (ETSI EN 319 412-1, 5.1.3), such
// as PNOEE-60001019906. The characters allowed keep it one element of a path.
func (c *Client) Identifier(country, code string) (string, error) {
	if !countryForm.MatchString(country) {
		return "", c.Config("the country has not two capital letters")
	}
	if !codeForm.MatchString(code) {
		return "", c.Config("the personal code has other characters than letters, digits and dashes")
	}
	return "PNO" + country + "-" + code, nil
}
