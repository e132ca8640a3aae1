package voter_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"

	"valik/board"
	"valik/eid"
	"valik/election"
	voter "valik/voter-app"
)

// vectorFolder holds the vectors of the second-device check, which verifier/web reads
// too.
const vectorFolder = "../vectors/check"

type checkVector struct {
	Name, Fault, Link, Fingerprint, Manifest, Ceremony, Checkpoint, Tiles, Look, Code string
	Finding                                                                           *checkFinding
}

type checkFinding struct {
	Code, Name, District string
	Selections           map[string][]string
	Time                 election.Time
	Witnesses            []string
	Latest, Waits        bool
	Left                 int
}

// TestCheckVectors checks every ballot of the vectors with the parts that this side has:
// what is wrong for the one implementation is wrong for the other.
func TestCheckVectors(t *testing.T) {
	var all []checkVector
	decoder := json.NewDecoder(bytes.NewReader(readCheck(t, "vectors.json")))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(&all))
	require.Greater(t, len(all), 40)
	for _, v := range all {
		t.Run(v.Name, func(t *testing.T) {
			found, err := v.check(t)
			if v.Code == "" {
				require.NoError(t, err)
				require.Equal(t, v.Finding, found)
				return
			}
			require.Error(t, err, v.Fault)
			if code := eid.CodeOf(err); code != "" {
				require.Equal(t, v.Code, code)
			}
		})
	}
}

func readCheck(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(vectorFolder, filepath.FromSlash(name)))
	require.NoError(t, err)
	return b
}

// look is an answer to Collector.Look, in which every field must stand.
type look struct {
	Type      *string
	Version   *int
	Container []byte
	Receipt   json.RawMessage
	Latest    *bool
	Left      *int
}

func readLook(b []byte) (*look, error) {
	var l look
	decoder := json.NewDecoder(bytes.NewReader(b))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&l); err != nil {
		return nil, err
	}
	if l.Type == nil || l.Version == nil || l.Latest == nil || l.Left == nil {
		return nil, errors.New("a field is missing")
	}
	var compact bytes.Buffer
	err := json.Compact(&compact, l.Receipt)
	l.Receipt = compact.Bytes()
	return &l, err
}

func (v *checkVector) check(t *testing.T) (*checkFinding, error) {
	link, err := voter.ParseCheckLink(v.Link)
	require.NoError(t, err)
	raw := readCheck(t, v.Manifest)
	m, err := election.ParseManifest(raw)
	if err != nil {
		return nil, err
	}
	if v.Fingerprint != "" && m.Fingerprint().String() != v.Fingerprint {
		return nil, errors.New("another election")
	}
	if strings.TrimSuffix(m.Collector.URL, "/") != link.Collector {
		return nil, errors.New("another collector")
	}
	l, err := readLook(readCheck(t, v.Look))
	if err != nil {
		return nil, err
	}
	receipt, err := election.ParseReceipt(l.Receipt)
	if err != nil {
		return nil, err
	}
	signer, ballot, err := openEnvelope(m, link, l, receipt)
	if err != nil {
		return nil, err
	}
	witnessed, err := receipt.Verify(m, link.Ballot, election.HashOf(l.Container))
	if err != nil {
		return nil, err
	}
	if receipt.Index != link.Index || receipt.Index < ballot.Anchor.Size {
		return nil, errors.New("another index")
	}
	selections, err := v.openBallot(t, m, link, ballot, receipt, witnessed)
	if err != nil {
		return nil, err
	}
	f := &checkFinding{
		Code: signer.Code, Name: signer.Name, District: ballot.District, Selections: selections,
		Time: receipt.Time, Latest: *l.Latest, Waits: receipt.Waits(m), Left: *l.Left,
	}
	for _, w := range witnessed.Cosignatures {
		f.Witnesses = append(f.Witnesses, w.Witness)
	}
	return f, nil
}

// openEnvelope reads who signed, and the ballot.
func openEnvelope(m *election.Manifest, link *voter.CheckLink, l *look, r *election.Receipt) (*eid.Identity, *election.Ballot, error) {
	c, err := eid.ParseContainer(l.Container)
	if err != nil {
		return nil, nil, err
	}
	if election.HashOf(c.Data) != link.Ballot || c.FileName != election.BallotFile(m) {
		return nil, nil, errors.New("another ballot")
	}
	ballot, err := election.ParseBallot(c.Data)
	if err != nil {
		return nil, nil, err
	}
	issuers, err := m.EIDIssuers()
	if err != nil {
		return nil, nil, err
	}
	signer, err := c.Verify(issuers, r.Time.Time())
	return signer, ballot, err
}

// openBallot looks at the board, and then reads the ballot with the seed.
func (v *checkVector) openBallot(t *testing.T, m *election.Manifest, link *voter.CheckLink, b *election.Ballot, r *election.Receipt, witnessed *board.Checkpoint) (map[string][]string, error) {
	raw := readCheck(t, v.Ceremony)
	ceremony, err := election.ParseCeremony(raw)
	if err != nil {
		return nil, err
	}
	keys, err := ceremony.Verify(m)
	if err != nil {
		return nil, err
	}
	if err := v.checkBoard(t, m, raw, b, r, witnessed); err != nil {
		return nil, err
	}
	if err := b.VerifyProofs(m, keys.Public()); err != nil {
		return nil, err
	}
	return b.Open(m, keys.Public(), link.Seed())
}

func (v *checkVector) checkBoard(t *testing.T, m *election.Manifest, ceremony []byte, b *election.Ballot, r *election.Receipt, witnessed *board.Checkpoint) error {
	newest, err := m.Policy().Open(readCheck(t, v.Checkpoint))
	if err != nil {
		return err
	}
	if newest.Size < witnessed.Size || b.Anchor.Size == 0 {
		return errors.New("the board or the anchor is too small")
	}
	tiles := board.NewTileReader(newest, func(path string) ([]byte, error) {
		return os.ReadFile(filepath.Join(vectorFolder, v.Tiles, filepath.FromSlash(path)))
	})
	fp := m.Fingerprint()
	for index, entry := range map[uint64]*election.Entry{
		0:       election.NewEntry(election.KindManifest, fp, fp),
		1:       election.NewEntry(election.KindCeremony, fp, election.HashOf(ceremony)),
		r.Index: election.NewBallotEntry(fp, r.Ballot, r.Envelope, r.Evidence, r.Time),
	} {
		hashes, err := tiles.ReadHashes([]int64{tlog.StoredHashIndex(0, int64(index))})
		if err != nil {
			return err
		}
		if hashes[0] != board.LeafHash(entry.Bytes()) {
			return fmt.Errorf("entry %d is not the %s", index, entry.Kind)
		}
	}
	for size, root := range map[uint64]tlog.Hash{witnessed.Size: witnessed.Root, b.Anchor.Size: tlog.Hash(b.Anchor.Root)} {
		had, err := board.Root(size, tiles)
		if err != nil {
			return err
		}
		if had != root {
			return fmt.Errorf("another root at size %d", size)
		}
	}
	return nil
}
