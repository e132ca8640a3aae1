// Package smartidtest is a Smart-ID service for tests, after the public documentation of
// version 2 (https://github.com/SK-EID/smart-id-documentation, README.md): strict with
// requests, and it can fail and lie.
package smartidtest

import (
	"net/http"
	"strings"
	"sync"
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

// Server is the service: an http.Handler whose root is the protocol's BASE, version and
// all. It may be used by many goroutines.
type Server struct {
	resttest.Sessions
	authority  *testpki.Authority
	uuid, name string

	mu     sync.Mutex
	cards  map[string]*testpki.Card // etsi/… and document/…
	nonces map[string]bool
}

// New makes a service that wants the relying party UUID and Name.
func New(authority *testpki.Authority) *Server {
	s := NewForwarding(authority)
	s.uuid, s.name = UUID, Name
	return s
}

// NewForwarding makes a service that adds the relying party itself: requests have none.
func NewForwarding(authority *testpki.Authority) *Server {
	return &Server{authority: authority, cards: map[string]*testpki.Card{}, nonces: map[string]bool{}}
}

// Person gives the holder of a card, whose keys are RSA, a Smart-ID account with them.
func (s *Server) Person(card *testpki.Card) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cards["etsi/"+card.Signing.Certificate().Subject.SerialNumber] = card
	s.cards["document/"+document(card)] = card
}

// document is the number of a card's account.
func document(card *testpki.Card) string {
	return card.Signing.Certificate().Subject.SerialNumber + "-TEST-Q"
}

// request is every request: that for a certificate has no hash and no interactions.
type request struct {
	UUID         string         `json:"relyingPartyUUID"`
	Name         string         `json:"relyingPartyName"`
	Level        string         `json:"certificateLevel"`
	Nonce        *string        `json:"nonce"`
	Hash         *string        `json:"hash"`
	HashType     *string        `json:"hashType"`
	Interactions []interaction  `json:"allowedInteractionsOrder"`
	Properties   map[string]any `json:"requestProperties"`
	Capabilities []string       `json:"capabilities"`
}

type interaction struct {
	Type    string `json:"type"`
	Text60  string `json:"displayText60"`
	Text200 string `json:"displayText200"`
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.Split(strings.TrimPrefix(r.URL.Path, "/"), "/")
	begins := path[0] == "certificatechoice" || path[0] == "authentication" || path[0] == "signature"
	switch {
	case len(path) == 3 && begins && (path[1] == "etsi" || path[1] == "document"):
		s.begin(w, r, path[0], path[1]+"/"+path[2])
	case len(path) == 2 && path[0] == "session":
		s.Status(w, r, "", path[1])
	default:
		http.NotFound(w, r)
	}
}

func (s *Server) begin(w http.ResponseWriter, r *http.Request, purpose, who string) {
	var req request
	card := s.card(who)
	body, ok := resttest.Accept(w, r, &req, func() error {
		err := s.check(&req, purpose)
		if err == nil && card == nil {
			err = resttest.Refuse(http.StatusNotFound, "Not Found")
		}
		return err
	})
	if !ok {
		return
	}
	b := s.Behaviour()
	if b.Before(w, r, append(body, who...)) {
		return
	}
	answer, err := s.end(&req, card, purpose, b)
	if err != nil {
		resttest.Fail(w, err)
		return
	}
	s.Begin(w, b, "", answer)
}

func (s *Server) card(who string) *testpki.Card {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cards[who]
}

// check refuses what section 2.3 does not allow.
func (s *Server) check(r *request, purpose string) error {
	if err := resttest.Party(s.uuid, s.name, r.UUID, r.Name); err != nil {
		return err
	}
	levels := " ADVANCED QUALIFIED "
	if purpose != "authentication" {
		levels += "QSCD "
	}
	if r.Level != "" && !strings.Contains(levels, " "+r.Level+" ") {
		return resttest.Refuse(http.StatusBadRequest, "no such certificateLevel")
	}
	if err := s.checkNonce(r.Nonce); err != nil {
		return err
	}
	if purpose == "certificatechoice" {
		if r.Hash != nil || r.HashType != nil || r.Interactions != nil {
			return resttest.Refuse(http.StatusBadRequest, "a field that certificate choices have not")
		}
		return nil
	}
	if r.Hash == nil || r.HashType == nil || len(r.Interactions) == 0 {
		return resttest.Refuse(http.StatusBadRequest, "hash, hashType or allowedInteractionsOrder is missing")
	}
	for _, i := range r.Interactions {
		if err := i.check(); err != nil {
			return err
		}
	}
	_, err := resttest.Hash(*r.Hash, *r.HashType)
	return err
}

// checkNonce refuses a nonce that comes twice too: this server has no memory of requests
// to take one for another.
func (s *Server) checkNonce(nonce *string) error {
	if nonce == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(*nonce) < 1 || len(*nonce) > 30 || s.nonces[*nonce] {
		return resttest.Refuse(http.StatusBadRequest, "the nonce has not 1 to 30 characters, or comes twice")
	}
	s.nonces[*nonce] = true
	return nil
}

// check holds an interaction to section 3.1.
func (i interaction) check() error {
	text, other, most := i.Text60, i.Text200, 60
	switch i.Type {
	case "displayTextAndPIN", "verificationCodeChoice":
	case "confirmationMessage", "confirmationMessageAndVerificationCodeChoice":
		text, other, most = i.Text200, i.Text60, 200
	default:
		return resttest.Refuse(http.StatusBadRequest, "no such interaction")
	}
	if n := utf8.RuneCountInString(text); n < 1 || n > most || other != "" {
		return resttest.Refuse(http.StatusBadRequest, "the text of an interaction is missing, too long, or of another one")
	}
	return nil
}

// answer is the answer to a question about a session that is over.
type answer struct {
	State       string              `json:"state"`
	Result      result              `json:"result"`
	Signature   *resttest.Signature `json:"signature,omitempty"`
	Cert        *cert               `json:"cert,omitempty"`
	Interaction string              `json:"interactionFlowUsed,omitempty"`
}

type result struct {
	End      string `json:"endResult"`
	Document string `json:"documentNumber,omitempty"`
}

type cert struct {
	Value string `json:"value"`
	Level string `json:"certificateLevel"`
}

// end makes the answer with which a session ends.
func (s *Server) end(r *request, card *testpki.Card, purpose string, b Behaviour) (*answer, error) {
	if b.Result != "" {
		return &answer{State: "COMPLETE", Result: result{End: b.Result}}, nil
	}
	lie := b.Lie
	if lie == resttest.OtherCertificate && purpose != "signature" {
		lie = ""
	}
	key, err := resttest.Liar(s.authority, card, purpose, lie)
	if err != nil {
		return nil, err
	}
	a := &answer{
		State:  "COMPLETE",
		Result: result{"OK", document(card)},
		Cert:   &cert{resttest.EncodeCertificate(key, lie), "QUALIFIED"},
	}
	switch lie {
	case resttest.BadDocument:
		a.Result.Document = "../etsi/" + document(card)
	case resttest.LowLevel:
		a.Cert.Level = "ADVANCED"
	case resttest.NoLevel:
		a.Cert.Level = "GOLD"
	}
	if purpose == "certificatechoice" {
		return a, nil
	}
	hash, err := resttest.Hash(*r.Hash, *r.HashType)
	if err != nil {
		return nil, err
	}
	a.Interaction = r.Interactions[0].Type
	a.Signature, err = resttest.Sign(key, hash, strings.ToLower(*r.HashType), lie)
	return a, err
}
