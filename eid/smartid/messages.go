package smartid

import (
	"crypto/rand"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"valik/eid/internal/rest"
)

// header is what every request has.
type header struct {
	rest.Party
	Level Level  `json:"certificateLevel"`
	Nonce string `json:"nonce"`
}

// fresh gives the header of a new request. Without a nonce the service takes a request
// that is repeated within 15 seconds for the same one: a person who said no by mistake
// and starts again would be told so again, unasked.
func (h header) fresh() header {
	h.Nonce = rand.Text() // 26 characters of 30 allowed
	return h
}

// choice is the request that has the person choose a certificate.
type choice struct{ header }

// request is for a signature by either key.
type request struct {
	header
	Hash         []byte        `json:"hash"` // base64
	HashType     string        `json:"hashType"`
	Interactions []interaction `json:"allowedInteractionsOrder"`
}

type interaction struct {
	Type string `json:"type"`
	Text string `json:"displayText60"`
}

// interactions asks the app to have the person find the control code among several,
// which is to have it looked at; apps that cannot show the code and ask for the PIN.
func interactions(text string) []interaction {
	return []interaction{{"verificationCodeChoice", text}, {"displayTextAndPIN", text}}
}

const maxText = 60

func checkText(c *rest.Client, text string) error {
	if n := utf8.RuneCountInString(text); n < 1 || n > maxText || !utf8.ValidString(text) {
		return c.Config("the text has not 1 to 60 characters")
	}
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return c.Config("the text has a character that cannot be shown")
	}
	return nil
}

// documentForm keeps a document number, such as PNOEE-40504040001-MOCK-Q, one element of
// a path.
var documentForm = regexp.MustCompile(`^[0-9A-Za-z-]{1,100}$`)

// session is the state of a session.
type session struct {
	State  string `json:"state"`
	Result struct {
		End      string `json:"endResult"`
		Document string `json:"documentNumber"`
	} `json:"result"`
	Signature struct {
		Value     string `json:"value"`
		Algorithm string `json:"algorithm"`
	} `json:"signature"`
	Cert struct {
		Value string `json:"value"`
		Level Level  `json:"certificateLevel"`
	} `json:"cert"`
}

// parseSession reads the answer to a question about a session, and its end.
func parseSession(c *rest.Client, answer []byte) (*session, bool, error) {
	s := new(session)
	if err := c.Parse(answer, s); err != nil {
		return nil, false, err
	}
	complete, err := c.Complete(s.State)
	if !complete || err != nil {
		return nil, false, err
	}
	return s, true, c.Ended(s.Result.End, sessionResults)
}
