package collectortest

import (
	"bytes"
	"sync"
)

// Log is a log, or what a program prints, that is read while others write it.
type Log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write is the interface of io.Writer.
func (l *Log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

// String is what was written so far.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
