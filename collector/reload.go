package collector

import (
	"bytes"
	"context"
	"errors"
	"time"
)

// errOtherFolder is returned when the folder has become another election's.
var errOtherFolder = errors.New("collector: the folder is now another election's")

// reloadPause is how long a collector that lacks the newest roll in its folder waits before
// it looks again: every ballot makes it want to.
const reloadPause = 5 * time.Second

// Reload reads the folder again: for a new version of the voter roll, which it logs, and
// for what the officers appended to the board after the close. Ballots that are being
// judged by the old roll meanwhile are judged again.
func (c *Collector) Reload(ctx context.Context) error {
	c.reloading.Lock()
	defer c.reloading.Unlock()
	return c.reload(ctx)
}

// reloadOnce reloads for a ballot, unless another one made it happen just before.
func (c *Collector) reloadOnce(ctx context.Context) error {
	c.reloading.Lock()
	defer c.reloading.Unlock()
	if time.Since(c.reloaded) < reloadPause {
		return nil
	}
	return c.reload(ctx)
}

func (c *Collector) reload(ctx context.Context) error {
	defer func() { c.reloaded = time.Now() }()
	files, err := loadDossier(c.config.Folder)
	if err != nil {
		return err
	}
	if files.manifest.Fingerprint() != c.manifest.Fingerprint() || !bytes.Equal(files.ceremony, c.bench.Load().ceremony) {
		return errOtherFolder
	}
	if err := c.watch.doubt(); err != nil {
		return err
	}
	if err := c.importEntries(ctx, files); err != nil {
		return err
	}
	return c.sit(files)
}
