// Package responder answers for the status of testpki's certificates and for the
// time: OCSP, revocation lists and time-stamps over HTTP, for the demo and for
// tests only. On request it misbehaves, as real ones do now and then.
package responder

import (
	"crypto/elliptic"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"valik/eid/testpki"
)

// Fault is a way to misbehave.
type Fault int

// What a Responder can do wrong. What makes no sense for a service leaves it honest.
const (
	Honest       Fault = iota
	Stale              // answers of the first moment of the authority
	Replay             // the last answer once more
	Other              // signed by one whom nobody appointed
	Expired            // signed with a certificate that ran out long ago
	BadSignature       // signed with another key than the certificate's
	Unknown            // no certificate is known
	NoNonce            // the nonce is not repeated
	Refuse             // "try later"
	Garbage            // bytes that are no answer, under the right content type
	Page               // a page of HTML, as captive portals give
	Down               // the connection breaks
)

// Responder is the http.Handler of an authority's services, at the paths StatusPath,
// TimePath, CRLPath256 and CRLPath384 of package testpki. It may be used by many
// goroutines.
type Responder struct {
	authority *testpki.Authority
	now       func() time.Time
	right     *keys
	expired   *keys
	other     *keys
	forged    *keys // the right certificates, with others' private keys
	mux       http.ServeMux

	mu      sync.Mutex
	fault   Fault
	revoked map[string]x509.RevocationListEntry // by serial number
	last    map[string][]byte                   // path -> last answer
	asked   map[string]int                      // path -> how often
}

// keys are those that answer: for the cards of each curve, and for the time.
type keys struct {
	p256, p384, stamp *testpki.Key
	list256, list384  *testpki.Key
}

// New makes the services of an authority with keys of their own. A nil now is
// time.Now.
func New(authority *testpki.Authority, now func() time.Time) (*Responder, error) {
	if now == nil {
		now = time.Now
	}
	from, to := authority.Validity()
	stranger, err := testpki.NewAuthority("Valik stranger", from, to)
	if err != nil {
		return nil, err
	}
	right, err1 := newKeys(authority, from, to)
	expired, err2 := newKeys(authority, from.Add(-time.Hour), from)
	other, err3 := newKeys(stranger, from, to)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	r := &Responder{
		authority: authority, now: now,
		right: right, expired: expired, other: other, forged: right.signedBy(other),
		revoked: make(map[string]x509.RevocationListEntry),
		last:    make(map[string][]byte),
		asked:   make(map[string]int),
	}
	r.mux.HandleFunc("POST "+testpki.StatusPath, r.serve("application/ocsp-request", "application/ocsp-response", r.status))
	r.mux.HandleFunc("POST "+testpki.TimePath, r.serve("application/timestamp-query", "application/timestamp-reply", r.stamp))
	r.mux.HandleFunc("GET "+testpki.CRLPath256, r.serve("", "application/pkix-crl", r.list(elliptic.P256())))
	r.mux.HandleFunc("GET "+testpki.CRLPath384, r.serve("", "application/pkix-crl", r.list(elliptic.P384())))
	return r, nil
}

func newKeys(a *testpki.Authority, from, to time.Time) (*keys, error) {
	status, stamp := a.ResponderTemplate(), a.StampTemplate()
	status.NotBefore, status.NotAfter, stamp.NotBefore, stamp.NotAfter = from, to, from, to
	k := &keys{list256: a.Issuer(elliptic.P256()), list384: a.Issuer(elliptic.P384())}
	var err1, err2, err3 error
	k.p256, err1 = k.list256.Issue(status, elliptic.P256())
	k.p384, err2 = k.list384.Issue(status, elliptic.P384())
	k.stamp, err3 = k.list256.Issue(stamp, elliptic.P256())
	return k, errors.Join(err1, err2, err3)
}

// signedBy joins the certificates of k and the private keys of others.
func (k *keys) signedBy(others *keys) *keys {
	join := func(k, other *testpki.Key) *testpki.Key { return testpki.NewKey(k.Certificate(), other.Private()) }
	return &keys{
		join(k.p256, others.p256), join(k.p384, others.p384), join(k.stamp, others.stamp),
		join(k.list256, others.list256), join(k.list384, others.list384),
	}
}

// Authorities are the certificates whose time-stamps are accepted.
func (r *Responder) Authorities() []*x509.Certificate {
	return []*x509.Certificate{r.right.stamp.Certificate()}
}

// Misbehave sets what all services do from now on.
func (r *Responder) Misbehave(fault Fault) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fault = fault
}

// Revoke revokes a certificate as of a time, for a reason of RFC 5280, 5.3.1.
func (r *Responder) Revoke(cert *x509.Certificate, at time.Time, reason int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.revoked[cert.SerialNumber.String()] = x509.RevocationListEntry{SerialNumber: cert.SerialNumber, RevocationTime: at, ReasonCode: reason}
}

// Asked tells how many questions came to a path.
func (r *Responder) Asked(path string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.asked[path]
}

// ServeHTTP answers a question.
func (r *Responder) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	r.mux.ServeHTTP(w, request)
}

const requestLimit = 64 << 10

// serve answers questions of one content type, by answer, which runs alone.
func (r *Responder) serve(question, reply string, answer func(body []byte, fault Fault) ([]byte, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, requestLimit))
		if err != nil || request.Header.Get("Content-Type") != question {
			http.Error(w, "it is no "+question, http.StatusBadRequest)
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.asked[request.URL.Path]++
		b, err := r.misbehave(w, request.URL.Path, body, answer)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if r.fault != Page {
			w.Header().Set("Content-Type", reply)
		}
		_, _ = w.Write(b) // nobody is left to tell
	}
}

func (r *Responder) misbehave(w http.ResponseWriter, path string, body []byte, answer func([]byte, Fault) ([]byte, error)) ([]byte, error) {
	switch r.fault {
	case Down:
		panic(http.ErrAbortHandler) // net/http breaks the connection, silently
	case Garbage:
		return []byte("garbage"), nil
	case Page:
		w.Header().Set("Content-Type", "text/html")
		return []byte("<html>Please pay for the network</html>"), nil
	case Replay:
		if last := r.last[path]; last != nil {
			return last, nil
		}
	}
	b, err := answer(body, r.fault)
	if err != nil {
		return nil, err
	}
	r.last[path] = b
	return b, nil
}

// who gives the keys that sign.
func (r *Responder) who(fault Fault) *keys {
	switch fault {
	case Other:
		return r.other
	case Expired:
		return r.expired
	case BadSignature:
		return r.forged
	}
	return r.right
}

// when gives the time of an answer.
func (r *Responder) when(fault Fault) time.Time {
	if fault == Stale {
		from, _ := r.authority.Validity()
		return from
	}
	return r.now()
}
