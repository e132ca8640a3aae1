package election_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/election"
	"valik/election/electiontest"
)

// TestOneKeyIsOneOfficial: two certificates of one key would let one person be two officials.
func TestOneKeyIsOneOfficial(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	var officials [][]byte
	for serial := range int64(2) {
		template := &x509.Certificate{SerialNumber: big.NewInt(serial + 1), NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour)}
		der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
		require.NoError(t, err)
		officials = append(officials, der)
	}
	_, err = electiontest.New(0, func(m *election.Manifest) { m.Authority = election.Authority{Officials: officials, Signatures: 2} })
	var format *election.FormatError
	require.ErrorAs(t, err, &format)
	require.Equal(t, "authority.officials[1]", format.Field)
}
