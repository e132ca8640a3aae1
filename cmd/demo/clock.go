package main

import (
	"sync/atomic"
	"time"
)

// The polls are open on the days of the real election.
var (
	opens  = time.Date(2023, 2, 27, 7, 0, 0, 0, time.UTC)
	closes = time.Date(2023, 3, 4, 18, 0, 0, 0, time.UTC)
)

// certified is from when on certificates are valid: before the demo's election.
var certified = opens.AddDate(-1, 0, 0)

// expires is until when they are: the authority signs by the real clock.
func expires() time.Time { return time.Now().AddDate(1, 0, 0) }

// clock is the election's time: it goes as fast as ours, and jumps from the end
// of one voting day to the morning of the next. The collector and the voters'
// cards go by it.
type clock struct{ offset atomic.Int64 }

func newClock(at time.Time) *clock {
	c := new(clock)
	c.jump(at)
	return c
}

func (c *clock) jump(to time.Time) { c.offset.Store(int64(time.Until(to))) }

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.offset.Load())) }
