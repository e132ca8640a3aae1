package tally

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"valik/election"
)

// Plan is the file from which an election is set up: TOML, in which unknown keys
// are refused. Paths are relative to the file. What it says becomes the manifest;
// nothing that decides an election stands anywhere else.
type Plan struct {
	// ID is the election's identifier in the VIS3 files, such as RK2023.
	ID string `toml:"id"`
	// Languages of all texts; the first is the default.
	Languages []string `toml:"languages"`
	// Title is the election's name by language.
	Title map[string]string `toml:"title"`
	// Opens and Closes are the first second in which ballots are taken and the
	// first in which they are not, with the offset from UTC.
	Opens  PlanTime `toml:"opens"`
	Closes PlanTime `toml:"closes"`
	// Profile is what is published: "open" or "guarded".
	Profile string `toml:"profile"`
	// Authority is a PEM file with the certificates of the officials who sign
	// manifest, rolls, revocations and result.
	Authority string `toml:"authority"`
	// Signatures is how many different officials sign every document, 1 if absent.
	Signatures int `toml:"signatures"`
	// EID says how voters are known.
	EID PlanEID `toml:"eid"`
	// Districts is the VIS3 districts file.
	Districts string `toml:"districts"`
	// Voters are the VIS3 voter lists: the initial one, then changesets in order.
	Voters []string `toml:"voters"`
	// Changed are files that say which personal codes have changed, in order. May be
	// absent.
	Changed []string `toml:"changed"`
	// Contests are the questions.
	Contests []PlanContest `toml:"contests"`
	// Board has the origin of the log, its public key (vkey), the witnesses'
	// public keys and how many of them must cosign.
	Board PlanBoard `toml:"board"`
	// Collector has the address and the public key of receipts.
	Collector PlanCollector `toml:"collector"`
	// Trustees has the threshold and the files of the trustees' cards.
	Trustees PlanTrustees `toml:"trustees"`
	// Mixers has the required number of mixes and who may mix.
	Mixers PlanMixers `toml:"mixers"`
	// Check limits the check with a second device.
	Check PlanCheck `toml:"check"`

	// Rehearsal is true for an election that decides nothing. Every program says so.
	Rehearsal bool `toml:"rehearsal"`
	// Registry is a PEM file with the public key (ECDSA, P-256 or P-384) with which the
	// election information system signs. With it, every voter list, file of changed codes
	// and revocation must come with its signature beside it, in FILE.sig. May be absent.
	Registry string `toml:"registry"`

	file string
}

// PlanEID is the country's eID, its issuers, and the evidence that a ballot needs.
type PlanEID struct {
	// Profile is the name of a profile that comes with the program, such as "ee", or a
	// JSON file of the same form.
	Profile string `toml:"profile"`
	// Issuers is a PEM file with the certificates of accepted issuers.
	Issuers string `toml:"issuers"`
	// Evidence, if it is there, is demanded for every ballot.
	Evidence *PlanEvidence `toml:"evidence"`
}

// PlanEvidence is what must stand with a ballot about its signer's certificate.
type PlanEvidence struct {
	// Away is what the collector does while a service is away: "refuse" the ballot, or
	// "settle": take it and get the evidence within Settle after the cast.
	Away   string        `toml:"away"`
	Settle time.Duration `toml:"settle"`
	// Status demands the issuer's word about the certificate, Time a time-stamp.
	Status *PlanStatus `toml:"status"`
	Time   *PlanStamps `toml:"time"`
}

// PlanStatus says which answers about a certificate are believed.
type PlanStatus struct {
	// Responders is a PEM file with the certificates of responders that answer for all
	// issuers, beside those that an issuer itself has named. May be absent.
	Responders string `toml:"responders"`
	// Freshness is how much older than the cast an answer may be.
	Freshness time.Duration `toml:"freshness"`
	// Nonce demands that an answer is bound to the ballot's signature.
	Nonce bool `toml:"nonce"`
	// CRL lets a revocation list stand in for an answer.
	CRL bool `toml:"crl"`
}

// PlanStamps says whose time-stamps are believed.
type PlanStamps struct {
	// Authorities is a PEM file with the certificates of time-stamping authorities or of
	// their issuers.
	Authorities string `toml:"authorities"`
	// Tolerance is how far a stamp and the collector's clock may differ.
	Tolerance time.Duration `toml:"tolerance"`
}

// PlanContest is one question.
type PlanContest struct {
	ID      string            `toml:"id"`
	Title   map[string]string `toml:"title"`
	Slots   int               `toml:"slots"`   // choices on one ballot
	Blank   bool              `toml:"blank"`   // whether a slot may be left blank
	Choices string            `toml:"choices"` // VIS3 choices file
}

// PlanBoard is the board.
type PlanBoard struct {
	Origin    string   `toml:"origin"`
	Key       string   `toml:"key"`
	Witnesses []string `toml:"witnesses"`
	Quorum    int      `toml:"quorum"`
}

// PlanCollector is the collector.
type PlanCollector struct {
	URL string       `toml:"url"`
	Key election.Key `toml:"key"`
	// Channel binds a voter's sign-on to the TLS channel, which the collector then ends
	// itself: no proxy before it may.
	Channel bool `toml:"channel"`
	// Cards is the https address for signing on by TLS client certificate. May be absent.
	Cards string `toml:"cards"`
}

// PlanTrustees is the trustees.
type PlanTrustees struct {
	Threshold int      `toml:"threshold"`
	Cards     []string `toml:"cards"`
}

// PlanMixers is the mixers.
type PlanMixers struct {
	Required  int            `toml:"required"`
	Operators []PlanOperator `toml:"operators"`
}

// PlanOperator is one mixer's operator and public key.
type PlanOperator struct {
	Name string       `toml:"name"`
	Key  election.Key `toml:"key"`
}

// PlanCheck limits the check with a second device.
type PlanCheck struct {
	Limit   int `toml:"limit"`
	Minutes int `toml:"minutes"`
}

// PlanTime is a time in a plan.
type PlanTime struct {
	time.Time
	local bool // it was given without an offset from UTC
}

// UnmarshalTOML keeps what the decoding into a plain time would lose.
func (t *PlanTime) UnmarshalTOML(v any) error {
	at, ok := v.(time.Time)
	if !ok {
		return fmt.Errorf("%v is no time such as 2029-03-01T09:00:00+02:00", v)
	}
	t.Time = at
	t.local = slices.Contains([]string{"datetime-local", "date-local", "time-local"}, at.Location().String())
	return nil
}

// settings are the keys that a plan must have: all but those with a use when
// they are absent.
var settings = []string{
	"id", "languages", "title", "opens", "closes", "profile", "authority", "eid.profile", "eid.issuers", "districts", "voters", "contests",
	"board.origin", "board.key", "collector.url", "collector.key", "trustees.threshold", "trustees.cards",
	"mixers.required", "mixers.operators", "check.limit", "check.minutes",
}

// ReadPlan reads a plan. Errors name the file and the setting: one that is
// missing, that does not exist, or whose value cannot be right.
func ReadPlan(path string) (*Plan, error) {
	p := &Plan{file: path}
	meta, err := toml.DecodeFile(path, p)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("%s: there is no setting %q", path, unknown[0].String())
	}
	for _, key := range settings {
		if !meta.IsDefined(strings.Split(key, ".")...) {
			return nil, p.fail(key, fmt.Errorf("the setting is missing"))
		}
	}
	return p, p.checkTimes()
}

// checkTimes refuses a time without an offset: it would mean something else on
// another machine.
func (p *Plan) checkTimes() error {
	for key, t := range map[string]PlanTime{"opens": p.Opens, "closes": p.Closes} {
		if t.local {
			return p.fail(key, fmt.Errorf("%s has no offset from UTC, such as in 2029-03-01T09:00:00+02:00", t.Format("2006-01-02T15:04:05")))
		}
	}
	return nil
}

// fail says which setting of which file is wrong.
func (p *Plan) fail(key string, err error) error {
	return fmt.Errorf("%s: %s: %w", p.file, key, err)
}
