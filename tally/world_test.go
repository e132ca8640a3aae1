package tally

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/board"
	"valik/eid"
	"valik/eid/testpki"
	"valik/election"
	"valik/election/electiontest"
	"valik/election/vis3"
	"valik/verifier"
)

const (
	testPassphrase = "a passphrase of the tests"
	testWorkFactor = 2
)

func testVault() *Vault { return NewVault(testPassphrase, testWorkFactor) }

// world is an election after its polls: the folder that a collector hands over,
// and everybody's keys.
type world struct {
	t *testing.T
	*electiontest.Election
	*Folder
	authority *Authority
	// settlement, if the manifest has one and it is not nil, is what the collector made.
	settlement func(*election.Manifest) *election.Settlement
	// polls, if not nil, casts other ballots than plain votes.
	polls    func(*electiontest.Log)
	mixers   []Mixer
	trustees []*Trustee
}

// newWorld makes an election in which the voters with these numbers have voted, in
// this order.
func newWorld(t *testing.T, votes []int, change func(*election.Manifest)) *world {
	t.Helper()
	return newWorldOf(t, votes, []*testpki.Key{newOfficial(t)}, 1, change)
}

// newWorldOf does the same with other officials, of whom the first so many sign.
func newWorldOf(t *testing.T, votes []int, officials []*testpki.Key, signatures int, change func(*election.Manifest)) *world {
	t.Helper()
	w := prepareWorld(t, officials, signatures, change)
	w.handOver(votes)
	return w
}

// prepareWorld makes everything but the folder.
func prepareWorld(t *testing.T, officials []*testpki.Key, signatures int, change func(*election.Manifest)) *world {
	t.Helper()
	e, err := electiontest.New(4, func(m *election.Manifest) {
		m.Authority = election.Authority{Signatures: signatures}
		for _, k := range officials {
			m.Authority.Officials = append(m.Authority.Officials, k.Certificate().Raw)
		}
		if change != nil {
			change(m)
		}
	})
	require.NoError(t, err)
	w := &world{t: t, Election: e, Folder: NewFolder(t.TempDir()), authority: new(Authority)}
	for _, k := range officials[:signatures] {
		w.authority.Signers = append(w.authority.Signers, k)
	}
	for _, key := range e.Mixers {
		w.mixers = append(w.mixers, Mixer{Key: key})
	}
	for j := range e.Trustees {
		w.trustees = append(w.trustees, w.newTrustee(j))
	}
	return w
}

// newOfficial signs today, unlike the elections of electiontest, which are later.
func newOfficial(t *testing.T) *testpki.Key {
	t.Helper()
	now := time.Now()
	a, err := testpki.NewAuthority("Officials", now.Add(-time.Hour), now.Add(time.Hour))
	require.NoError(t, err)
	official, err := a.Official("Electoral authority")
	require.NoError(t, err)
	return official
}

// newTrustee is trustee j, from 0, after the ceremony, with a file of their own.
func (w *world) newTrustee(j int) *Trustee {
	t := &Trustee{path: filepath.Join(w.t.TempDir(), "trustee.age"), vault: testVault(), identity: w.Trustees[j]}
	t.file = trusteeFile{
		Type: trusteeType, Version: trusteeVersion, WorkFactor: testWorkFactor, Round: roundDrill,
		Identity: w.Trustees[j].SecretBytes(), State: w.Shares[j].SecretBytes(),
	}
	require.NoError(w.t, t.save())
	return t
}

// handOver writes the folder.
func (w *world) handOver(votes []int) {
	m := w.Election.Manifest
	require.NoError(w.t, w.authority.write(w.manifestFile(), m.Bytes(), m))
	require.NoError(w.t, w.authority.write(w.rollFile(0), w.Roll.Bytes(), m))
	signatures, err := w.manifestSignatures(m)
	require.NoError(w.t, err)

	l := &electiontest.Log{Election: w.Election}
	l.Append(election.KindManifest, m.Fingerprint())
	l.Append(election.KindCeremony, election.HashOf(w.Election.Ceremony.Bytes()))
	l.Append(election.KindRoll, w.Roll.Hash())
	open := election.NewOpen(m, signatures, election.HashOf(w.Election.Ceremony.Bytes()), w.Roll.Hash())
	l.Append(election.KindOpen, election.HashOf(open.Bytes()))
	for _, i := range votes {
		l.Vote(i)
	}
	if w.polls != nil {
		w.polls(l)
	}
	shut := election.NewClose(m, len(l.Ballots))
	l.Append(election.KindClose, election.HashOf(shut.Bytes()))
	if m.Settles() && w.settlement != nil {
		l.Append(election.KindSettlement, w.settlement(m).Hash())
		w.put(w.Record(), map[string][]byte{election.SettlementFile: w.settlement(m).Bytes()})
	}

	w.put(w.Record(), map[string][]byte{
		election.CeremonyFile: w.Election.Ceremony.Bytes(), election.OpenFile: open.Bytes(), election.CloseFile: shut.Bytes(),
	})
	if m.Profile == election.ProfileOpen {
		w.put(w.Record(), map[string][]byte{election.BallotsFile: w.publicBallots(l)})
	}
	w.put(w.Sealed(), map[string][]byte{
		election.BoxFile: l.Box().Bytes(),
	})
	log, err := board.CreateFolder(w.Record(), m.Policy(), w.Board)
	require.NoError(w.t, err)
	_, err = log.Append(w.Board, l.Entries...)
	require.NoError(w.t, err)
	require.NoError(w.t, log.Close())
}

// manifestSignatures are the hashes of the officials' signatures of the manifest.
func (w *world) manifestSignatures(m *election.Manifest) ([]election.Hash, error) {
	var hashes []election.Hash
	for _, file := range m.SignatureFiles(election.ManifestFile) {
		raw, err := os.ReadFile(filepath.Join(w.Record(), file))
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, election.HashOf(raw))
	}
	return hashes, nil
}

func (w *world) publicBallots(l *electiontest.Log) []byte {
	var list []election.PublicBallot
	for _, b := range l.Ballots {
		c, err := eid.ParseContainer(b.Container)
		require.NoError(w.t, err)
		inner, err := election.ParseBallot(c.Data)
		require.NoError(w.t, err)
		list = append(list, election.PublicBallot{Index: b.Index, Envelope: election.HashOf(b.Container), Evidence: w.evidenceAtCast(&b), Time: b.Time, Ballot: *inner})
	}
	return election.NewPublicBallots(w.Election.Manifest.Fingerprint(), list).Bytes()
}

// evidenceAtCast is what the leaf of a ballot binds: nothing that came later.
func (w *world) evidenceAtCast(b *election.BoxBallot) election.Hash {
	if w.settlement != nil {
		late := func(v election.Settled) bool { return v.Index == b.Index }
		if slices.ContainsFunc(w.settlement(w.Election.Manifest).List, late) {
			return election.Hash{}
		}
	}
	return election.EvidenceHash(b.Evidence)
}

func (w *world) put(folder string, files map[string][]byte) {
	for name, content := range files {
		require.NoError(w.t, write(folder, name, content, private))
	}
}

// process, mix, decrypt and count do one step that must succeed.
func (w *world) process() {
	w.t.Helper()
	_, err := w.Process(w.Board)
	require.NoError(w.t, err)
}

func (w *world) mix(i int) {
	w.t.Helper()
	require.NoError(w.t, w.Mix(w.mixers[i], w.Board))
}

func (w *world) decrypt(j int) {
	w.t.Helper()
	require.NoError(w.t, w.Decrypt(w.trustees[j], w.Board))
}

func (w *world) count() *election.Result {
	w.t.Helper()
	result, err := w.Tally(w.authority, w.Board)
	require.NoError(w.t, err)
	return result
}

// toDecryption does everything before the first decryption.
func (w *world) toDecryption() {
	w.t.Helper()
	w.process()
	w.mix(0)
	w.mix(1)
}

// finish does everything from the first decryption on, and verifies.
func (w *world) finish() *election.Result {
	w.t.Helper()
	w.decrypt(0)
	w.decrypt(2)
	result := w.count()
	w.requireVerified()
	return result
}

// requireVerified verifies the whole record as an accredited observer and as
// anybody.
func (w *world) requireVerified() {
	w.t.Helper()
	fingerprint := w.Election.Manifest.Fingerprint()
	for _, in := range []verifier.Input{
		{Record: os.DirFS(w.Record()), Sealed: os.DirFS(w.Sealed()), Fingerprint: &fingerprint},
		{Record: os.DirFS(w.Record())},
	} {
		report, err := verifier.Verify(in)
		require.NoError(w.t, err)
		require.True(w.t, report.Verified, report.Text())
	}
}

// snapshot copies record/ and sealed/.
func (w *world) snapshot() string {
	w.t.Helper()
	dir := w.t.TempDir()
	require.NoError(w.t, os.CopyFS(dir, os.DirFS(w.dir)))
	return dir
}

// forgetEntries puts the board back to what it was in a snapshot, as if the step
// had been interrupted just before its entry. The artefacts stay.
func (w *world) forgetEntries(snapshot string) {
	w.t.Helper()
	for _, name := range []string{election.CheckpointFile, election.TileFolder} {
		require.NoError(w.t, os.RemoveAll(filepath.Join(w.Record(), name)))
	}
	old := filepath.Join(snapshot, recordFolder)
	require.NoError(w.t, os.CopyFS(filepath.Join(w.Record(), election.TileFolder), os.DirFS(filepath.Join(old, election.TileFolder))))
	checkpoint, err := os.ReadFile(filepath.Join(old, election.CheckpointFile))
	require.NoError(w.t, err)
	require.NoError(w.t, os.WriteFile(filepath.Join(w.Record(), election.CheckpointFile), checkpoint, 0o644))
}

// order is an order in the VIS3 form about the voters with these numbers.
func (w *world) order(action string, voters ...int) *vis3.Revocations {
	o := &vis3.Revocations{Election: w.Election.Manifest.ID, Action: action}
	for _, i := range voters {
		o.Persons = append(o.Persons, w.Roll.List[i].Code)
	}
	return o
}
