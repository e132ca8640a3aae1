package sigma_test

import (
	"crypto/rand"
	"fmt"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/sigma"
	"valik/crypto/transcript"
)

// A voter proves that a ciphertext encrypts one of three choices; the verifier
// checks it together with other ballots.
func Example() {
	secret := group.RandomScalar()
	pk, err := elgamal.NewPublicKey(group.NewElement().ScalarBaseMult(secret))
	check(err)
	var list []group.Element
	for _, name := range []string{"apple", "pear", "plum"} {
		list = append(list, *group.HashToElement("valik/1 example", []byte(name)))
	}
	choices, err := sigma.NewChoices(list)
	check(err)
	// Both sides absorb the same context: which election, which voter, which slot.
	slot := func(voter string) *transcript.Transcript {
		t := transcript.New("valik/1 example slot")
		t.String("voter", voter)
		return t
	}

	// The voter.
	r := elgamal.NewSeed().Scalar([]byte("fruit"), []byte("slot 0"))
	ciphertext := pk.Encrypt(&list[1], r)
	proof, err := sigma.ProveMembership(slot("ann"), pk, choices, ciphertext, 1, r)
	check(err)

	// The verifier.
	received, err := sigma.ParseMembership(proof.Bytes(), choices.Len())
	check(err)
	batch := sigma.NewMembershipBatch(pk, rand.Reader)
	check(batch.Add(slot("ann"), choices, ciphertext, received))
	fmt.Println(batch.Verify())

	// Bob sends Ann's ciphertext and proof as his own.
	check(batch.Add(slot("bob"), choices, ciphertext, received))
	fmt.Println(batch.Verify())
	for _, c := range batch.Culprits() {
		fmt.Println(c.Item, c.Err)
	}
	// Output:
	// <nil>
	// sigma: membership: a proof of the batch does not verify
	// 1 sigma: membership: equation digits: the equation does not hold
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
