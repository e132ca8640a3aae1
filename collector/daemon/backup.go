package daemon

import (
	"context"
	"log/slog"

	"valik/collector"
	"valik/collector/store"
)

// defaultMemory lies beside the configuration file.
const defaultMemory = "collector.checkpoint"

// memory is the file of the newest checkpoint.
func (s *Settings) memory() string {
	if s.Memory == "" {
		return s.path(defaultMemory)
	}
	return s.path(s.Memory)
}

// Backup copies the database into a new file, also while collectors are at work on it. It
// needs no keys. See collector.Backup.
func Backup(ctx context.Context, s *Settings, file string, draw store.Progress) error {
	return collector.Backup(ctx, s.database(), file, draw)
}

// Restore puts a backup into the empty database of the settings, if it is the newest state
// of the board by all who may know. See collector.Restore.
func Restore(ctx context.Context, s *Settings, keys Keys, logger *slog.Logger, file string, checkpoints []string, draw store.Progress) error {
	config, err := s.collector(keys, logger)
	if err != nil {
		return err
	}
	return collector.Restore(ctx, config, file, checkpoints, draw)
}
