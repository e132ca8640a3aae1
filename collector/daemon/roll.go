package daemon

import (
	"errors"
	"time"
)

// Roll is the section [roll].
type Roll struct {
	// Lag, such as "6h", is how old the newest version of the voter roll may be while the
	// polls are open. Then the log warns, until there is a newer one. 0 means never.
	Lag time.Duration `toml:"lag"`
}

func (r Roll) check() error {
	if r.Lag < 0 {
		return errors.New("configuration: roll.lag is not negative")
	}
	return nil
}
