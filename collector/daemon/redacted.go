package daemon

import "log/slog"

const redacted = "[redacted]"

// String hides the keys.
func (Keys) String() string { return redacted }

// GoString hides the keys.
func (Keys) GoString() string { return redacted }

// LogValue hides the keys.
func (Keys) LogValue() slog.Value { return slog.StringValue(redacted) }

// String hides the database's password.
func (Settings) String() string { return redacted }

// GoString hides the database's password.
func (Settings) GoString() string { return redacted }

// LogValue hides the database's password.
func (Settings) LogValue() slog.Value { return slog.StringValue(redacted) }
