package recordtest

import (
	"cmp"
	"slices"

	"valik/crypto/elgamal"
	"valik/election"
)

// processingFaults are those of the way from the ballots to the mix input.
func processingFaults() []Fault {
	return []Fault{
		{Check: "settlement.document", Name: "roll", Unsealed: true, Story: "The settlement gives evidence to an entry that is no ballot.", script: Script{Settles: true, Settlement: settleRoll}},
		{Check: "settlement.document", Name: "nothing", Unsealed: true, Story: "The settlement gives evidence to an entry that the board does not have.", script: Script{Settles: true, Settlement: settleNothing}},
		{Check: "settlement.document", Name: "election", Unsealed: true, Story: "The settlement says that it is of another election.", script: Script{Settles: true, Settlement: func(s *election.Settlement) { s.Election[0]++ }}},
		{Check: "settlement.document", Name: "second", Unsealed: true, Story: "The settlement exchanges the evidence that a ballot had when it was taken.", script: Script{Settles: true, Settlement: settleAgain}},
		{Check: "settlement.document", Name: "forgotten", Unsealed: true, Story: "The settlement says nothing of a ballot that was taken without evidence.", script: Script{Settles: true, Settlement: settleLess}},
		{Check: "settlement.document", Name: "sealed", Held: true, Story: "The settlement gives evidence to an entry that is no ballot, and the sealed box is at hand.", script: Script{Settles: true, Settlement: settleRoll}},
		{Check: "input.lists", Name: "election", Unsealed: true, Story: "The mix input says that it is of another election.", script: Script{Input: func(_ *Record, in *election.Input) { in.Election[0]++ }}},
		{Check: "input.lists", Name: "missing", Unsealed: true, Held: true, Story: "The mix input lacks a list.", script: Script{Input: dropList}},
		{Check: "input.public", Name: "dropped", Unsealed: true, Story: "A voter's ballot is left out.", script: Script{Decisions: drop(0)}},
		{Check: "input.public", Name: "earlier", Unsealed: true, Story: "A voter's first ballot is counted instead of the last.", script: Script{Decisions: countEarlier}},
		{Check: "input.public", Name: "stale", Unsealed: true, Story: "A ballot that was held back is counted over the one after which it came.", script: Script{HeldBack: true, Decisions: countHeldBack}},
		{Check: "input.refused", Name: "stale", Unsealed: true, Story: "The collector has logged a ballot that was held back.", script: Script{HeldBack: true}},
		{Check: "input.refused", Name: "guarded", Story: "The collector has logged a ballot that was held back, where nobody in public sees ballots.", script: Script{Guarded: true, HeldBack: true}},
		{Check: "input.public", Name: "halves", Unsealed: true, Story: "Two voters lose one vote each, and keep the other.", script: Script{Rows: dropHalves, Input: func(_ *Record, in *election.Input) { in.Revoked += 2 }}},
		{Check: "input.public", Name: "unsettled", Unsealed: true, Story: "A ballot is counted although no evidence came of its voter's certificate.", script: Script{Settles: true, Decisions: countLost}},
		{Check: "input.public", Name: "order", Unsealed: true, Story: "Two rows of the input are exchanged.", script: Script{Rows: exchangeInput}},
		{Check: "revocations.signature", Name: "official", Story: "An official who is not the authority has revoked voters.", script: Script{Signer: otherSigner(election.RevocationsFile(1))}},
		{Check: "box.ballots", Name: "exchanged", Held: true, Story: "The sealed box holds a ballot in the place of another.", script: Script{Files: editBox(exchangeContainers)}},
		{Check: "box.ballots", Name: "missing", Held: true, Story: "The sealed box lacks a ballot of the board.", script: Script{Files: editBox(dropContainer)}},
		{Check: "box.ballots", Name: "time", Held: true, Story: "The sealed box says that a ballot was taken at another time.", script: Script{Files: editBox(otherBoxTime)}},
		{Check: "box.ballots", Name: "evidence", Held: true, Story: "The sealed box has other evidence than was there when a ballot was taken.", script: Script{Settles: true, Files: editBox(otherEvidence(0))}},
		{Check: "box.ballots", Name: "late-evidence", Held: true, Story: "The sealed box has other evidence than was settled at the close.", script: Script{Settles: true, Files: editBox(otherEvidence(away))}},
		{Check: "box.ballots", Name: "lost-evidence", Held: true, Story: "The sealed box has lost the evidence that was settled at the close.", script: Script{Settles: true, Files: editBox(lostEvidence)}},
		{Check: "processing.settlement", Name: "bad", Story: "The settlement says that a certificate was not good, and the evidence says that it was.", script: Script{Guarded: true, Settles: true, Settlement: settleBadly}},
		{Check: "processing.decisions", Name: "reason", Story: "A ballot has another reason than the rules give.", script: Script{Files: otherReason}},
		{Check: "processing.decisions", Name: "cause", Story: "A ballot is said to be superseded by another than the rules give.", script: Script{Files: otherCause}},
		{Check: "processing.input", Name: "dropped", Story: "A voter's ballot is left out, where nobody in public can see it.", script: Script{Guarded: true, Decisions: drop(0)}},
		{Check: "processing.input", Name: "earlier", Story: "A voter's first ballot is counted instead of the last.", script: Script{Guarded: true, Decisions: countEarlier}},
		{Check: "processing.input", Name: "revoked", Story: "A revoked voter's ballot is counted.", script: Script{Guarded: true, Decisions: countRevoked}},
		{Check: "processing.input", Name: "number", Story: "The input says that more ballots were revoked than there were.", script: Script{Guarded: true, Input: func(_ *Record, in *election.Input) { in.Revoked++ }}},
	}
}

// The ballots of the story, by their place in the box: each voter's first stands
// at the voter's number.
const (
	secondBallot = Voters - 1 // of again
	heldBallot   = Voters     // of heldBack
)

// settleRoll settles the entry before the first ballot, and settleNothing one that is
// not there.
func settleRoll(s *election.Settlement) { s.List = settled(s, firstBallot-1) }

func settleNothing(s *election.Settlement) { s.List = settled(s, 1000) }

// settleAgain settles the first ballot, which had evidence.
func settleAgain(s *election.Settlement) { s.List = settled(s, firstBallot) }

// settleLess leaves out the ballot whose evidence came later.
func settleLess(s *election.Settlement) {
	s.List = s.List[1:]
	s.Ballots = len(s.List)
}

func settleBadly(s *election.Settlement) {
	s.List = slices.Clone(s.List)
	s.List[0].Good = false
}

func countLost(list []election.Decision) { list[lost].Reason, list[lost].Code = election.Counted, "" }

// firstBallot is the index of the first ballot's entry: after manifest, ceremony, roll
// and opening.
const firstBallot = 4

// settled adds an entry to the list, in order.
func settled(s *election.Settlement, index uint64) []election.Settled {
	list := append(slices.Clone(s.List), election.Settled{Index: index, Evidence: election.HashOf([]byte("other")), Good: true})
	slices.SortFunc(list, func(a, b election.Settled) int { return cmp.Compare(a.Index, b.Index) })
	s.Ballots = len(list)
	return list
}

func otherEvidence(i int) func([]election.BoxBallot) []election.BoxBallot {
	return func(list []election.BoxBallot) []election.BoxBallot {
		list[i].Evidence = election.NewEvidence(nil, nil, []byte("other")).Bytes()
		return list
	}
}

func lostEvidence(list []election.BoxBallot) []election.BoxBallot {
	list[away].Evidence = nil
	return list
}

func dropList(r *Record, in *election.Input) {
	delete(r.Public, election.InputBin(in.Lists[0].ID()))
	in.Lists = in.Lists[1:]
}

func drop(i int) func([]election.Decision) {
	return func(list []election.Decision) { list[i].Reason = election.Superseded }
}

func countEarlier(list []election.Decision) {
	list[again].Reason, list[secondBallot].Reason = election.Counted, election.Superseded
}

func countHeldBack(list []election.Decision) {
	list[heldBack].Reason, list[heldBallot].Reason = election.Superseded, election.Counted
}

func countRevoked(list []election.Decision) { list[revoked].Reason = election.Counted }

// dropHalves leaves one voter out of the first contest of the north and another
// out of the second: the numbers of ballots stay equal.
func dropHalves(r *Record) {
	mayor := election.ListID{Contest: "mayor", District: "0176.1"}
	council := election.ListID{Contest: "council", District: "0176.1"}
	r.rows[mayor] = elgamal.NewRows(1, r.rows[mayor].All()[1:])
	all := r.rows[council].All()
	r.rows[council] = elgamal.NewRows(2, all[:len(all)-2])
}

func exchangeInput(r *Record) {
	mayor := election.ListID{Contest: "mayor", District: "0176.1"}
	all := append([]elgamal.Ciphertext(nil), r.rows[mayor].All()...)
	all[0], all[1] = all[1], all[0]
	r.rows[mayor] = elgamal.NewRows(1, all)
}

func editBox(edit func([]election.BoxBallot) []election.BoxBallot) func(*Record) {
	return func(r *Record) {
		list := append([]election.BoxBallot(nil), r.Ballots...)
		r.Sealed[election.BoxFile] = election.NewBox(r.Manifest.Fingerprint(), edit(list)).Bytes()
	}
}

func exchangeContainers(list []election.BoxBallot) []election.BoxBallot {
	list[0].Container, list[2].Container = list[2].Container, list[0].Container
	return list
}

func dropContainer(list []election.BoxBallot) []election.BoxBallot { return list[:len(list)-1] }

func otherBoxTime(list []election.BoxBallot) []election.BoxBallot {
	list[0].Time++
	return list
}

func editDecisions(r *Record, edit func([]election.Decision)) {
	d, err := election.ParseDecisions(r.Sealed[election.DecisionsFile])
	if err != nil {
		panic(err)
	}
	edit(d.List)
	r.Sealed[election.DecisionsFile] = d.Bytes()
}

func otherReason(r *Record) {
	editDecisions(r, func(list []election.Decision) { list[revoked].Reason = election.Ineligible })
}

func otherCause(r *Record) {
	editDecisions(r, func(list []election.Decision) { *list[again].By++ })
}
