// Package monitor follows a running board from outside and says what is wrong
// with it: two histories, entries taken back, dropped or out of order, missing
// cosignatures, polls that open or close at the wrong time.
//
// It judges and remembers; who uses it fetches, has the clock, and keeps the state.
// What anybody can check offline comes with an election.Accusation. The rest is
// only seen by this monitor, and said as that.
//
// docs/protocol/monitor.md is its specification.
package monitor
