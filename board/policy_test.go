package board_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	fnote "github.com/transparency-dev/formats/note"

	"valik/board"
)

func TestPolicyRefuses(t *testing.T) {
	log := testKey(t, testOrigin)
	a, b := testWitness(t, "witness.example/a"), testWitness(t, "witness.example/b")
	mldsaA, err := newMLDSA("witness.example/a")
	require.NoError(t, err)
	tests := map[string]board.Policy{
		"nothing":                  {},
		"no log key":               {Origin: testOrigin},
		"origin of another":        {Origin: "log.example/other", LogKey: log.Public()},
		"witness as log":           {Origin: "witness.example/a", LogKey: a.vkey},
		"log as witness":           {Witnesses: []string{log.Public()}},
		"negative quorum":          {Witnesses: []string{a.vkey}, Quorum: -1},
		"quorum without witnesses": {Quorum: 1},
		"quorum above witnesses":   {Witnesses: []string{a.vkey, b.vkey}, Quorum: 3},
		"witness twice":            {Witnesses: []string{a.vkey, a.vkey}, Quorum: 2},
		"one name, two types":      {Witnesses: []string{a.vkey, mldsaA.vkey}, Quorum: 2},
		"one key, two names":       {Witnesses: []string{a.vkey, witnessFromSeed(t, "witness.example/x", testSeed("witness.example/a")).vkey}, Quorum: 2},
		"log's key as witness":     {Witnesses: []string{witnessFromSeed(t, "witness.example/x", testSeed(testOrigin)).vkey}},
		"log's name as witness":    {Witnesses: []string{witnessFromSeed(t, testOrigin, testSeed("x")).vkey}},
		"malformed witness":        {Witnesses: []string{"witness.example/a"}},
	}
	for name, p := range tests {
		if name != "nothing" && name != "no log key" && p.LogKey == "" {
			p.Origin, p.LogKey = testOrigin, log.Public()
		}
		require.ErrorIs(t, p.Validate(), board.ErrPolicy, name)
		_, err := p.Open([]byte("x"))
		require.ErrorIs(t, err, board.ErrPolicy, name)
	}
}

// TestPolicyRefusesEqualKeyHashes uses two keys whose 32-bit key hashes collide;
// they were found by trying seeds.
func TestPolicyRefusesEqualKeyHashes(t *testing.T) {
	log := testKey(t, testOrigin)
	a := witnessFromSeed(t, "witness.example/a", counterSeed(collisionA))
	b := witnessFromSeed(t, "witness.example/b", counterSeed(collisionB))
	require.Equal(t, a.signer.KeyHash(), b.signer.KeyHash())
	p := board.Policy{Origin: testOrigin, LogKey: log.Public(), Witnesses: []string{a.vkey, b.vkey}, Quorum: 2}
	require.ErrorIs(t, p.Validate(), board.ErrPolicy)
	require.ErrorContains(t, p.Validate(), "same key hash")
}

const collisionA, collisionB = 121412, 1003003

func counterSeed(n uint64) []byte {
	return binary.BigEndian.AppendUint64(make([]byte, 24), n)
}

type mldsaWitness struct {
	vkey   string
	signer *fnote.SubtreeSigner
}

func newMLDSA(name string) (*mldsaWitness, error) {
	skey, vkey, err := fnote.GenerateMLDSAKey(name)
	if err != nil {
		return nil, err
	}
	s, err := fnote.NewMLDSASigner(skey)
	return &mldsaWitness{vkey: vkey, signer: s}, err
}

func TestPolicyCountsDistinctWitnesses(t *testing.T) {
	w := newWorld(t, 5)
	raw := w.signed(t, 5)
	la, lb := string(w.witnesses[0].line(t, raw)), string(w.witnesses[1].line(t, raw))
	stranger := string(testWitness(t, "witness.example/stranger").line(t, raw))
	namesake := string(witnessFromSeed(t, "witness.example/b", testSeed("namesake")).line(t, raw))
	tests := []struct {
		name  string
		lines string
		have  int
	}{
		{"none", "", 0},
		{"one", la, 1},
		{"one twice", la + la, 1},
		{"one many times", la + la + la + la, 1},
		{"one and a stranger", la + stranger, 1},
		{"one and a stranger with a witness's name", la + namesake, 1},
		{"two", la + lb, 2},
		{"two in the other order, with a stranger", lb + stranger + la, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := w.policy.Open([]byte(string(raw) + tt.lines))
			if tt.have == w.policy.Quorum {
				require.NoError(t, err)
				require.Len(t, c.Cosignatures, 2)
				return
			}
			require.ErrorIs(t, err, board.ErrQuorum)
			var q *board.QuorumError
			require.ErrorAs(t, err, &q)
			require.Equal(t, board.QuorumError{Have: tt.have, Want: 2}, *q)
		})
	}
}

func TestPolicyRefusesAWrongCosignature(t *testing.T) {
	w := newWorld(t, 5)
	raw := w.signed(t, 5)
	good := string(raw) + string(w.witnesses[0].line(t, raw)) + string(w.witnesses[1].line(t, raw))
	other := string(w.witnesses[2].line(t, w.signed(t, 4)))
	_, err := w.policy.Open([]byte(good + other))
	require.ErrorIs(t, err, board.ErrSignature)
	require.ErrorContains(t, err, "witness.example/c")
}

func TestPolicyAcceptsPostQuantumWitness(t *testing.T) {
	w := newWorld(t, 5)
	m, err := newMLDSA("witness.example/m")
	require.NoError(t, err)
	p := &board.Policy{Origin: testOrigin, LogKey: w.key.Public(), Witnesses: []string{m.vkey}, Quorum: 1}
	raw := w.signed(t, 5)
	_, err = p.Open(raw)
	require.ErrorIs(t, err, board.ErrQuorum)
	joined, err := p.AddCosignatures(raw, signatureLines(t, raw, m.signer))
	require.NoError(t, err)
	c, err := p.Open(joined)
	require.NoError(t, err)
	require.Equal(t, "witness.example/m", c.Cosignatures[0].Witness)
}

// A key that signs the bare text, as a log does, has said nothing about the
// log's history.
func TestPolicyTakesNoPlainSignatureForACosignature(t *testing.T) {
	w := newWorld(t, 5)
	raw := w.signed(t, 5)
	key := ed25519.NewKeyFromSeed(testSeed("witness.example/a"))
	sig := binary.BigEndian.AppendUint32(nil, w.witnesses[0].signer.KeyHash())
	sig = binary.BigEndian.AppendUint64(sig, 1700000000)
	sig = append(sig, ed25519.Sign(key, []byte(noteText(raw)))...)
	line := fmt.Sprintf("— witness.example/a %s\n", base64.StdEncoding.EncodeToString(sig))
	_, err := w.policy.Open(append(raw, line...))
	require.ErrorIs(t, err, board.ErrSignature)
}
