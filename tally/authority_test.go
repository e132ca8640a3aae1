package tally

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/testpki"
	"valik/election"
	"valik/verifier"
)

// newOfficials makes officials of one issuer who sign today.
func newOfficials(t *testing.T, names ...string) []*testpki.Key {
	t.Helper()
	now := time.Now()
	a, err := testpki.NewAuthority("Officials", now.Add(-time.Hour), now.Add(time.Hour))
	require.NoError(t, err)
	keys := make([]*testpki.Key, len(names))
	for i, name := range names {
		keys[i], err = a.Official(name)
		require.NoError(t, err)
	}
	return keys
}

// pair is an election whose authority is three officials, two of whom sign, with a
// folder of its own before setup.
type pair struct {
	*office
	keys   []*testpki.Key
	m      *election.Manifest
	roll   *election.Roll
	folder *Folder
}

func newPair(t *testing.T) *pair {
	t.Helper()
	p := &pair{office: newOffice(t), keys: newOfficials(t, "Head", "Deputy", "Secretary")}
	changed := *p.Election.Manifest
	changed.Authority = election.Authority{Signatures: 2}
	for _, k := range p.keys {
		changed.Authority.Officials = append(changed.Authority.Officials, k.Certificate().Raw)
	}
	var err error
	p.m, err = election.NewManifest(changed)
	require.NoError(t, err)
	p.roll, err = election.NewRoll(p.m.Fingerprint(), 0, p.Roll.Salt, p.m.Opens, p.m.Closes, p.Roll.List)
	require.NoError(t, err)
	p.folder = NewFolder(filepath.Join(t.TempDir(), "pair"))
	return p
}

func (p *pair) setup(signers ...eid.Signer) error {
	return p.folder.Setup(p.m, p.roll, &Authority{signers}, p.Board)
}

// finishCeremony holds the ceremony up to its end, which looks at all signatures.
func (p *pair) finishCeremony() error {
	p.t.Helper()
	c, err := p.folder.Ceremony(1)
	require.NoError(p.t, err)
	for _, round := range []func(*Trustee) error{c.Commit, c.Deal, c.Confirm, c.Drill} {
		for _, trustee := range p.office.trustees {
			if err := round(trustee); err != nil {
				require.ErrorIs(p.t, err, ErrDone)
			}
		}
	}
	return c.Finish(p.Board)
}

func TestBothOfficialsSignTheSetup(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	require.NoError(t, p.setup(p.keys[2], p.keys[0]))
	for _, file := range []string{"record/manifest.json.p7s", "record/manifest.json.2.p7s", "sealed/roll-0.jsonl.p7s", "sealed/roll-0.jsonl.2.p7s"} {
		require.FileExists(t, filepath.Join(p.folder.dir, file))
	}
	require.NoError(t, p.finishCeremony())
	_, err := p.folder.verify(verifier.Prepared)
	require.NoError(t, err)
}

// One official sets up; until the second has signed too, nothing goes on.
func TestTheSecondOfficialSignsLater(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	require.NoError(t, p.setup(p.keys[0]))
	require.ErrorIs(t, p.finishCeremony(), ErrUnsigned)

	signed, err := p.folder.Sign(p.keys[0])
	require.NoError(t, err)
	require.Empty(t, signed, "the same official cannot sign for the second")
	stranger := newOfficial(t)
	_, err = p.folder.Sign(stranger)
	require.ErrorIs(t, err, ErrKey)

	require.NoError(t, os.Remove(filepath.Join(p.folder.Sealed(), "roll-0.jsonl.p7s")))
	signed, err = p.folder.Sign(p.keys[1])
	require.NoError(t, err)
	require.Equal(t, []string{"manifest.json", "roll-0.jsonl"}, signed)
	require.ErrorIs(t, p.finishCeremony(), ErrUnsigned, "the roll has one signature")
	signed, err = p.folder.Sign(p.keys[2])
	require.NoError(t, err)
	require.Equal(t, []string{"roll-0.jsonl"}, signed, "the manifest has its two")
	require.NoError(t, p.finishCeremony())
	signed, err = p.folder.Sign(p.keys[0])
	require.NoError(t, err)
	require.Empty(t, signed)
}

// A first signature that is lost is made again by whoever has not signed; the one
// whose second signature is there has.
func TestALostFirstSignature(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	require.NoError(t, p.setup(p.keys[0], p.keys[1]))
	require.NoError(t, os.Remove(filepath.Join(p.folder.Record(), "manifest.json.p7s")))
	signed, err := p.folder.Sign(p.keys[1])
	require.NoError(t, err)
	require.Empty(t, signed)
	signed, err = p.folder.Sign(p.keys[0])
	require.NoError(t, err)
	require.Equal(t, []string{"manifest.json"}, signed)
	require.NoError(t, p.finishCeremony())
}

func TestWrongOfficials(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	for name, test := range map[string]struct {
		signers []eid.Signer
		want    error
	}{
		"nobody":                  {nil, nil},
		"three for two":           {[]eid.Signer{p.keys[0], p.keys[1], p.keys[2]}, nil},
		"the same twice":          {[]eid.Signer{p.keys[0], p.keys[0]}, election.ErrSameTwice},
		"a stranger":              {[]eid.Signer{newOfficial(t)}, ErrKey},
		"an official, a stranger": {[]eid.Signer{p.keys[0], newOfficial(t)}, ErrKey},
	} {
		err := p.setup(test.signers...)
		require.Error(t, err, name)
		if test.want != nil {
			require.ErrorIs(t, err, test.want, name)
		} else {
			require.ErrorContains(t, err, "the manifest asks for 2 signatures", name)
		}
		require.NoDirExists(t, p.folder.Record(), "nobody signs anything: %s", name)
	}
}

// A signature that is there and wrong is nobody's to replace.
func TestSignKeepsAWrongSignature(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	require.NoError(t, p.setup(p.keys[0]))
	path := filepath.Join(p.folder.Record(), "manifest.json.p7s")
	require.NoError(t, os.WriteFile(path, []byte("x"), 0o644))
	signed, err := p.folder.Sign(p.keys[1])
	require.ErrorContains(t, err, "manifest.json.p7s")
	require.Empty(t, signed)
	require.NoFileExists(t, filepath.Join(p.folder.Record(), "manifest.json.2.p7s"))
}

// The order of the officials and the result: whoever is away signs afterwards, and the
// record verifies once all have.
func TestTwoOfficialsToTheEnd(t *testing.T) {
	t.Parallel()
	keys := newOfficials(t, "Head", "Deputy")
	w := newWorldOf(t, []int{0, 1}, keys, 2, nil)
	one := &Authority{[]eid.Signer{keys[1]}}
	require.NoError(t, w.Revoke(w.order(election.Revoke, 1), one, w.Board))
	_, err := w.Process(w.Board)
	require.ErrorContains(t, err, "revocations-1.json.2.p7s is missing")
	signed, err := w.Sign(keys[0])
	require.NoError(t, err)
	require.Equal(t, []string{election.RevocationsFile(1)}, signed)
	w.toDecryption()
	w.decrypt(0)
	w.decrypt(1)
	_, err = w.Tally(&Authority{[]eid.Signer{newOfficial(t)}}, w.Board)
	require.ErrorIs(t, err, ErrKey)
	require.NoFileExists(t, filepath.Join(w.Record(), election.ResultFile))
	_, err = w.Tally(one, w.Board)
	require.NoError(t, err)
	_, err = w.verify(verifier.Finished)
	require.ErrorIs(t, err, ErrUnverified)
	signed, err = w.Sign(keys[0])
	require.NoError(t, err)
	require.Equal(t, []string{election.ResultFile}, signed)
	w.requireVerified()
}

func TestAuthorityHidesItsKeys(t *testing.T) {
	a := &Authority{[]eid.Signer{newOfficial(t)}}
	require.Equal(t, "[redacted]", a.String())
	require.Equal(t, "[redacted]", a.GoString())
}
