package shuffle_test

import (
	"crypto/rand"
	"fmt"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/shuffle"
	"valik/crypto/transcript"
)

func Example() {
	pk, err := elgamal.NewPublicKey(group.NewElement().ScalarBaseMult(group.RandomScalar()))
	if err != nil {
		panic(err)
	}
	ballot := *pk.Encrypt(group.HashToElement("a choice"), group.RandomScalar())
	another := *pk.Encrypt(group.HashToElement("another"), group.RandomScalar())
	input := elgamal.NewRows(1, []elgamal.Ciphertext{ballot, another})

	// Both sides absorb the same context: which election, which mix, which list.
	context := func() *transcript.Transcript {
		t := transcript.New("valik/1 mix")
		t.String("election", "an example")
		return t
	}

	// The mixer publishes output and proof, and forgets the witness.
	output, witness := shuffle.Shuffle(pk, input)
	proof, err := shuffle.Prove(context(), &shuffle.Statement{Key: pk, Input: input, Output: output}, witness)
	if err != nil {
		panic(err)
	}
	witness.Erase()
	rows, bytes := output.Bytes(), proof.Bytes()

	// A verifier has the input from before, and decodes the rest.
	received, err := elgamal.ParseRows(rows, input.Width())
	if err != nil {
		panic(err)
	}
	parsed, err := shuffle.ParseProof(bytes, input.Len(), input.Width())
	if err != nil {
		panic(err)
	}
	fmt.Println(parsed.Verify(context(), &shuffle.Statement{Key: pk, Input: input, Output: received}, rand.Reader))

	// A mixer that loses a ballot is found out.
	received = elgamal.NewRows(1, []elgamal.Ciphertext{*received.At(0, 0), *received.At(0, 0)})
	fmt.Println(parsed.Verify(context(), &shuffle.Statement{Key: pk, Input: input, Output: received}, rand.Reader))

	// Output:
	// <nil>
	// shuffle: statement: no equation holds: the proof was changed, or made for another statement or context: the equation does not hold
}
