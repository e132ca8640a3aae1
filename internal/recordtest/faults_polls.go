package recordtest

import (
	"valik/crypto/elgamal"
	"valik/eid/testpki"
	"valik/election"
)

// pollsFaults are those of rolls, opening, close and published ballots.
func pollsFaults() []Fault {
	return []Fault{
		{Check: "roll.commitment", Name: "official", Story: "An official who is not the authority has signed the second version of the roll.", script: Script{Signer: otherSigner(election.RollFile(1))}},
		{Check: "roll.commitment", Name: "changed", Held: true, Story: "The roll is not the one that the board commits to.", script: Script{Files: changedRoll}},
		{Check: "roll.commitment", Name: "pseudonym", Story: "A voter has another pseudonym in the second version of the roll.", script: Script{Changeset: otherPseudonym}},
		{Check: "roll.commitment", Name: "inherited", Story: "A voter has a pseudonym that was another's in the first version of the roll.", script: Script{Changeset: inheritedPseudonym}},
		{Check: "roll.commitment", Name: "renamed", Story: "A voter whose personal code changed has another pseudonym since.", script: Script{Changeset: otherPseudonymForNewCode}},
		{Check: "roll.commitment", Name: "unlinked", Story: "A voter has the pseudonym of another, whose personal code is gone.", script: Script{Changeset: unlinkedCode}},
		{Check: "roll.commitment", Name: "claimed", Story: "A voter's former code is that of another voter, who is gone.", script: Script{Changeset: claimedCode}},
		{Check: "roll.commitment", Name: "twice", Story: "One official has signed the roll twice, the second not at all.", script: Script{Signer: firstForSecond(election.RollFile(0))}},
		{Check: "open.document", Name: "early", Story: "The polls opened before the time of the manifest.", script: Script{Open: func(o *election.Open) { o.Opens -= 3600 }}},
		{Check: "open.document", Name: "roll", Story: "The polls opened with another roll than the board's.", script: Script{Open: func(o *election.Open) { o.Roll[0]++ }}},
		{Check: "open.document", Name: "ceremony", Story: "The polls opened with another key ceremony than the board's.", script: Script{Open: func(o *election.Open) { o.Ceremony[0]++ }}},
		{Check: "close.document", Name: "ballots", Story: "The collector closes with a ballot more than the board has.", script: Script{Close: oneBallotMore}},
		{Check: "close.document", Name: "early", Story: "The polls closed before the time of the manifest.", script: Script{Close: func(c *election.Close) { c.Closes -= 3600 }}},
		{Check: "ballots.leaves", Name: "dropped", Story: "A ballot of the board is not published.", script: Script{Files: editBallots(dropSuperseded)}},
		{Check: "ballots.leaves", Name: "time", Story: "A ballot is published with another time than it was taken at.", script: Script{Files: editBallots(otherTime)}},
		{Check: "ballots.form", Name: "anchor", Unsealed: true, Story: "A ballot was made for another board than this, and is counted.", script: Script{Polls: otherBoard, Decisions: countLast}},
		{Check: "ballots.form", Name: "hours", Unsealed: true, Story: "A ballot was taken at the second of the close, and is counted.", script: Script{Polls: tooLate, Decisions: countLast}},
		{Check: "ballots.form", Name: "style", Unsealed: true, Held: true, Story: "A ballot has one choice too many, which the officials pass over.", script: Script{Polls: oneSlotMore, Decisions: passOver}},
		{Check: "ballots.proofs", Name: "stuffed", Unsealed: true, Story: "A ballot holds two votes for a candidate, and is counted.", script: Script{Polls: stuffed, Decisions: countLast}},
		{Check: "ballots.proofs", Name: "copied", Unsealed: true, Story: "A voter has copied another voter's ballot, and it is counted.", script: Script{Polls: copied, Decisions: countLast}},
	}
}

func otherPseudonym(voters []election.Voter) { voters[Absent].Pseudonym[0]++ }

// inheritedPseudonym exchanges those of two voters who have voted before.
func inheritedPseudonym(voters []election.Voter) {
	voters[0].Pseudonym, voters[revoked].Pseudonym = voters[revoked].Pseudonym, voters[0].Pseudonym
}

// otherCode is another personal code that a voter gets by a fault.
var otherCode = testpki.PersonalCode(101)

func otherPseudonymForNewCode(voters []election.Voter) {
	v := &voters[Absent]
	v.Code, v.Former = otherCode, v.Codes()
	v.Pseudonym[0]++
}

// unlinkedCode does not say that the voter with the new code is the one with the old.
func unlinkedCode(voters []election.Voter) { voters[Absent].Code = otherCode }

// claimedCode gives somebody the code of a voter who gets another one at the same time.
func claimedCode(voters []election.Voter) {
	voters[0].Former = []string{voters[Absent].Code}
	voters[Absent].Code = otherCode
}

func changedRoll(r *Record) {
	other := *r.Roll
	other.Salt[0]++
	r.Sealed[election.RollFile(0)] = other.Bytes()
}

func editBallots(edit func([]election.PublicBallot) []election.PublicBallot) func(*Record) {
	return func(r *Record) {
		p, err := election.ParsePublicBallots(r.Public[election.BallotsFile])
		if err != nil {
			panic(err)
		}
		r.Public[election.BallotsFile] = election.NewPublicBallots(p.Election, edit(p.List)).Bytes()
	}
}

// dropSuperseded drops a ballot that does not count anyway.
func dropSuperseded(list []election.PublicBallot) []election.PublicBallot {
	return append(list[:again:again], list[again+1:]...)
}

func otherTime(list []election.PublicBallot) []election.PublicBallot {
	list[0].Time++
	return list
}

// castAbsent casts a ballot of the voter who does not vote otherwise.
func (r *Record) castAbsent(b *election.Ballot) { r.take(r.Seal(Absent, b.Bytes()), r.now()) }

// passOver hides that the last ballot should never have been logged.
func passOver(list []election.Decision) { list[len(list)-1].Reason = election.Superseded }

func countLast(list []election.Decision) { list[len(list)-1].Reason = election.Counted }

func otherBoard(r *Record) {
	a := r.Anchor(len(r.Entries))
	a.Root[0]++
	r.castAbsent(r.Choose(Absent, 0, a))
}

func tooLate(r *Record) {
	b := r.Choose(Absent, 0, r.Anchor(len(r.Entries)))
	r.take(r.Seal(Absent, b.Bytes()), r.Manifest.Closes.Time())
}

func oneSlotMore(r *Record) {
	b := r.Choose(Absent, 0, r.Anchor(len(r.Entries)))
	b.Contests[0].Slots = append(b.Contests[0].Slots, b.Contests[0].Slots[0])
	r.castAbsent(b)
}

func stuffed(r *Record) {
	b := r.Choose(Absent, 0, r.Anchor(len(r.Entries)))
	slot := &b.Contests[0].Slots[0]
	c, err := elgamal.ParseCiphertext(slot.Ciphertext)
	if err != nil {
		panic(err)
	}
	codes := r.Manifest.Codes(b.Contests[0].Contest, b.District)
	c.B.Add(&c.B, r.Manifest.Point(b.Contests[0].Contest, codes[0]))
	slot.Ciphertext = c.Bytes()
	r.castAbsent(b)
}

func copied(r *Record) {
	a := r.Anchor(len(r.Entries))
	b, other := r.Choose(Absent, 0, a), r.Choose(Absent-2, 0, a)
	b.Contests = other.Contests
	r.castAbsent(b)
}
