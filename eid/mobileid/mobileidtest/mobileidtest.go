// Package mobileidtest is a Mobile-ID service for tests, after the public documentation
// (https://github.com/SK-EID/MID): strict with requests, and it can fail and lie.
package mobileidtest

import (
	"net/http"
	"regexp"
	"strings"
	"sync"
	"unicode/utf16"
	"unicode/utf8"

	"valik/eid/internal/rest/resttest"
	"valik/eid/testpki"
)

// UUID and Name are of the relying party that the server knows.
const (
	UUID = resttest.UUID
	Name = resttest.Name
)

// Behaviour is how the server behaves, and Lie how it lies: a name such as
// "other_person" or "wrong_signature".
type (
	Behaviour = resttest.Behaviour
	Lie       = resttest.Lie
)

// Server is the service: an http.Handler whose root is the protocol's BASE. It may be
// used by many goroutines.
type Server struct {
	resttest.Sessions
	authority  *testpki.Authority
	uuid, name string

	mu      sync.Mutex
	persons map[string]*testpki.Card // phone and personal code
}

// New makes a service that wants the relying party UUID and Name.
func New(authority *testpki.Authority) *Server {
	return &Server{authority: authority, uuid: UUID, name: Name, persons: map[string]*testpki.Card{}}
}

// NewForwarding makes a service that adds the relying party itself: requests have none.
func NewForwarding(authority *testpki.Authority) *Server {
	return &Server{authority: authority, persons: map[string]*testpki.Card{}}
}

// Person puts a card's keys on the SIM card of a phone.
func (s *Server) Person(phone string, card *testpki.Card) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.persons[phone+resttest.PersonalCode(card)] = card
}

func (s *Server) person(r *request) *testpki.Card {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.persons[r.Phone+r.Code]
}

// request is every request: that for a certificate has the first four fields.
type request struct {
	UUID     string  `json:"relyingPartyUUID"`
	Name     string  `json:"relyingPartyName"`
	Phone    string  `json:"phoneNumber"`
	Code     string  `json:"nationalIdentityNumber"`
	Hash     *string `json:"hash"`
	HashType *string `json:"hashType"`
	Language *string `json:"language"`
	Text     *string `json:"displayText"`
	Format   *string `json:"displayTextFormat"`
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.Split(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case len(path) == 1 && (path[0] == "certificate" || path[0] == "authentication" || path[0] == "signature"):
		s.begin(w, r, path[0])
	case len(path) == 3 && (path[0] == "authentication" || path[0] == "signature") && path[1] == "session":
		s.Status(w, r, path[0], path[2])
	default:
		http.NotFound(w, r)
	}
}

func (s *Server) begin(w http.ResponseWriter, r *http.Request, purpose string) {
	var req request
	body, ok := resttest.Accept(w, r, &req, func() error { return s.check(&req, purpose) })
	if !ok {
		return
	}
	b := s.Behaviour()
	if b.Before(w, r, body) {
		return
	}
	if purpose == "certificate" {
		s.certificate(w, &req, b)
		return
	}
	answer, err := s.end(&req, purpose, b)
	if err != nil {
		resttest.Fail(w, err)
		return
	}
	s.Begin(w, b, purpose, answer)
}

var (
	phoneForm = regexp.MustCompile(`^\+[0-9]{6,15}$`)
	codeForm  = regexp.MustCompile(`^[0-9]{11}$`)
)

// check refuses what section 3.1 or 3.2 does not allow.
func (s *Server) check(r *request, purpose string) error {
	if err := resttest.Party(s.uuid, s.name, r.UUID, r.Name); err != nil {
		return err
	}
	if !phoneForm.MatchString(r.Phone) || !codeForm.MatchString(r.Code) {
		return resttest.Refuse(http.StatusBadRequest, "Required phoneNumber or nationalIdentityNumber is missing.")
	}
	if purpose == "certificate" {
		for _, field := range []*string{r.Hash, r.HashType, r.Language, r.Text, r.Format} {
			if field != nil {
				return resttest.Refuse(http.StatusBadRequest, "a field that requests for certificates have not")
			}
		}
		return nil
	}
	if r.Hash == nil || r.HashType == nil || r.Language == nil {
		return resttest.Refuse(http.StatusBadRequest, "Required hash, hashType or language is missing.")
	}
	if !strings.Contains(" EST ENG RUS LIT ", " "+*r.Language+" ") {
		return resttest.Refuse(http.StatusBadRequest, "Required language is missing.")
	}
	if err := checkText(r.Text, r.Format); err != nil {
		return err
	}
	_, err := resttest.Hash(*r.Hash, *r.HashType)
	return err
}

// checkText holds a text to its 40 bytes: 40 characters or 20.
func checkText(text, format *string) error {
	if text == nil {
		return nil
	}
	length, most := utf8.RuneCountInString(*text), 40
	switch {
	case format == nil || *format == "GSM-7":
	case *format == "UCS-2":
		length, most = len(utf16.Encode([]rune(*text))), 20
	default:
		return resttest.Refuse(http.StatusBadRequest, "displayTextFormat is neither GSM-7 nor UCS-2")
	}
	if length > most {
		return resttest.Refuse(http.StatusBadRequest, "displayText is too long")
	}
	return nil
}

// answer is the answer to a request for a certificate and to a question about a session.
type answer struct {
	State     string              `json:"state,omitempty"`
	Result    string              `json:"result"`
	Signature *resttest.Signature `json:"signature,omitempty"`
	Cert      string              `json:"cert,omitempty"`
	Time      string              `json:"time"`
	TraceID   string              `json:"traceId"`
}

func (s *Server) certificate(w http.ResponseWriter, r *request, b Behaviour) {
	a := answer{Result: b.Result, Time: resttest.Stamp(), TraceID: "5ffc28098bb14341"}
	card := s.person(r)
	if card == nil {
		a.Result = "NOT_FOUND"
	}
	if a.Result == "" {
		key, err := resttest.Liar(s.authority, card, "signature", b.Lie)
		if err != nil {
			resttest.Fail(w, err)
			return
		}
		a.Result, a.Cert = "OK", resttest.EncodeCertificate(key, b.Lie)
	}
	resttest.Reply(w, a)
}

// end makes the answer with which a session ends.
func (s *Server) end(r *request, purpose string, b Behaviour) (*answer, error) {
	a := &answer{State: "COMPLETE", Result: b.Result, Time: resttest.Stamp(), TraceID: "d8de38e7bb5d8f8a"}
	card := s.person(r)
	if card == nil {
		a.Result = "NOT_MID_CLIENT"
	}
	if a.Result != "" {
		return a, nil
	}
	key, err := resttest.Liar(s.authority, card, purpose, b.Lie)
	if err != nil {
		return nil, err
	}
	hash, err := resttest.Hash(*r.Hash, *r.HashType)
	if err != nil {
		return nil, err
	}
	a.Result = "OK"
	if purpose == "authentication" {
		a.Cert = resttest.EncodeCertificate(key, b.Lie)
	}
	a.Signature, err = resttest.Sign(key, hash, *r.HashType, b.Lie)
	return a, err
}
