package election

import (
	"fmt"

	"valik/eid"
)

// Challenge is the collector's fresh question to who says that they are a voter.
type Challenge struct {
	Type      string `json:"type"`
	Version   int    `json:"version"`
	Election  Hash   `json:"election"`
	Challenge Hash   `json:"challenge"` // 32 random bytes
	Expires   Time   `json:"expires"`
}

// Login is the voter's answer: the challenge, and eid.Login's bytes, signed with
// the authentication key of their card for the origin Manifest.Collector.URL and
// the purpose of [Manifest.LoginPurpose].
type Login struct {
	Type      string `json:"type"`
	Version   int    `json:"version"`
	Election  Hash   `json:"election"`
	Challenge Hash   `json:"challenge"`
	Login     []byte `json:"login"`
}

// Eligibility is what the collector tells a voter about themselves, and nobody else.
type Eligibility struct {
	Type      string    `json:"type"`
	Version   int       `json:"version"`
	Election  Hash      `json:"election"`
	District  string    `json:"district"`
	Pseudonym Pseudonym `json:"pseudonym"`
	Casts     []Time    `json:"casts"` // of the ballots accepted so far, so that one that was not theirs stands out
	Session   Session   `json:"session"`
}

// Session lets a voter's program ask again for a short time, without the card.
type Session struct {
	Token   []byte `json:"token"` // whoever has it learns what an Eligibility says
	Expires Time   `json:"expires"`
}

// Format prints "[redacted]" for every verb: a token is as good as a card for a while.
func (Session) Format(f fmt.State, _ rune) { fmt.Fprint(f, "[redacted]") }

const (
	challengeKind   = "challenge"
	loginKind       = "login"
	eligibilityKind = "eligibility"
	loginLimit      = 64 << 10
)

// LoginPurpose is what a voter's card signs that it enters: this election and no
// other, so that an answer given in a rehearsal is worth nothing in the election.
func (m *Manifest) LoginPurpose() string { return "vote in " + m.Fingerprint().String() }

// Question is what an answer to a challenge is bound to. channel is the binding of the
// TLS channel, nil where the collector does not end it.
func (m *Manifest) Question(challenge eid.Challenge, channel []byte) *eid.Question {
	return &eid.Question{Origin: m.Collector.URL, Purpose: m.LoginPurpose(), Channel: channel, Challenge: challenge}
}

// NewChallenge returns the document of a challenge.
func NewChallenge(fingerprint, challenge Hash, expires Time) *Challenge {
	d := header(challengeKind)
	return &Challenge{d.Type, d.Version, fingerprint, challenge, expires}
}

// ParseChallenge reads a challenge. Errors: *[FormatError].
func ParseChallenge(b []byte) (*Challenge, error) {
	c := new(Challenge)
	if err := unmarshal(challengeKind, loginLimit, b, c); err != nil {
		return nil, err
	}
	return c, nil
}

// Bytes returns the stored form.
func (c *Challenge) Bytes() []byte { return marshal(c) }

// NewLogin returns the document of an answer.
func NewLogin(fingerprint, challenge Hash, login []byte) *Login {
	d := header(loginKind)
	return &Login{d.Type, d.Version, fingerprint, challenge, login}
}

// ParseLogin reads an answer; what is in it is for eid.ParseLogin. Errors:
// *[FormatError].
func ParseLogin(b []byte) (*Login, error) {
	l := new(Login)
	if err := unmarshal(loginKind, loginLimit, b, l); err != nil {
		return nil, err
	}
	return l, nil
}

// Bytes returns the stored form.
func (l *Login) Bytes() []byte { return marshal(l) }

// NewEligibility returns what the collector tells a voter.
func NewEligibility(fingerprint Hash, district string, pseudonym Pseudonym, casts []Time, session Session) *Eligibility {
	d := header(eligibilityKind)
	return &Eligibility{d.Type, d.Version, fingerprint, district, pseudonym, casts, session}
}

// ParseEligibility reads it. Errors: *[FormatError].
func ParseEligibility(b []byte) (*Eligibility, error) {
	v := new(Eligibility)
	if err := unmarshal(eligibilityKind, 4<<20, b, v); err != nil {
		return nil, err
	}
	return v, nil
}

// Bytes returns the stored form.
func (v *Eligibility) Bytes() []byte { return marshal(v) }
