// Package recordtest makes whole records of small elections in memory, for tests
// of what reads records. Every key is at hand, so each party can be made to
// cheat: a [Script] changes one artefact while the record is made, and all that
// comes after is signed and proven as if nothing was wrong. [Faults] lists such
// records, at least one for every check of docs/protocol/verify.md.
package recordtest
