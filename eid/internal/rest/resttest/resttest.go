// Package resttest is what the test servers of remote signing services have in common:
// sessions that run and end, strict reading of requests, and lies. It also has the tests
// that every client passes, with what differs as parameters: their names begin with Check.
package resttest

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Lie is how a server deceives its client; "" is an honest one.
type Lie string

// The lies. (They are strings so that tests which cannot import this package name them.)
const (
	OtherPerson      Lie = "other_person"      // everything is right, but of another person
	OtherPurpose     Lie = "other_purpose"     // the same person's other certificate
	TwoPersons       Lie = "two_persons"       // a certificate with two serial numbers in its subject
	WrongSignature   Lie = "wrong_signature"   // the signature is of another hash
	OtherAlgorithm   Lie = "other_algorithm"   // an algorithm that the client did not ask for
	OtherKey         Lie = "other_key"         // an algorithm of another kind of key
	BadBase64        Lie = "bad_base64"        // of the signature
	BadCertificate   Lie = "bad_certificate"   // base64, but no certificate
	Garbage          Lie = "garbage"           // the answer is no JSON
	Trailing         Lie = "trailing"          // something follows the answer
	BadState         Lie = "bad_state"         // a state that is none
	BadSession       Lie = "bad_session"       // a session's identifier that leads to another path
	Endless          Lie = "endless"           // the answer to a session has no end
	NeverEnds        Lie = "never_ends"        // the session runs for ever, each answer at once
	CutOff           Lie = "cut_off"           // the connection ends within every answer about a session
	OneFault         Lie = "one_fault"         // the connection ends within the first answer about a session
	Redirect         Lie = "redirect"          // every request is sent to another address
	Silence          Lie = "silence"           // the request for a session is never answered
	OtherCertificate Lie = "other_certificate" // the signature comes with another certificate of the same person
	LowLevel         Lie = "low_level"         // a certificate of a lower level than asked for
	NoLevel          Lie = "no_level"          // a certificate of a level that is none
	BadDocument      Lie = "bad_document"      // a document number that leads to another path
)

// Lies lists the lies.
func Lies() []Lie {
	return []Lie{
		OtherPerson, OtherPurpose, TwoPersons, WrongSignature, OtherAlgorithm, OtherKey, BadBase64, BadCertificate,
		Garbage, Trailing, BadState, BadSession, Endless, NeverEnds, CutOff, OneFault,
		Redirect, Silence, OtherCertificate, LowLevel, NoLevel, BadDocument,
	}
}

// Behaviour is how a server behaves from now on. The zero value is a person who
// confirms at once.
type Behaviour struct {
	Status        int           // the HTTP status of what begins a session, if not 200
	SessionStatus int           // the HTTP status of questions about a session, if not 200
	Result        string        // the session's end, if not "OK"
	Delay         time.Duration // for so long a session runs
	Lie           Lie
	Echo          bool // what is no success repeats the request
}

// Refused is a request that the documents do not allow.
type Refused struct {
	Status int
	Text   string
}

func (e *Refused) Error() string { return e.Text }

// Refuse makes a Refused.
func Refuse(status int, format string, args ...any) error {
	return &Refused{status, fmt.Sprintf(format, args...)}
}

// Fail answers with an error's status and the body that the documents show.
func Fail(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	var refused *Refused
	if errors.As(err, &refused) {
		status = refused.Status
	}
	body, _ := json.Marshal(map[string]string{"error": err.Error(), "time": Stamp(), "traceId": "5ffc28098bb14341"})
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(body)
}

// Stamp is the time as the answers have it.
func Stamp() string { return time.Now().UTC().Format("2006-01-02T15:04:05") }

// Reply answers 200 with JSON.
func Reply(w http.ResponseWriter, answer any) {
	body, err := json.Marshal(answer)
	if err != nil {
		Fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(body)
}

// Decode reads a request strictly: JSON, one value, no field that the documents lack. It
// gives the body for Echo.
func Decode(r *http.Request, into any) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 16<<10))
	if err != nil {
		return nil, err
	}
	if r.Header.Get("Content-Type") != "application/json" {
		return body, Refuse(http.StatusBadRequest, "the content type is not application/json")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return body, Refuse(http.StatusBadRequest, "%s", err)
	}
	if d.More() {
		return body, Refuse(http.StatusBadRequest, "more follows the request")
	}
	return body, nil
}

// hashSizes are the hashes that the services sign, and their bytes.
var hashSizes = map[string]int{"SHA256": 32, "SHA384": 48, "SHA512": 64}

// Hash reads the hash of a request. The texts are of the Mobile-ID documentation.
func Hash(encoded, kind string) ([]byte, error) {
	size, ok := hashSizes[kind]
	if !ok {
		return nil, Refuse(http.StatusBadRequest, "Required hashType is missing.")
	}
	hash, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil {
		return nil, Refuse(http.StatusBadRequest, "Hash must be Base64 encoded")
	}
	if len(hash) != size {
		return nil, Refuse(http.StatusBadRequest, "The length of the hash must match the type of hash")
	}
	return hash, nil
}

// UUID and Name are of the relying party that the servers know.
const (
	UUID = "00000000-0000-4000-8000-00005ec7e700"
	Name = "Valik test"
)

// Party checks the relying party of a request: 400 if it is missing and 401 if it is
// another. A server with no UUID stands for a service that adds it, and takes none.
func Party(uuid, name, gotUUID, gotName string) error {
	if uuid == "" && (gotUUID != "" || gotName != "") {
		return Refuse(http.StatusBadRequest, "this service adds the relying party itself")
	}
	if uuid != "" && (gotUUID == "" || gotName == "") {
		return Refuse(http.StatusBadRequest, "Required relyingPartyUUID or relyingPartyName is missing.")
	}
	if uuid != gotUUID || !strings.EqualFold(name, gotName) {
		return Refuse(http.StatusUnauthorized, "Failed to authorize user")
	}
	return nil
}

// Timeout reads timeoutMs of a question about a session. Beyond its bounds, from 1 to
// 120 seconds, the services silently take the nearest.
func Timeout(r *http.Request) (time.Duration, error) {
	text := r.URL.Query().Get("timeoutMs")
	if text == "" {
		return 10 * time.Second, nil
	}
	ms, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return 0, Refuse(http.StatusBadRequest, "timeoutMs is not an integer")
	}
	return min(max(time.Duration(ms)*time.Millisecond, time.Second), 120*time.Second), nil
}

// NewID makes a session's identifier, a random UUID of version 4.
func NewID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
