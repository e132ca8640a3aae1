package recordtest

import (
	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/election"
)

// mixFaults are those of the mixers.
func mixFaults() []Fault {
	return []Fault{
		{Check: "mix.required", Name: "twice", Story: "One mixer has made both mixes.", script: Script{Mixer: func(int) (int, int) { return 0, 0 }}},
		{Check: "mix.required", Name: "previous", Story: "A mixer says that it has mixed something else.", script: Script{Mix: func(_ *Record, m *election.Mix) { m.Previous[0]++ }}},
		{Check: "mix.required", Name: "number", Story: "A mix stands on the board under another number.", script: Script{Mix: func(_ *Record, m *election.Mix) { m.Number = 1 }}},
		{Check: "mix.signature", Name: "key", Story: "The mixers have signed each other's mixes.", script: Script{Mixer: func(k int) (int, int) { return k - 1, 2 - k }}},
		{Check: "mix.first", Name: "replaced", Story: "The first mixer has exchanged a vote for its own.", script: Script{Shuffled: replaceIn(1)}},
		{Check: "mix.first", Name: "guarded", Story: "The first mixer has exchanged a vote where the input is sealed.", script: Script{Guarded: true, Shuffled: replaceIn(1)}},
		{Check: "mix.later", Name: "replaced", Story: "The second mixer has exchanged a vote for its own.", script: Script{Shuffled: replaceIn(2)}},
		{Check: "mix.later", Name: "doubled", Story: "The second mixer has counted one vote twice and another not at all.", script: Script{Shuffled: doubleIn(2)}},
	}
}

func replaceIn(mix int) func(*Record, int, election.ListID, []elgamal.Ciphertext) {
	return func(r *Record, k int, id election.ListID, out []elgamal.Ciphertext) {
		if k == mix {
			point := r.Manifest.Point(id.Contest, r.Manifest.Codes(id.Contest, id.District)[0])
			out[0] = *r.Keys.Public().Encrypt(point, group.RandomScalar())
		}
	}
}

func doubleIn(mix int) func(*Record, int, election.ListID, []elgamal.Ciphertext) {
	return func(r *Record, k int, _ election.ListID, out []elgamal.Ciphertext) {
		if k == mix {
			// a fresh encryption of the identity hides that it is the same
			again := r.Keys.Public().Encrypt(group.NewElement(), group.RandomScalar())
			last := &out[len(out)-1]
			last.A.Add(&out[0].A, &again.A)
			last.B.Add(&out[0].B, &again.B)
		}
	}
}

// decryptionFaults are those of the trustees and of the count.
func decryptionFaults() []Fault {
	return []Fault{
		{Check: "decryption.quorum", Name: "input", Story: "The trustees say that they have decrypted the first mix.", script: Script{Decrypted: decryptFirst}},
		{Check: "decryption.quorum", Name: "twice", Held: true, Story: "One trustee stands for two.", script: Script{Board: oneTrusteeTwice}},
		{Check: "decryption.signature", Name: "key", Story: "The trustees have signed each other's decryptions.", script: Script{Signs: func(j int) int { return 3 - j }}},
		{Check: "decryption.shares", Name: "spoiled", Story: "A trustee has spoiled a vote with a wrong share.", script: Script{Shares: spoil}},
		{Check: "decryption.plaintexts", Name: "replaced", Story: "A vote is another one than the trustees' shares give.", script: Script{Points: replacePoint}},
		{Check: "result.counts", Name: "moved", Story: "A vote is counted for another candidate.", script: Script{Result: moveVote}},
		{Check: "result.counts", Name: "totals", Story: "The totals have a vote more than the lists.", script: Script{Result: func(r *election.Result) { r.Totals.Votes++ }}},
		{Check: "result.counts", Name: "invalid", Story: "A vote is counted as invalid.", script: Script{Result: invalidVote}},
		{Check: "result.signature", Name: "official", Story: "An official who is not the authority has signed the result.", script: Script{Signer: otherSigner(election.ResultFile)}},
		{Check: "result.signature", Name: "twice", Story: "One official has signed the result twice, the second not at all.", script: Script{Signer: firstForSecond(election.ResultFile)}},
		{Check: "result.signature", Name: "missing", Story: "The second official has not signed the result.", script: Script{Files: without(election.SignatureFile(election.ResultFile, 1))}},
	}
}

func decryptFirst(r *Record, d *election.Decryption) {
	d.Input = election.HashOf(r.Public[election.MixFile(1)])
}

func oneTrusteeTwice(r *Record) {
	n := len(r.Entries)
	r.Entries[n-2] = r.Entries[n-3] // decryption, decryption, result
	delete(r.Public, election.DecryptionFile(2))
	delete(r.Public, election.DecryptionSignatureFile(2))
	for _, id := range r.Manifest.ListIDs() {
		delete(r.Public, election.DecryptionBin(2, id))
	}
}

// spoil adds G to the first share of trustee 1 and says so in no proof.
func spoil(_ *Record, j int, _ election.ListID, _ *elgamal.Rows, shares []byte) []byte {
	if j != 1 {
		return shares
	}
	d, err := group.NewElement().SetBytes(shares[:32])
	if err != nil {
		panic(err)
	}
	d.Add(d, group.NewGenerator())
	return append(d.Bytes(), shares[32:]...)
}

// replacePoint puts another choice for the first vote of a list.
func replacePoint(r *Record, id election.ListID, points []group.Element) {
	for _, code := range r.Manifest.Codes(id.Contest, id.District) {
		if p := r.Manifest.Point(id.Contest, code); !p.Equal(&points[0]) {
			points[0].Set(p)
			return
		}
	}
}

// voted returns a count that is not zero, and its list.
func voted(r *election.Result) (*election.ResultList, int) {
	for i := range r.Lists {
		for k, c := range r.Lists[i].Counts {
			if c.Votes > 0 {
				return &r.Lists[i], k
			}
		}
	}
	panic("recordtest: nobody has a vote")
}

func moveVote(r *election.Result) {
	l, k := voted(r)
	l.Counts[k].Votes--
	l.Counts[(k+1)%len(l.Counts)].Votes++
}

func invalidVote(r *election.Result) {
	l, k := voted(r)
	l.Counts[k].Votes--
	l.Invalid++
	r.Totals.Votes--
	r.Totals.Invalid++
}
