package threshold

import (
	"crypto/rand"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/elgamal"
	"valik/internal/vectortest"
)

func readCeremony(t *testing.T) (*Params, *Ceremony, *ceremonyVector) {
	var v ceremonyVector
	vectortest.Read(t, "threshold/ceremony.json", &v)
	p := &Params{Context: fromHex(t, v.Context), T: v.T, N: v.N}
	c := &Ceremony{}
	for _, x := range v.Trustees {
		card, err := ParseCard(fromHex(t, x.Card))
		require.NoError(t, err)
		p.Cards = append(p.Cards, card)
		c.Commitments, c.Deals = append(c.Commitments, nil), append(c.Deals, nil)
		c.Confirmations, c.Drills = append(c.Confirmations, nil), append(c.Drills, nil)
		for _, b := range []string{x.Commitment, x.Deal, x.Confirmation, x.DrillMessage} {
			m, err := ParseMessage(fromHex(t, b))
			require.NoError(t, err)
			c.put(m, m.Sender()-1)
		}
	}
	return p, c, &v
}

func TestReadCeremonyVector(t *testing.T) {
	p, c, v := readCeremony(t)
	keys, err := Verify(p, c)
	require.NoError(t, err)
	require.Equal(t, v.Key, hex.EncodeToString(keys.Public().Bytes()))
	for i, x := range v.Trustees {
		require.Equal(t, x.Key, hex.EncodeToString(keys.Trustee(i+1).Bytes()))
		share, err := ParseKeyShare(fromHex(t, x.KeyShare))
		require.NoError(t, err)
		require.NoError(t, share.Check(keys))
	}
}

func TestReadFaultVectors(t *testing.T) {
	var list []faultVector
	vectortest.Read(t, "threshold/faults.json", &list)
	for _, v := range list {
		p, c, _ := readCeremony(t)
		m, err := ParseMessage(fromHex(t, v.Message))
		require.NoError(t, err, v.Name)
		c.put(m, m.Sender()-1)
		_, err = Verify(p, c)
		var fault *FaultError
		require.ErrorAs(t, err, &fault, v.Name)
		require.Equal(t, v.Trustee, fault.Trustee, v.Name)
		require.Equal(t, v.Fault, fault.Fault.Error(), v.Name)
	}
}

func TestReadComplaintVectors(t *testing.T) {
	var list []complaintVector
	vectortest.Read(t, "threshold/complaints.json", &list)
	p, _, _ := readCeremony(t)
	for _, v := range list {
		c, err := ParseComplaint(fromHex(t, v.Complaint))
		require.NoError(t, err, v.Name)
		culprit, err := c.Judge(p)
		require.NoError(t, err, v.Name)
		require.Equal(t, v.Culprit, culprit, v.Name)
	}
}

func TestReadDecryptionVector(t *testing.T) {
	p, c, _ := readCeremony(t)
	keys, err := Verify(p, c)
	require.NoError(t, err)
	var v decryptionVector
	vectortest.Read(t, "threshold/decryption.json", &v)
	rows, err := elgamal.ParseRows(fromHex(t, v.Rows), v.Width)
	require.NoError(t, err)
	shares := map[int]*DecryptionShare{}
	for i, b := range v.Shares {
		shares[i+1], err = ParseDecryptionShare(fromHex(t, b), 4)
		require.NoError(t, err)
		require.NoError(t, shares[i+1].Verify(decryptionContext(), keys, i+1, rows))
	}
	points, err := Combine(keys, rows, shares)
	require.NoError(t, err)
	for i := range points {
		require.Equal(t, v.Plaintexts[i], hex.EncodeToString(points[i].Bytes()))
	}
	require.NoError(t, VerifyCombination(keys, rows, shares, points, rand.Reader))
	for _, forged := range v.Forged {
		d, err := ParseDecryptionShare(fromHex(t, forged.Share), 4)
		require.NoError(t, err)
		require.Error(t, d.Verify(decryptionContext(), keys, 1, rows), forged.Name)
	}
}
