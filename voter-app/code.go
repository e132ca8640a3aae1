package voter

import (
	"errors"
	"slices"

	"valik/election"
)

// The codes of [CodeOf] that stand for no error of one place.
const (
	CodeSelection = "selection" // the choices make no ballot
	CodeUnknown   = "fault"     // an error without words of its own
)

// Codes are all codes that this package itself gives. Those of refusals and of cards come
// beside them.
func Codes() []string {
	codes := []string{CodeSelection, CodeUnknown}
	for _, e := range explanations {
		codes = append(codes, e.code)
	}
	return codes
}

// CodeOf names what went wrong by a stable code, so that a program can say it in the
// voter's language: the collector's code for a signed refusal, that of the card for a
// card, and else one of [Codes].
func CodeOf(err error) string {
	var refusal *RefusedError
	if errors.As(err, &refusal) {
		return refusal.Refusal.Code
	}
	var selection *election.SelectionError
	if errors.As(err, &selection) {
		return CodeSelection
	}
	i := slices.IndexFunc(explanations, func(e explanation) bool { return errors.Is(err, e.err) })
	if i >= 0 {
		return explanations[i].code
	}
	var coded interface{ Code() string } // of eid and the packages below it; last, as a cause of what is above
	if errors.As(err, &coded) {
		return coded.Code()
	}
	return CodeUnknown
}
