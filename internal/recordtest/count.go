package recordtest

import (
	"crypto/rand"
	"slices"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/shuffle"
	"valik/crypto/threshold"
	"valik/eid"
	"valik/election"
	"valik/election/processing"
)

// revoke takes two voters out of the count, and one of them back in: under another
// personal code.
func (r *Record) revoke() error {
	orders := []struct {
		action  string
		persons []string
	}{
		{election.Revoke, []string{r.Roll.List[revoked].Code, r.Roll.List[restored].Code}},
		{election.Restore, []string{newCode}},
	}
	for i, order := range orders {
		var salt election.Salt
		rand.Read(salt[:])
		d, err := election.NewRevocations(r.Fingerprint, i+1, order.action, salt, order.persons)
		if err != nil {
			return err
		}
		r.revoked = append(r.revoked, d)
		r.Append(election.KindRevocations, d.Hash())
		if err := r.signed(r.Sealed, election.RevocationsFile(i+1), d.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// process decides honestly, and then takes the ballots that the script wants.
func (r *Record) process() error {
	list, number, err := r.decide()
	if err != nil {
		return err
	}
	r.Sealed[election.DecisionsFile] = election.NewDecisions(r.Fingerprint, list).Bytes()
	if r.script.Decisions != nil {
		r.script.Decisions(list)
	}
	if err := r.collect(list); err != nil {
		return err
	}
	if r.script.Rows != nil {
		r.script.Rows(r)
	}
	var lists []election.InputList
	for _, id := range r.Manifest.ListIDs() {
		rows := r.rows[id]
		r.inputFolder()[election.InputBin(id)] = rows.Bytes()
		lists = append(lists, election.InputList{
			Contest: id.Contest, District: id.District,
			Rows: rows.Len(), Width: rows.Width(), Ciphertexts: election.HashOf(rows.Bytes()),
		})
	}
	r.in = election.NewInput(r.Manifest, lists, number, r.refused(list))
	if r.script.Input != nil {
		r.script.Input(r, r.in)
	}
	r.Public[election.InputFile] = r.in.Bytes()
	r.last = election.HashOf(r.in.Bytes())
	r.Append(election.KindInput, r.last)
	return nil
}

// refused counts the ballots that an honest collector does not log.
func (r *Record) refused(list []election.Decision) (n int) {
	for _, d := range list {
		switch d.Reason {
		case election.Counted, election.Superseded, election.Revoked:
		default:
			if !r.wasLost(d.Index) {
				n++
			}
		}
	}
	return n
}

// wasLost says whether no evidence came for a ballot that was taken without.
func (r *Record) wasLost(index uint64) bool {
	return slices.ContainsFunc(r.late, func(v election.Settled) bool { return v.Index == index && !v.Good })
}

func (r *Record) decide() ([]election.Decision, int, error) {
	entries, ballots, late := r.withoutLate()
	o, err := processing.Process(&processing.Source{
		Manifest: r.Manifest, Key: r.Keys.Public(), Entries: r.settledHonestly(entries),
		Box: election.NewBox(r.Fingerprint, ballots), Rolls: r.rolls, Revocations: r.revoked, Settlement: r.settled,
	})
	if err != nil {
		return nil, 0, err
	}
	list := o.Decisions.List
	for _, b := range late {
		list = append(list, election.Decision{Index: b.Index, Reason: election.Counted})
	}
	return list, o.Revoked, nil
}

// withoutLate is the board and the box without the ballots after the close, which
// honest processing refuses.
func (r *Record) withoutLate() (entries [][]byte, ballots, late []election.BoxBallot) {
	entries = slices.Clone(r.Entries)
	for i := len(r.Ballots) - 1; i >= 0; i-- {
		b := r.Ballots[i]
		if b.Index < r.closed {
			return entries, r.Ballots[:i+1], r.Ballots[i+1:]
		}
		entries = slices.Delete(entries, int(b.Index), int(b.Index)+1)
	}
	return entries, nil, r.Ballots
}

// inputFolder is where the rows of the mix input lie.
func (r *Record) inputFolder() Files {
	if r.script.Guarded {
		return r.Sealed
	}
	return r.Public
}

// collect takes the rows of the ballots that are counted.
func (r *Record) collect(list []election.Decision) error {
	encoded := map[election.ListID][]byte{}
	for i, d := range list {
		if d.Reason != election.Counted {
			continue
		}
		container, err := eid.ParseContainer(r.Ballots[i].Container)
		if err != nil {
			return err
		}
		b, err := election.ParseBallot(container.Data)
		if err != nil {
			return err
		}
		for _, c := range b.Contests {
			id := election.ListID{Contest: c.Contest, District: b.District}
			for _, s := range c.Slots {
				encoded[id] = append(encoded[id], s.Ciphertext...)
			}
		}
	}
	r.rows = map[election.ListID]*elgamal.Rows{}
	for _, id := range r.Manifest.ListIDs() {
		rows, err := elgamal.ParseRows(encoded[id], r.Manifest.Width(id))
		if err != nil {
			return err
		}
		r.rows[id] = rows
	}
	return nil
}

func (r *Record) mixAll() error {
	for k := 1; k <= r.Manifest.Mixers.Required; k++ {
		if err := r.mix(k); err != nil {
			return err
		}
	}
	return nil
}

func (r *Record) mix(k int) error {
	name, key := k-1, k-1
	if r.script.Mixer != nil {
		name, key = r.script.Mixer(k)
	}
	mixer := r.Manifest.Mixers.Operators[name].Name
	var lists []election.MixList
	for _, id := range r.Manifest.ListIDs() {
		l, err := r.shuffle(k, mixer, id)
		if err != nil {
			return err
		}
		lists = append(lists, *l)
	}
	mix := election.NewMix(r.Manifest, k, mixer, r.last, lists)
	if r.script.Mix != nil {
		r.script.Mix(r, mix)
	}
	r.Public[election.MixFile(k)] = mix.Bytes()
	r.Public[election.MixSignatureFile(k)] = election.Sign(r.Mixers[key], r.Fingerprint, election.KindMix, mix.Bytes())
	r.last = election.HashOf(mix.Bytes())
	r.Append(election.KindMix, r.last)
	return nil
}

func (r *Record) shuffle(k int, mixer string, id election.ListID) (*election.MixList, error) {
	pk, in := r.Keys.Public(), r.rows[id]
	out, secret := shuffle.Shuffle(pk, in)
	t := election.MixTranscript(r.Manifest, k, mixer, id)
	proof, err := shuffle.Prove(t, &shuffle.Statement{Key: pk, Input: in, Output: out}, secret)
	if err != nil {
		return nil, err
	}
	if r.script.Shuffled != nil {
		changed := slices.Clone(out.All())
		r.script.Shuffled(r, k, id, changed)
		out = elgamal.NewRows(in.Width(), changed)
	}
	r.rows[id] = out
	r.Public[election.MixBin(k, id)], r.Public[election.MixProof(k, id)] = out.Bytes(), proof.Bytes()
	return &election.MixList{
		Contest: id.Contest, District: id.District, Rows: out.Len(), Width: out.Width(),
		Ciphertexts: election.HashOf(out.Bytes()), Proof: election.HashOf(proof.Bytes()),
	}, nil
}

// decryptAll lets as many trustees decrypt as are needed.
func (r *Record) decryptAll() error {
	r.shares = map[election.ListID]map[int][]byte{}
	for _, id := range r.Manifest.ListIDs() {
		r.shares[id] = map[int][]byte{}
	}
	for j := 1; j <= r.Manifest.Trustees.Threshold; j++ {
		if err := r.decrypt(j); err != nil {
			return err
		}
	}
	return nil
}

func (r *Record) decrypt(j int) error {
	var lists []election.DecryptionList
	for _, id := range r.Manifest.ListIDs() {
		rows := r.rows[id]
		share, err := r.Election.Shares[j-1].Decrypt(election.DecryptionTranscript(r.Manifest, j, id, r.last), rows)
		if err != nil {
			return err
		}
		file := share.Bytes()
		if r.script.Shares != nil {
			file = r.script.Shares(r, j, id, rows, file)
		}
		r.shares[id][j], r.Public[election.DecryptionBin(j, id)] = file, file
		lists = append(lists, election.DecryptionList{
			Contest: id.Contest, District: id.District, Rows: rows.Len(), Width: rows.Width(), Shares: election.HashOf(file),
		})
	}
	d := election.NewDecryption(r.Manifest, j, r.last, lists)
	if r.script.Decrypted != nil {
		r.script.Decrypted(r, d)
	}
	signer := j
	if r.script.Signs != nil {
		signer = r.script.Signs(j)
	}
	r.Public[election.DecryptionFile(j)] = d.Bytes()
	r.Public[election.DecryptionSignatureFile(j)] = election.SignWith(r.Trustees[signer-1].Sign, r.Fingerprint, election.KindDecryption, d.Bytes())
	r.used = append(r.used, election.HashOf(d.Bytes()))
	r.Append(election.KindDecryption, election.HashOf(d.Bytes()))
	return nil
}

func (r *Record) count() error {
	points := map[election.ListID][]group.Element{}
	for _, id := range r.Manifest.ListIDs() {
		p, err := r.combine(id)
		if err != nil {
			return err
		}
		if r.script.Points != nil {
			r.script.Points(r, id, p)
		}
		points[id] = p
		r.Public[election.PlaintextsBin(id)] = group.EncodeAll(p)
	}
	lists, totals, err := election.Tally(r.Manifest, points)
	if err != nil {
		return err
	}
	result := election.NewResult(r.Manifest, r.last, r.used, lists, totals)
	if r.script.Result != nil {
		r.script.Result(result)
	}
	if err := r.signed(r.Public, election.ResultFile, result.Bytes()); err != nil {
		return err
	}
	r.Append(election.KindResult, election.HashOf(result.Bytes()))
	return nil
}

func (r *Record) combine(id election.ListID) ([]group.Element, error) {
	rows, shares := r.rows[id], map[int]*threshold.DecryptionShare{}
	for j, file := range r.shares[id] {
		share, err := threshold.ParseDecryptionShare(file, rows.Len()*rows.Width())
		if err != nil {
			return nil, err
		}
		shares[j] = share
	}
	return threshold.Combine(r.Keys, rows, shares)
}
