// Package load puts a collector under load and says what it can do: the program collectord
// itself on a PostgreSQL of its own, ballots of real voters with real proofs and real
// signatures, all over loopback.
//
// Everything that voters would do at home is done before the clock starts. Then ballots are
// sent by a timetable that does not wait for answers, and each is timed from the moment at
// which it was due: a collector that stalls cannot hide it by slowing its clients down.
// Afterwards the board is read and held against every receipt that was given.
package load
