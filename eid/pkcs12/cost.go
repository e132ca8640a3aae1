package pkcs12

import (
	"encoding/asn1"
	"fmt"
	"math/big"
)

// MaxIterations bounds the iterations of all derivations of keys that a file asks
// for together. Usual files have 2,048 for each; this many cost some seconds.
const MaxIterations = 5_000_000

// maxDepth is more than the nesting of a file that the library can read.
const maxDepth = 32

// checkCost finds the iteration counts that can be seen without the passphrase. All
// of them have one form, in the old schemes, in PBKDF2 and in the MAC: an INTEGER
// after an OCTET STRING (the salt) in a SEQUENCE. So the search needs no picture of
// the file, which an odd file would not keep to. It reads with the library's own
// parser and goes on as far as that can read, so that nothing is hidden from it
// which the library will see.
func checkCost(der []byte) error {
	if len(der) > Limit {
		return fmt.Errorf("%w: more than %d bytes", ErrForm, Limit)
	}
	total := new(big.Int)
	if err := sumIterations(total, der, 0); err != nil {
		return err
	}
	if total.Cmp(big.NewInt(MaxIterations)) > 0 {
		return ErrCost
	}
	return nil
}

func sumIterations(total *big.Int, b []byte, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("%w: nested too deep", ErrForm)
	}
	previous := -1
	for len(b) > 0 {
		var value asn1.RawValue
		rest, err := asn1.Unmarshal(b, &value)
		if err != nil {
			return nil // not values at all, such as a ciphertext
		}
		b = rest
		// The library looks at a PBKDF2 salt's number alone, not at its class.
		if value.Tag == asn1.TagInteger && previous == asn1.TagOctetString {
			total.Add(total, number(value.Bytes))
		}
		previous = value.Tag
		if holdsValues(value) {
			if err := sumIterations(total, value.Bytes, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// number reads an INTEGER as unsigned: the library refuses negative ones as such or
// counts them as none.
func number(b []byte) *big.Int { return new(big.Int).SetBytes(b) }

// holdsValues: the parts of a file are constructed values, and SEQUENCEs within
// OCTET STRINGs.
func holdsValues(value asn1.RawValue) bool {
	const sequence = 0x30
	return value.IsCompound || value.Tag == asn1.TagOctetString && len(value.Bytes) > 0 && value.Bytes[0] == sequence
}
