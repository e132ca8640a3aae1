// Package processing turns the sealed ballot box into the input of the mix.
//
// It is a pure function: from the log, the box, the rolls and the revocations to
// the rows of every list and a decision with a reason for every ballot. The
// collector judges each ballot at the door by the same [Judge] that judges the
// box after the close, so a ballot that was taken with a receipt is not refused
// later for something that was to be seen before.
//
// See docs/protocol/processing.md.
package processing
