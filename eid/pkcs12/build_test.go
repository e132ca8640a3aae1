package pkcs12_test

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/eid/testpki"
)

// These build files that no tool writes: with several keys, and hostile ones. The
// bags are in the clear and the MAC is PBMAC1 (RFC 9579).

var (
	oidData     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidKeyBag   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 1}
	oidShrouded = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 2}
	oidCertBag  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 3}
	oidX509     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 22, 1}
	oidPBMAC1   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 14}
	oidPBES2    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
	oidHMAC256  = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}
	oidAES256   = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}
)

type bag struct {
	ID    asn1.ObjectIdentifier
	Value asn1.RawValue `asn1:"tag:0,explicit"`
}

type content struct {
	Type asn1.ObjectIdentifier
	Data []byte `asn1:"tag:0,explicit"`
}

type pbkdf2Parameters struct {
	Salt       asn1.RawValue
	Iterations *big.Int
	KeyLength  int
	PRF        pkix.AlgorithmIdentifier
}

type twoAlgorithms struct{ KDF, Other pkix.AlgorithmIdentifier }

type macData struct {
	Mac struct {
		Algorithm pkix.AlgorithmIdentifier
		Digest    []byte
	}
	Salt       []byte
	Iterations *big.Int
}

func encode(t *testing.T, value any) []byte {
	t.Helper()
	b, err := asn1.Marshal(value)
	require.NoError(t, err)
	return b
}

func raw(t *testing.T, value any) asn1.RawValue {
	t.Helper()
	return asn1.RawValue{FullBytes: encode(t, value)}
}

func keyBag(t *testing.T, key *testpki.Key) bag {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key.Private())
	require.NoError(t, err)
	return bag{oidKeyBag, asn1.RawValue{Class: asn1.ClassContextSpecific, IsCompound: true, Bytes: der}}
}

func certBag(t *testing.T, cert *x509.Certificate) bag {
	t.Helper()
	value := encode(t, content{oidX509, cert.Raw})
	return bag{oidCertBag, asn1.RawValue{Class: asn1.ClassContextSpecific, IsCompound: true, Bytes: value}}
}

var salt = []byte("8 bytes!")

func kdf(t *testing.T, salt asn1.RawValue, iterations *big.Int) pkix.AlgorithmIdentifier {
	t.Helper()
	parameters := pbkdf2Parameters{salt, iterations, 32, pkix.AlgorithmIdentifier{Algorithm: oidHMAC256}}
	return pkix.AlgorithmIdentifier{Algorithm: oidPBKDF2, Parameters: raw(t, parameters)}
}

// shroudedBag says that a key is encrypted; it is not even a ciphertext.
func shroudedBag(t *testing.T, salt asn1.RawValue, iterations *big.Int) bag {
	t.Helper()
	scheme := pkix.AlgorithmIdentifier{Algorithm: oidAES256, Parameters: raw(t, make([]byte, 16))}
	algorithm := pkix.AlgorithmIdentifier{Algorithm: oidPBES2, Parameters: raw(t, twoAlgorithms{kdf(t, salt, iterations), scheme})}
	value := encode(t, struct {
		Algorithm pkix.AlgorithmIdentifier
		Data      []byte
	}{algorithm, make([]byte, 32)})
	return bag{oidShrouded, asn1.RawValue{Class: asn1.ClassContextSpecific, IsCompound: true, Bytes: value}}
}

// build makes a file of bags under a passphrase. macIterations is what the old MAC
// would have used, pbmacIterations what this one does.
func build(t *testing.T, passphrase string, macIterations, pbmacIterations *big.Int, bags ...bag) []byte {
	t.Helper()
	safe := encode(t, []content{{oidData, encode(t, bags)}})
	kdf := kdf(t, raw(t, salt), pbmacIterations)
	var mac macData
	mac.Mac.Algorithm = pkix.AlgorithmIdentifier{Algorithm: oidPBMAC1, Parameters: raw(t, twoAlgorithms{kdf, pkix.AlgorithmIdentifier{Algorithm: oidHMAC256}})}
	mac.Salt, mac.Iterations = salt, macIterations
	if pbmacIterations.Cmp(big.NewInt(1000)) <= 0 {
		key, err := pbkdf2.Key(sha256.New, passphrase, salt, int(pbmacIterations.Int64()), 32)
		require.NoError(t, err)
		h := hmac.New(sha256.New, key)
		h.Write(safe)
		mac.Mac.Digest = h.Sum(nil)
	}
	return encode(t, struct {
		Version  int
		AuthSafe content
		MAC      macData
	}{3, content{oidData, safe}, mac})
}
