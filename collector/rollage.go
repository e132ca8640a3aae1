package collector

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"valik/election"
)

// rollLook is how often the age of the voter roll is looked at, at the most.
const rollLook = 10 * time.Minute

// rollAge is how long ago the newest version of the roll in force was made, by the time
// of its file in the folder: the board's entry has no time, and the period in the
// roll is that of the voter list. A clock that is behind gives 0, not less.
func (c *Collector) rollAge() (time.Duration, error) {
	info, err := fs.Stat(c.config.Folder, rollPath(c.newestRoll()))
	if err != nil {
		return 0, err
	}
	return max(0, c.config.Now().Sub(info.ModTime())), nil
}

// newestRoll is the number of the newest version that this collector has taken over.
func (c *Collector) newestRoll() int { return len(c.bench.Load().dossier.rolls) - 1 }

func rollPath(version int) string { return path.Join(sealedFolder, election.RollFile(version)) }

// rollWaits says whether the folder has a version that was not taken over.
func (c *Collector) rollWaits() (bool, error) {
	_, err := fs.Stat(c.config.Folder, rollPath(c.newestRoll()+1))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// watchRoll warns while the polls are open and the election information system's
// changesets do not reach the voter roll, until ctx ends.
func (c *Collector) watchRoll(ctx context.Context) {
	tick := time.NewTicker(max(time.Second, min(c.config.RollLag/4, rollLook)))
	defer tick.Stop()
	for {
		c.lookAtRoll()
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

func (c *Collector) lookAtRoll() {
	if now := c.now(); now < c.manifest.Opens || now >= c.manifest.Closes {
		return
	}
	log := c.config.Logger.With("version", c.newestRoll())
	waits, err := c.rollWaits()
	age, err2 := c.rollAge()
	if err := errors.Join(err, err2); err != nil {
		log.Warn("the age of the voter roll cannot be told", "error", err)
		return
	}
	switch {
	case waits:
		log.Warn("a newer version of the voter roll lies in the folder and was not taken over: send SIGHUP")
	case age > c.config.RollLag:
		log.Warn("the voter roll is old: ask the election information system for its changesets, and run officer roll",
			"age", age.Round(time.Second).String(), "lag", c.config.RollLag.String())
	}
}

// gaugeRollAge publishes the age of the roll; -1 if it cannot be told.
func (c *Collector) gaugeRollAge() {
	c.metrics.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "valik_roll_age_seconds", Help: "Time since the newest voter roll in force was made, -1 if it cannot be told.",
	}, func() float64 {
		age, err := c.rollAge()
		if err != nil {
			return -1
		}
		return age.Seconds()
	}))
}
