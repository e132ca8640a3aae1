package election_test

import (
	"context"
	"io/fs"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/testpki"
	"valik/election"
)

// officials makes certificates that are valid today: the time in a signature is today's.
func officials(t *testing.T, n int) []*testpki.Key {
	t.Helper()
	now := time.Now()
	pki, err := testpki.NewAuthority("Officials", now.Add(-time.Hour), now.Add(time.Hour))
	require.NoError(t, err)
	keys := make([]*testpki.Key, n)
	for i := range keys {
		keys[i], err = pki.Official("Official " + string(rune('A'+i)))
		require.NoError(t, err)
	}
	return keys
}

func TestSignatureFiles(t *testing.T) {
	m := *smallElection(t).Manifest
	require.Equal(t, []string{"result.json.p7s"}, m.SignatureFiles(election.ResultFile))
	m.Authority.Signatures = 3
	require.Equal(t, []string{"roll-1.jsonl.p7s", "roll-1.jsonl.2.p7s", "roll-1.jsonl.3.p7s"}, m.SignatureFiles(election.RollFile(1)))
}

// Two of three officials sign: any two, in any order, but two.
func TestVerifyOfficials(t *testing.T) {
	keys := officials(t, 4)
	changed, err := election.ParseManifest(smallElection(t).Manifest.Bytes())
	require.NoError(t, err)
	changed.Authority = election.Authority{Signatures: 2}
	for _, k := range keys[:3] {
		changed.Authority.Officials = append(changed.Authority.Officials, k.Certificate().Raw)
	}
	m, err := election.NewManifest(*changed)
	require.NoError(t, err)

	document := []byte("document")
	sign := func(key *testpki.Key) []byte {
		signature, err := eid.SignCMS(context.Background(), document, key)
		require.NoError(t, err)
		return signature
	}
	verify := func(document []byte, files map[string][]byte) ([][]byte, error) {
		return m.VerifyOfficials("d.json", document, func(name string) ([]byte, error) {
			b, ok := files[name]
			if !ok {
				return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
			}
			return b, nil
		})
	}
	a, b, c, stranger := sign(keys[0]), sign(keys[1]), sign(keys[2]), sign(keys[3])
	signatures, err := verify(document, map[string][]byte{"d.json.p7s": c, "d.json.2.p7s": a})
	require.NoError(t, err)
	require.Equal(t, [][]byte{c, a}, signatures, "in the order of the files")

	for name, test := range map[string]struct {
		files map[string][]byte
		want  error
		file  string
	}{
		"one is missing":        {map[string][]byte{"d.json.p7s": a}, fs.ErrNotExist, "d.json.2.p7s"},
		"the first is missing":  {map[string][]byte{"d.json.2.p7s": a}, fs.ErrNotExist, "d.json.p7s"},
		"the same file twice":   {map[string][]byte{"d.json.p7s": a, "d.json.2.p7s": a}, election.ErrSameTwice, "d.json.2.p7s"},
		"the same person twice": {map[string][]byte{"d.json.p7s": b, "d.json.2.p7s": sign(keys[1])}, election.ErrSameTwice, "d.json.2.p7s"},
		"a stranger":            {map[string][]byte{"d.json.p7s": a, "d.json.2.p7s": stranger}, election.ErrNotOfficial, "d.json.2.p7s"},
	} {
		_, err := verify(document, test.files)
		require.ErrorIs(t, err, test.want, name)
		require.ErrorContains(t, err, test.file, name)
	}
	_, err = verify([]byte("another document"), map[string][]byte{"d.json.p7s": a, "d.json.2.p7s": b})
	require.Error(t, err)
	require.NotErrorIs(t, err, election.ErrNotOfficial)
}

// The opening names the signatures of the manifest, in order.
func TestOpenNamesAllSignatures(t *testing.T) {
	m, h := smallElection(t).Manifest, election.HashOf
	open := election.NewOpen(m, []election.Hash{h([]byte("1")), h([]byte("2"))}, h(nil), h(nil))
	again, err := election.ParseOpen(open.Bytes())
	require.NoError(t, err)
	require.Equal(t, open, again)
	require.Contains(t, string(open.Bytes()), `"signatures":["`+h([]byte("1")).String()+`","`+h([]byte("2")).String()+`"]`)
}
