package daemon

import (
	"errors"
	"time"

	"valik/collector"
)

// Voter is the section [voter].
type Voter struct {
	// Casts and Per limit the ballots of one voter, over all collectors of the election:
	// default 20 within "1h". 0 means no limit. To vote again is a voter's protection against
	// coercion: whoever votes by hand must never meet this.
	Casts int           `toml:"casts"`
	Per   time.Duration `toml:"per"`
}

var defaultVoter = Voter{Casts: 20, Per: time.Hour}

// What no program of ours does, and no voter by hand.
var (
	voterFailures = collector.Rate{PerSecond: 1.0 / 60, Burst: 10}
	voterLogins   = collector.Rate{PerSecond: 1.0 / 30, Burst: 30}
)

func (v Voter) check() error {
	if v.Casts < 0 || v.Casts > 0 && v.Per < time.Minute {
		return errors.New("configuration: voter.casts is not negative, and voter.per at least a minute")
	}
	return nil
}

func (v Voter) limits() collector.VoterLimits {
	return collector.VoterLimits{Casts: v.Casts, Per: v.Per, Failures: voterFailures, Logins: voterLogins}
}
