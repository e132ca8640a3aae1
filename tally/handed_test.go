package tally

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/election"
	"valik/election/vis3"
)

// registry is an election information system: it signs what it hands in.
type registry struct {
	t   *testing.T
	key *ecdsa.PrivateKey
	dir string
}

func newRegistry(t *testing.T) *registry {
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	require.NoError(t, err)
	return &registry{t, key, t.TempDir()}
}

func (r *registry) public() []byte {
	der, err := x509.MarshalPKIXPublicKey(&r.key.PublicKey)
	require.NoError(r.t, err)
	return der
}

// hand writes a file with its signature.
func (r *registry) hand(name, content string) string {
	path := r.write(name, content)
	digest := sha256.Sum256([]byte(content))
	signature, err := ecdsa.SignASN1(rand.Reader, r.key, digest[:])
	require.NoError(r.t, err)
	r.write(name+signatureSuffix, string(signature))
	return path
}

func (r *registry) write(name, content string) string {
	path := filepath.Join(r.dir, name)
	require.NoError(r.t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

func (r *registry) remove(name string) { require.NoError(r.t, os.Remove(filepath.Join(r.dir, name))) }

func (r *registry) rename(from, to string) {
	require.NoError(r.t, os.Rename(filepath.Join(r.dir, from), filepath.Join(r.dir, to)))
}

// signedManifest is the office's manifest with the registry's key.
func signedManifest(t *testing.T, o *office, r *registry) *election.Manifest {
	m, err := election.ParseManifest(o.Election.Manifest.Bytes())
	require.NoError(t, err)
	m.Registry = r.public()
	m, err = election.NewManifest(*m)
	require.NoError(t, err)
	return m
}

const listPeriod = "2029-01-01T00:00:00Z\t2029-12-31T00:00:00Z\n"

// handIn writes two voter lists, a skipped third, a fourth, and the changed codes.
func handIn(r *registry, id string, v []election.Voter) (lists, changed []string) {
	head := func(n string) string { return "2\n" + id + "\n" + n + "\n" + listPeriod }
	return []string{
		r.hand("voters.txt", head("0")+"lisamine\t"+v[0].Code+"\tA\t0339\t1\n"),
		r.hand("voters-1.txt", head("1")+"kustutamine\t"+v[0].Code+"\nlisamine\t"+v[1].Code+"\tA\t0339\t1\n"),
		r.hand("skip-2.json", `{"election": "`+id+`", "skip": "2"}`),
		r.hand("voters-3.txt", head("3")+"lisamine\t"+v[2].Code+"\tB\t0339\t1\n"),
	}, []string{
		r.hand("changed.json", `{"election": "`+id+`", "changed": {"`+v[0].Code+`": "`+v[1].Code+`"}}`),
	}
}

func TestSignedLists(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	tests := []struct {
		name  string
		spoil func(r *registry)
		file  string // that the error names, "" if all is well
		says  string
	}{
		{"all signed", func(*registry) {}, "", ""},
		{"no signature", func(r *registry) { r.remove("voters-1.txt.sig") }, "voters-1.txt", "put its signature beside it"},
		{"initial list without", func(r *registry) { r.remove("voters.txt.sig") }, "voters.txt", "put its signature beside it"},
		{"another file's signature", func(r *registry) { r.rename("voters.txt.sig", "voters-1.txt.sig"); r.hand("voters.txt", "2\n") }, "voters.txt", "voter list"},
		{"signatures swapped", func(r *registry) { r.rename("voters-3.txt.sig", "voters-1.txt.sig") }, "voters-1.txt", "is not its signature"},
		{"another key", func(r *registry) { newKey(r) }, "skip-2.json", "is not its signature"},
		{"empty signature", func(r *registry) { r.write("changed.json.sig", "") }, "changed.json", "is not its signature"},
		{"codes without signature", func(r *registry) { r.remove("changed.json.sig") }, "changed.json", "put its signature beside it"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newRegistry(t)
			m := signedManifest(t, o, r)
			lists, changed := handIn(r, m.ID, o.Roll.List)
			test.spoil(r)
			register, err := ReadRegister(m, lists, changed)
			if test.file == "" {
				require.NoError(t, err)
				require.Equal(t, 3, register.Latest())
				require.Equal(t, 2, register.Len())
				return
			}
			require.ErrorContains(t, err, filepath.Join(r.dir, test.file))
			require.ErrorContains(t, err, test.says)
		})
	}
}

// newKey signs the order to skip with a key that is not the manifest's.
func newKey(r *registry) {
	stranger := newRegistry(r.t)
	stranger.dir = r.dir
	raw, err := os.ReadFile(filepath.Join(r.dir, "skip-2.json"))
	require.NoError(r.t, err)
	stranger.hand("skip-2.json", string(raw))
}

func TestSkipNeedsASignature(t *testing.T) {
	t.Parallel()
	o, r := newOffice(t), newRegistry(t)
	lists, _ := handIn(r, o.Election.Manifest.ID, o.Roll.List)
	_, err := ReadRegister(o.Election.Manifest, lists, nil)
	require.ErrorIs(t, err, errUnsignedSkip)
	require.ErrorContains(t, err, "skip-2.json")
}

func TestSignedRevocations(t *testing.T) {
	t.Parallel()
	o, r := newOffice(t), newRegistry(t)
	m := signedManifest(t, o, r)
	path := r.hand("revoked.json", `{"election": "`+m.ID+`", "type": "revoke", "persons": ["`+o.Roll.List[0].Code+`"]}`)
	order, err := ReadRevocations(m, path)
	require.NoError(t, err)
	require.Len(t, order.Persons, 1)
	r.write("revoked.json", `{"election": "`+m.ID+`", "type": "revoke", "persons": []}`)
	_, err = ReadRevocations(m, path)
	require.ErrorIs(t, err, ErrHandedIn)
	r.remove("revoked.json.sig")
	_, err = ReadRevocations(m, path)
	require.ErrorIs(t, err, ErrHandedIn)
	_, err = ReadRevocations(o.Election.Manifest, path)
	require.NoError(t, err, "without a key in the manifest there are no signatures")
}

// A version of the roll begins with the files of the version before.
func TestRollRollback(t *testing.T) {
	t.Parallel()
	o, r := newOffice(t), newRegistry(t)
	m, v := o.Election.Manifest, o.Roll.List
	lists, changed := handIn(r, m.ID, v)
	lists = lists[:2]
	add := func(lists, changed []string) error {
		register, err := ReadRegister(m, lists, changed)
		require.NoError(t, err)
		_, err = o.AddRoll(register, o.authority)
		return err
	}
	require.NoError(t, add(lists[:1], nil))
	require.NoError(t, add(lists, changed))
	require.ErrorIs(t, add(lists[:1], nil), vis3.ErrRollback, "a list is missing")
	require.ErrorIs(t, add(lists, nil), vis3.ErrRollback, "the changed codes are missing")
	other := r.hand("other.txt", "2\n"+m.ID+"\n1\n"+listPeriod+"lisamine\t"+v[1].Code+"\tA\t0339\t1\n")
	_, err := o.roll(m, 3)
	require.ErrorIs(t, err, os.ErrNotExist, "what was refused has left nothing")
	require.ErrorIs(t, add([]string{lists[0], other}, nil), vis3.ErrRollback, "another changeset 1")
	more := r.hand("voters-2.txt", "2\n"+m.ID+"\n2\n"+listPeriod+"lisamine\t"+v[2].Code+"\tB\t0339\t1\n")
	require.NoError(t, add(append(lists, more), changed))
	change, err := o.RollChange(3)
	require.NoError(t, err)
	require.Equal(t, RollChange{Added: 1}, change)
}
