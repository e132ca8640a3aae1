package eid

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Profile is one country's eID as data: how its certificates name a person, and
// which keys and policies they have. Another country is another file in profile/;
// the manifest of an election holds a whole profile, so that no program's version
// decides who may vote.
type Profile struct {
	Name           string     `json:"name"` // of the country, for people
	Identifier     Identifier `json:"identifier"`
	Keys           []string   `json:"keys"` // KeyP256, KeyP384, KeyRSA2048
	Signing        KeyProfile `json:"signing"`
	Authentication KeyProfile `json:"authentication"`
}

// Identifier is how the subject's serialNumber says who somebody is: a semantics
// identifier of ETSI EN 319 412-1, such as PNOEE-60001019906.
type Identifier struct {
	Prefix string     `json:"prefix"` // kind, country and "-", such as "PNOEE-"
	Forms  []CodeForm `json:"forms"`  // the first whose pattern matches decides
}

// CodeForm is one form of a country's personal codes.
type CodeForm struct {
	Pattern  string    `json:"pattern"` // regular expression for the whole code
	Checksum *Checksum `json:"checksum,omitempty"`
}

// Checksum says how the last digit of a code follows from the digits before it.
// Each round is (add + Σ weight·digit) mod modulus; a round that gives 10 passes to
// the next, and after the last one the digit is 0. What is no digit is left out.
type Checksum struct {
	Modulus int             `json:"modulus"`
	Rounds  []ChecksumRound `json:"rounds"`
}

// ChecksumRound is one round: a summand, and a weight for every digit but the last.
type ChecksumRound struct {
	Add     int   `json:"add"`
	Weights []int `json:"weights"`
}

// KeyProfile is what the certificate of a key must have for a use.
type KeyProfile struct {
	// Policies are object identifiers of certificate policies (RFC 5280, 4.2.1.4), of
	// which the certificate has one. Empty: any, or none.
	Policies []string `json:"policies"`
	// Extended are object identifiers of extended key usages, of which a certificate
	// that has any has one. Empty: any.
	Extended []string `json:"extended"`
}

// The kinds of keys that a profile may accept.
const (
	KeyP256    = "P-256"
	KeyP384    = "P-384"
	KeyRSA2048 = "RSA-2048" // 2048 to 8192 bits
)

//go:embed profile/*.json
var profiles embed.FS

// Profiles lists the names of the profiles that come with the program.
func Profiles() []string {
	entries, err := profiles.ReadDir("profile")
	if err != nil {
		panic("eid: " + err.Error()) // the folder is part of the program
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ".json")
	}
	return names
}

// BuiltInProfile gives a profile of Profiles.
func BuiltInProfile(name string) (*Profile, error) {
	b, err := profiles.ReadFile("profile/" + name + ".json")
	if err != nil || !slices.Contains(Profiles(), name) {
		return nil, refuse(CodeProfile, "there is no profile %q, only %s", name, strings.Join(Profiles(), ", "))
	}
	return ParseProfile(b)
}

// Estonia is the profile "ee".
func Estonia() *Profile { return mustBuiltIn("ee") }

// Latvia is the profile "lv".
func Latvia() *Profile { return mustBuiltIn("lv") }

func mustBuiltIn(name string) *Profile {
	p, err := BuiltInProfile(name)
	if err != nil {
		panic(err) // a test reads every profile
	}
	return p
}

// ParseProfile reads a profile file, JSON in which unknown keys are refused. The
// error's code is "profile".
func ParseProfile(b []byte) (*Profile, error) {
	p := new(Profile)
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(p); err != nil {
		return nil, refuse(CodeProfile, "%w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, refuse(CodeProfile, "more follows the profile")
	}
	if _, err := NewRules(p); err != nil {
		return nil, err
	}
	return p, nil
}

// digit gives the last digit for the digits before it, 0 to 9.
func (c *Checksum) digit(digits []int) int {
	for _, round := range c.Rounds {
		sum := round.Add
		for i, w := range round.Weights {
			sum += w * digits[i]
		}
		if rest := sum % c.Modulus; rest < 10 {
			return rest
		}
	}
	return 0
}

func (c *Checksum) validate() error {
	if c.Modulus < 2 || c.Modulus > 11 || len(c.Rounds) == 0 || len(c.Rounds) > maxForms {
		return fmt.Errorf("a checksum has a modulus from 2 to 11 and 1 to %d rounds", maxForms)
	}
	for _, round := range c.Rounds {
		if len(round.Weights) != len(c.Rounds[0].Weights) || len(round.Weights) == 0 || len(round.Weights) >= maxCode {
			return fmt.Errorf("the rounds of a checksum have as many weights each, 1 to %d", maxCode-1)
		}
		if round.Add < 0 || round.Add > maxWeight {
			return fmt.Errorf("a summand is from 0 to %d, not %d", maxWeight, round.Add)
		}
		for _, w := range round.Weights {
			if w < 0 || w > maxWeight {
				return fmt.Errorf("a weight is from 0 to %d, not %d", maxWeight, w)
			}
		}
	}
	return nil
}
