package daemon

import (
	"fmt"
	"os"
	"time"

	"valik/collector"
	"valik/collector/notice/webhook"
)

// Notice says how voters are told that a ballot was cast in their name. Every collector of
// an election must have it, or none: who takes a ballot writes its notice into the queue.
type Notice struct {
	// GiveUp is how long after the cast a notice is tried, default "72h".
	GiveUp time.Duration `toml:"give_up"`

	// Webhook is the service that reaches the voters.
	Webhook Webhook `toml:"webhook"`
}

// Webhook is a service that takes notices by the Standard Webhooks specification.
type Webhook struct {
	URL string `toml:"url"` // https, or http on this machine

	// SecretFile holds whsec_ and the Base64 of 24 to 64 bytes. It must have mode 0600.
	SecretFile string `toml:"secret_file"`
}

// notices makes the channel, if there is one.
func (s *Settings) notices() (collector.Notices, error) {
	n := s.Notice
	if n == nil {
		return collector.Notices{}, nil
	}
	if n.GiveUp < 0 || n.Webhook.URL == "" || n.Webhook.SecretFile == "" {
		return collector.Notices{}, fmt.Errorf("configuration: notice: webhook needs url and secret_file, and give_up is not negative")
	}
	file := s.path(n.Webhook.SecretFile)
	if err := secret(file); err != nil {
		return collector.Notices{}, fmt.Errorf("configuration: notice: %w", err)
	}
	key, err := os.ReadFile(file)
	if err != nil {
		return collector.Notices{}, fmt.Errorf("configuration: notice: %w", err)
	}
	channel, err := webhook.New(webhook.Config{URL: n.Webhook.URL, Secret: string(key)})
	if err != nil {
		return collector.Notices{}, fmt.Errorf("configuration: notice: %w", err)
	}
	return collector.Notices{Channel: channel, GiveUp: n.GiveUp}, nil
}
