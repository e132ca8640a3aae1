// Package vis3 reads and writes the exchange formats of the Estonian election
// information system: districts, choices, voter lists with their changesets and
// revocations come in; the result, the list of those who voted online and
// running totals go out.
//
// Reading is strict, and every error names the file and the line, so that
// whoever hands the file in can mend it. See docs/protocol/manifest.md and
// docs/protocol/roll.md.
package vis3
