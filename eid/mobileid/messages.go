package mobileid

import (
	"strings"
	"unicode/utf8"

	"valik/eid/internal/rest"
)

// person is who is asked, by whom: the whole request for a certificate.
type person struct {
	rest.Party
	Phone string `json:"phoneNumber"`
	Code  string `json:"nationalIdentityNumber"`
}

// request is for a signature by either key.
type request struct {
	person
	Hash     []byte `json:"hash"` // base64
	HashType string `json:"hashType"`
	dialogue
}

// dialogue is what the phone shows.
type dialogue struct {
	Language Language `json:"language"`
	Text     string   `json:"displayText,omitempty"`
	Format   string   `json:"displayTextFormat,omitempty"`
}

// gsm7 is the default alphabet of 3GPP TS 23.038 without its two line ends, of which
// the service would make spaces of all other characters.
const gsm7 = "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
	"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"

// The most characters of a text, by its format.
const (
	maxGSM7 = 40
	maxUCS2 = 20
)

func newDialogue(c *rest.Client, language Language, text string) (dialogue, error) {
	switch language {
	case Estonian, English, Russian, Lithuanian:
	default:
		return dialogue{}, c.Config("the language is none of EST, ENG, RUS, LIT")
	}
	if text == "" {
		return dialogue{Language: language}, nil
	}
	format, most := "GSM-7", maxGSM7
	for _, r := range text {
		if r > 0xffff || r == utf8.RuneError || r < ' ' {
			return dialogue{}, c.Config("the text has a character that phones cannot show")
		}
		if !strings.ContainsRune(gsm7, r) {
			format, most = "UCS-2", maxUCS2
		}
	}
	if utf8.RuneCountInString(text) > most {
		return dialogue{}, c.Config("the text is too long for the phone")
	}
	return dialogue{language, text, format}, nil
}

// parseCertificate reads the answer to a request for a certificate.
func parseCertificate(c *rest.Client, answer []byte) (string, error) {
	var a struct {
		Result string `json:"result"`
		Cert   string `json:"cert"`
	}
	if err := c.Parse(answer, &a); err != nil {
		return "", err
	}
	return a.Cert, c.Ended(a.Result, certificateResults)
}

// session is the state of a session.
type session struct {
	State     string `json:"state"`
	Result    string `json:"result"`
	Signature struct {
		Value     string `json:"value"`
		Algorithm string `json:"algorithm"`
	} `json:"signature"`
	Cert string `json:"cert"`
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
	return s, true, c.Ended(s.Result, sessionResults)
}
