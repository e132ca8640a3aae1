// Package faults holds the tests that let things fail under a collector as it is built:
// processes that are killed, databases, networks, disks, clocks and witnesses. Voters
// cast all the while, and at the end one invariant is checked: every ballot that was
// acknowledged is on the board, exactly once and where its receipt says, and in the
// exported box, and nothing else is.
package faults
