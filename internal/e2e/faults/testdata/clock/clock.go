// Package daemon is here only this file: the tests of faults build the collector with it in
// the place of collector/daemon/clock.go.
package daemon

import (
	"os"
	"strings"
	"time"
)

// clock is the machine's, wrong by what stands in a file, such as "-59m".
func clock() time.Time {
	content, err := os.ReadFile(os.Getenv("VALIK_TEST_CLOCK"))
	if err != nil {
		panic(err)
	}
	off, err := time.ParseDuration(strings.TrimSpace(string(content)))
	if err != nil {
		panic(err)
	}
	return time.Now().Add(off)
}
