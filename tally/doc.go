// Package tally is what officials do, as explicit steps over a folder: set an
// election up, make its key, process the ballots, mix, decrypt, count. Every
// step verifies what came before with package verifier, writes its artefact and
// then its entry on the board. A step that was interrupted has no entry yet: it
// is simply done again, and what it had left behind is removed first.
//
// A folder holds record/, which is published, sealed/, for those who count and
// for accredited observers, and ceremony/, the trustees' messages.
package tally
