package threshold_test

import (
	"crypto/rand"
	"fmt"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/threshold"
	"valik/crypto/transcript"
)

// The blocks of this example are the tutorial of docs/protocol/ceremony.md.
func Example_ceremony() {
	params, identities := cards()
	ceremony := &threshold.Ceremony{}

	committed := make([]*threshold.Committed, 3)
	for i, id := range identities {
		state, message, err := threshold.Begin(params, id)
		check(err)
		committed[i] = state                                         // kept
		ceremony.Commitments = append(ceremony.Commitments, message) // sent
	}

	dealt := make([]*threshold.Dealt, 3)
	for i, state := range committed {
		next, message, err := state.Deal(ceremony.Commitments)
		check(err)
		dealt[i] = next
		ceremony.Deals = append(ceremony.Deals, message)
	}

	confirmed := make([]*threshold.Confirmed, 3)
	for i, state := range dealt {
		next, message, err := state.Confirm(ceremony.Deals)
		check(err)
		confirmed[i] = next
		ceremony.Confirmations = append(ceremony.Confirmations, message)
	}

	shares := make([]*threshold.KeyShare, 3)
	for i, state := range confirmed {
		share, message, err := state.Drill(ceremony.Confirmations)
		check(err)
		shares[i] = share
		ceremony.Drills = append(ceremony.Drills, message)
	}

	keys, err := threshold.Verify(params, ceremony)
	check(err)
	fmt.Println(keys.T(), "of", keys.N(), "trustees hold the key")
	fmt.Println("what one of them keeps:", shares[0])

	// Output:
	// 2 of 3 trustees hold the key
	// what one of them keeps: [redacted]
}

func cards() (*threshold.Params, []*threshold.Identity) {
	params := &threshold.Params{Context: []byte("election fingerprint, first attempt"), T: 2, N: 3}
	var identities []*threshold.Identity
	for _, name := range []string{"Anna", "Bert", "Cleo"} {
		id, err := threshold.NewIdentity(name)
		check(err)
		identities = append(identities, id)            // stays with the trustee
		params.Cards = append(params.Cards, id.Card()) // goes to everybody
	}
	return params, identities
}

// The blocks of this example are the example of docs/protocol/decryption.md.
func Example_decryption() {
	keys, keyShares := finishedCeremony()
	yes := group.HashToElement("example", []byte("yes"))
	rows := elgamal.NewRows(1, []elgamal.Ciphertext{*keys.Public().Encrypt(yes, group.RandomScalar())})

	context := func() *transcript.Transcript {
		t := transcript.New("example decryption")
		t.String("list", "district 1")
		return t
	}

	shares := map[int]*threshold.DecryptionShare{}
	for _, keyShare := range keyShares[1:] { // trustee 1 is ill
		share, err := keyShare.Decrypt(context(), rows)
		check(err)
		check(share.Verify(context(), keys, keyShare.Index(), rows))
		shares[keyShare.Index()] = share
	}

	plaintexts, err := threshold.Combine(keys, rows, shares)
	check(err)
	check(threshold.VerifyCombination(keys, rows, shares, plaintexts, rand.Reader))
	fmt.Println("yes:", plaintexts[0].Equal(yes))

	// Output:
	// yes: true
}

func finishedCeremony() (*threshold.Keys, []*threshold.KeyShare) {
	params, identities := cards()
	var (
		ceremony  threshold.Ceremony
		committed []*threshold.Committed
		dealt     []*threshold.Dealt
		confirmed []*threshold.Confirmed
		shares    []*threshold.KeyShare
	)
	for _, id := range identities {
		state, message, err := threshold.Begin(params, id)
		check(err)
		committed, ceremony.Commitments = append(committed, state), append(ceremony.Commitments, message)
	}
	for _, state := range committed {
		next, message, err := state.Deal(ceremony.Commitments)
		check(err)
		dealt, ceremony.Deals = append(dealt, next), append(ceremony.Deals, message)
	}
	for _, state := range dealt {
		next, message, err := state.Confirm(ceremony.Deals)
		check(err)
		confirmed, ceremony.Confirmations = append(confirmed, next), append(ceremony.Confirmations, message)
	}
	for _, state := range confirmed {
		share, message, err := state.Drill(ceremony.Confirmations)
		check(err)
		shares, ceremony.Drills = append(shares, share), append(ceremony.Drills, message)
	}
	keys, err := threshold.Verify(params, &ceremony)
	check(err)
	return keys, shares
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
