package election_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/election"
)

func TestEvidenceHasOnlyWhatIsThere(t *testing.T) {
	crl := election.HashOf([]byte("list"))
	for _, test := range []struct {
		evidence *election.Evidence
		want     string
	}{
		{election.NewEvidence(nil, nil, nil), `{"type":"valik/evidence","version":1}`},
		{election.NewEvidence([]byte("o"), nil, nil), `{"ocsp":"bw==","type":"valik/evidence","version":1}`},
		{election.NewEvidence(nil, &crl, nil), `{"crl":"` + crl.String() + `","type":"valik/evidence","version":1}`},
		{election.NewEvidence(nil, nil, []byte("t")), `{"time":"dA==","type":"valik/evidence","version":1}`},
	} {
		require.Equal(t, test.want, string(test.evidence.Bytes()))
		again, err := election.ParseEvidence(test.evidence.Bytes())
		require.NoError(t, err)
		require.Equal(t, test.evidence, again)
	}
	_, err := election.ParseEvidence(election.NewEvidence(bytes.Repeat([]byte{1}, election.EvidenceLimit), nil, nil).Bytes())
	var f *election.FormatError
	require.ErrorAs(t, err, &f)
	require.Equal(t, election.TooLarge, f.Code)
}

func TestEvidenceHash(t *testing.T) {
	require.Equal(t, election.Hash{}, election.EvidenceHash(nil))
	require.Equal(t, election.Hash{}, election.EvidenceHash([]byte{}))
	require.Equal(t, election.HashOf([]byte("x")), election.EvidenceHash([]byte("x")))
}

// The leaf binds every part of a ballot: with another one it is another leaf.
func TestLeafBindsAllParts(t *testing.T) {
	h := func(s string) election.Hash { return election.HashOf([]byte(s)) }
	leaves := map[election.Hash]string{}
	for name, leaf := range map[string]election.Hash{
		"the ballot":       election.BallotLeaf(h("inner"), h("envelope"), h("evidence"), 7),
		"another inner":    election.BallotLeaf(h("other"), h("envelope"), h("evidence"), 7),
		"another envelope": election.BallotLeaf(h("inner"), h("other"), h("evidence"), 7),
		"another evidence": election.BallotLeaf(h("inner"), h("envelope"), h("other"), 7),
		"no evidence":      election.BallotLeaf(h("inner"), h("envelope"), election.Hash{}, 7),
		"another time":     election.BallotLeaf(h("inner"), h("envelope"), h("evidence"), 8),
		"parts exchanged":  election.BallotLeaf(h("inner"), h("evidence"), h("envelope"), 7),
	} {
		require.NotContains(t, leaves, leaf, name)
		leaves[leaf] = name
	}
	inner, envelope, evidence := h("inner"), h("envelope"), h("evidence")
	want := strings.Join([]string{"valik/1 ballot leaf\x00", string(inner[:]), string(envelope[:]), string(evidence[:]), "\x00\x00\x00\x00\x00\x00\x00\x07"}, "")
	require.Equal(t, election.HashOf([]byte(want)), election.BallotLeaf(inner, envelope, evidence, 7))
}

// A receipt promises the evidence too: the collector cannot exchange it later.
func TestReceiptBindsTheEvidence(t *testing.T) {
	e := smallElection(t)
	l := e.NewLog()
	inner := l.Prepare(1)
	container := l.Seal(1, inner.Bytes())
	stored := election.NewEvidence([]byte("ocsp"), nil, nil).Bytes()
	index := l.CastWith(container, stored, e.Manifest.Opens.Time())
	receipt := func(evidence election.Hash) *election.Receipt {
		return election.NewReceipt(e.Collector, e.Manifest.Fingerprint(), inner.Hash(), election.HashOf(container), evidence, index, e.Manifest.Opens, inclusion(t, l, index))
	}
	_, err := receipt(election.EvidenceHash(stored)).Verify(e.Manifest, inner.Hash(), election.HashOf(container))
	require.NoError(t, err)
	for _, other := range []election.Hash{{}, election.HashOf([]byte("other"))} {
		_, err = receipt(other).Verify(e.Manifest, inner.Hash(), election.HashOf(container))
		require.Error(t, err)
	}
	changed := *receipt(election.EvidenceHash(stored))
	changed.Evidence = election.Hash{}
	_, err = changed.Verify(e.Manifest, inner.Hash(), election.HashOf(container))
	require.ErrorIs(t, err, election.ErrSignature)
}

func FuzzParseEvidence(f *testing.F) {
	crl := election.HashOf([]byte("list"))
	f.Add(election.NewEvidence([]byte("o"), &crl, []byte("t")).Bytes())
	f.Add(election.NewEvidence(nil, nil, nil).Bytes())
	f.Add([]byte(`{"ocsp":"","type":"valik/evidence","version":1}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if e, err := election.ParseEvidence(b); err == nil {
			require.Equal(t, b, e.Bytes())
		}
	})
}

func FuzzParseSettlement(f *testing.F) {
	h := election.HashOf([]byte("x"))
	f.Add(election.NewSettlement(h, nil).Bytes())
	f.Add(election.NewSettlement(h, []election.Settled{{Index: 4, Evidence: h}, {Index: 6, Evidence: h}}).Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := election.ParseSettlement(b); err == nil {
			require.Equal(t, b, s.Bytes())
			require.Len(t, s.List, s.Ballots)
		}
	})
}
