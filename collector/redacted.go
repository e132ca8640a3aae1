package collector

import "log/slog"

// A configuration and a collector hold keys, and a database's URL may hold a password:
// neither shows itself, however it is printed or logged.
const redacted = "[redacted]"

// String hides the keys.
func (Config) String() string { return redacted }

// GoString hides the keys.
func (Config) GoString() string { return redacted }

// LogValue hides the keys.
func (Config) LogValue() slog.Value { return slog.StringValue(redacted) }

// String hides the keys.
func (*Collector) String() string { return redacted }

// GoString hides the keys.
func (*Collector) GoString() string { return redacted }

// LogValue hides the keys.
func (*Collector) LogValue() slog.Value { return slog.StringValue(redacted) }
