// Package statistics counts casts, voters and re-votes by time and district for officials, in
// numbers that can be told to everybody: from all reports of an election together, with the
// board, and with the result, nobody can work out a number below the minimum.
//
// It is pure: what it is given, in the order of the log, decides what it says. So all
// collectors of an election say the same, and what was said once is never said otherwise.
// docs/protocol/statistics.md has the reasons, and the proof.
package statistics
