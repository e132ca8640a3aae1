package voter

import (
	"context"
	"errors"

	"valik/board"
	"valik/eid"
	"valik/election"
)

// explanation is what an error means to a voter at home: what happened, and what
// to do about it.
type explanation struct {
	err      error
	code     string // for [CodeOf]
	happened string
	todo     string
}

const (
	retry  = "Check your connection to the internet and try again."
	report = "Do not try again yet. Show this message to the help line of the election, and do what they say."
)

// explanations are looked through in this order: the closest meaning first.
var explanations = []explanation{
	{context.Canceled, "stopped", "You stopped the program.", ""},
	{board.ErrRollback, "board_rollback", "The collector hides entries of the public board that it has shown before.", report},
	{board.ErrFork, "board_fork", "The collector shows two public boards that contradict each other.", report},
	{board.ErrQuorum, "board_quorum", "Too few of the independent witnesses have confirmed the public board.", "Try again in a few minutes. If this keeps happening, tell the help line of the election."},
	{ErrBoard, "board", "The public board that the collector shows is not right.", report},
	{ErrReceipt, "receipt", "The collector answered with a receipt that does not prove that your vote is on the public board.", report},
	{ErrOtherElection, "other_election", "The collector serves another election than the one that you asked for.", "Compare the fingerprint of the election with the one that was published."},
	{ErrOfficials, "officials", "The election is not signed by the authority that you trust.", report},
	{ErrInvitation, "invitation", "This file is not an invitation to an election.", "Get it again from the page of the election's authority."},
	{ErrKept, "kept", "What this program kept of your last try is not a ballot of this election.", "Start your vote again."},
	{ErrManifest, "manifest", "This program does not understand the election.", "Get the newest version of the program."},
	{ErrCeremony, "ceremony", "The collector shows an encryption key that is not the one of the election.", report},
	{ErrSeen, "seen", "What this program kept from an earlier time is of another election, or was changed.", "If you voted in another election before, keep that file and name a new one."},
	{ErrAddress, "address", "This is not the address of the election's collector.", "Compare the address with the one that was published."},
	{ErrChannel, "channel_here", "The connection to the collector does not allow you to sign on safely.", "Something between you and the collector may interfere: try again from another network."},
	{ErrNoCards, "no_cards", "This election has no way to sign on with a card by the connection itself.", "Sign on in the usual way."},
	{ErrRedirect, "redirect", "The collector's answer sends you to another place, where this program does not go.", "Something between you and the collector may interfere: try again from another network."},
	{ErrTooLong, "too_long", "The collector's answer does not end.", "Something between you and the collector may interfere: try again from another network."},
	{ErrUnsigned, "unsigned", "You were refused, but not by the collector of the election.", "Something between you and the collector may interfere: try again from another network."},
	{context.DeadlineExceeded, "late", "The collector did not answer in time.", retry},
	{ErrCutOff, "cut_off", "The collector's answer broke off.", retry},
	{ErrUnreachable, "unreachable", "The collector cannot be reached, or gives no proper answer.", retry},
}

// Explain says in plain English, to a voter at home, what an error of this package
// means: what happened, whether the vote counts, and what to do. A program in
// another language does the same from the types.
func Explain(err error) string {
	happened, todo := meaning(err)
	var c *CastError
	switch {
	case !errors.As(err, &c):
		return join(happened, "No vote was cast.", todo)
	case c.Outcome == NotCast:
		return join(happened, "Your vote is NOT cast.", todo)
	case !c.wrongAnswer():
		return join(happened, "It is not certain whether your vote is cast.", todo, "You may cast it again: it counts only once.")
	}
	// An answer that is wrong is evidence, and trying again would change nothing.
	return join(happened, "It is not certain whether your vote is cast.", todo)
}

func meaning(err error) (happened, todo string) {
	var refusal *RefusedError
	if errors.As(err, &refusal) {
		return refusal.Refusal.Message, "" // which says what to do
	}
	var selection *election.SelectionError
	if errors.As(err, &selection) {
		return "These choices make no ballot: " + selection.Contest + ": " + selection.Detail + ".", "Choose again."
	}
	var words interface{ Sentence() string }
	if errors.As(err, &words) {
		return words.Sentence(), "" // a phone's, which say what to do
	}
	for _, e := range explanations {
		if errors.Is(err, e.err) {
			return e.happened, e.todo
		}
	}
	var card *eid.Error // last: what is said above of a document may have one as its cause
	if errors.As(err, &card) {
		return "Your card cannot be used: " + card.Error() + ".", "Try another card, or ask the help line of the election."
	}
	return err.Error() + ".", ""
}

func join(sentences ...string) string {
	text := ""
	for _, s := range sentences {
		if s != "" && text != "" {
			text += " "
		}
		text += s
	}
	return text
}
