package eid

// PersonalCode is an Estonian personal code: 11 digits, the last a checksum.
type PersonalCode string

const personalCodeSize = 11

// The weights of the two rounds of the checksum.
var personalCodeWeights = [2][personalCodeSize - 1]int{
	{1, 2, 3, 4, 5, 6, 7, 8, 9, 1},
	{3, 4, 5, 6, 7, 8, 9, 1, 2, 3},
}

// ParsePersonalCode checks length, digits and checksum. The birth date inside
// the code is not judged: the issuer of certificates and the voter roll are the
// authorities on who exists. The error's code is "personal_code" and its text
// does not repeat the input, for logs.
//
// It implements Eid.PersonalCode of docs/protocol/eid.md.
func ParsePersonalCode(s string) (PersonalCode, error) {
	if len(s) != personalCodeSize {
		return "", refuse(CodePersonalCode, "it has %d characters, not %d digits", len(s), personalCodeSize)
	}
	for i := range s {
		if s[i] < '0' || s[i] > '9' {
			return "", refuse(CodePersonalCode, "character %d is not a digit", i+1)
		}
	}
	if s[personalCodeSize-1] != PersonalCodeChecksum(s[:personalCodeSize-1]) {
		return "", refuse(CodePersonalCode, "the checksum is wrong")
	}
	return PersonalCode(s), nil
}

// PersonalCodeChecksum gives the eleventh digit for the first ten. Each round
// is Σ weight·digit mod 11; a round that gives 10 passes to the next, and after
// both the digit is 0. It panics unless there are ten characters.
func PersonalCodeChecksum(digits string) byte {
	_ = digits[personalCodeSize-2]
	for _, weights := range personalCodeWeights {
		sum := 0
		for i, w := range weights {
			sum += w * int(digits[i]-'0')
		}
		if sum%11 < 10 {
			return byte('0' + sum%11)
		}
	}
	return '0'
}
