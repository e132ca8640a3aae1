package daemon

import "time"

// clock is the machine's. It is read here and nowhere else in this package, so that a test
// can build the program with another clock and no setting for that exists.
func clock() time.Time { return time.Now() }
