package verifier_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"path"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/election"
	"valik/internal/recordtest"
	"valik/verifier"
)

// responsible says which checks are there for damage to a file. The first
// pattern that fits counts.
var responsible = []struct {
	files  *regexp.Regexp
	checks []string
}{
	// A manifest with another byte is a manifest of another election, if it is one.
	{regexp.MustCompile(`^manifest\.json$`), []string{"manifest.form", "manifest.pinned"}},
	{regexp.MustCompile(`^manifest\.json\.(2\.)?p7s$`), []string{"manifest.signature", "record.files"}},
	{resultSignature, []string{"result.signature"}},
	{regexp.MustCompile(`^checkpoint$`), []string{"board.checkpoint", "board.tiles"}},
	{regexp.MustCompile(`^tile/`), []string{"board.tiles"}},
	{regexp.MustCompile(`^ballots\.jsonl$`), []string{"ballots.leaves"}},
	{regexp.MustCompile(`^mix-[0-9]+\.json\.sig$`), []string{"mix.signature", "record.files"}},
	{regexp.MustCompile(`^decryption-[0-9]+\.json\.sig$`), []string{"decryption.signature", "record.files"}},
	{regexp.MustCompile(`.`), []string{"record.files"}},
}

var resultSignature = regexp.MustCompile(`^result\.json\.(2\.)?p7s$`)

var responsibleSealed = []struct {
	files  *regexp.Regexp
	checks []string
}{
	{regexp.MustCompile(`^roll-`), []string{"roll.commitment"}},
	{regexp.MustCompile(`^revocations-`), []string{"revocations.signature"}},
	{regexp.MustCompile(`^box\.jsonl$`), []string{"box.ballots"}},
	{regexp.MustCompile(`^decisions\.jsonl$`), []string{"processing.decisions"}},
	{regexp.MustCompile(`^input/`), []string{"mix.first"}},
}

// damaged is a record with one file changed.
type damaged struct {
	r      *recordtest.Record
	sealed bool // the file lies in the sealed part
	path   string
}

// with returns a verification of the record in which the file has other content,
// or is missing if content is nil.
func (d *damaged) with(content []byte) verifier.Input {
	r := *d.r
	files := &r.Public
	if d.sealed {
		files = &r.Sealed
	}
	*files = files.Clone()
	(*files)[d.path] = content
	if content == nil {
		delete(*files, d.path)
	}
	return input(&r, d.sealed) // what is published must be found without the sealed part
}

func (d *damaged) content() []byte {
	if d.sealed {
		return d.r.Sealed[d.path]
	}
	return d.r.Public[d.path]
}

// requireFailure verifies the damaged record and asks for the responsible check.
func (d *damaged) requireFailure(t *testing.T, content []byte, what string) {
	t.Helper()
	report := verify(t, d.with(content))
	require.False(t, report.Verified, "%s: %s", d.path, what)
	list := responsible
	if d.sealed {
		list = responsibleSealed
	}
	for _, r := range list {
		if r.files.MatchString(d.path) {
			failed := report.Failed()
			require.True(t, slices.ContainsFunc(failed, func(id string) bool { return slices.Contains(r.checks, id) }),
				"%s: %s: %v failed, and none of %v", d.path, what, failed, r.checks)
			return
		}
	}
	t.Fatalf("no check is responsible for %s", d.path)
}

// everyFile runs a test over every file of an open record, published or sealed,
// over those that only a guarded one has sealed, and over the settlement of one that
// has it.
func everyFile(t *testing.T, test func(t *testing.T, d *damaged)) {
	for name, script := range map[string]*recordtest.Script{"open": {}, "guarded": {Guarded: true}, "settling": {Settles: true}} {
		r, err := recordtest.Make(script)
		require.NoError(t, err)
		run := func(sealed bool, part, file string) {
			t.Run(path.Join(name, part, file), func(t *testing.T) {
				t.Parallel()
				test(t, &damaged{r, sealed, file})
			})
		}
		if script.Settles {
			run(false, "record", election.SettlementFile)
			run(true, "sealed", election.BoxFile)
			continue
		}
		for _, file := range r.Public.Paths() {
			if !script.Guarded {
				run(false, "record", file)
			}
		}
		for _, file := range r.Sealed.Paths() {
			run(true, "sealed", file)
		}
	}
}

// TestFlippedBits turns bits of every file over: of the first byte, the last one,
// and one between, another each time.
func TestFlippedBits(t *testing.T) {
	t.Parallel()
	between := 1
	if testing.Short() {
		between = 0
	}
	everyFile(t, func(t *testing.T, d *damaged) {
		content := d.content()
		positions := []int{0, len(content) - 1}
		for range between {
			positions = append(positions, rand.IntN(len(content)))
		}
		for _, at := range positions {
			bit := rand.IntN(8)
			changed := bytes.Clone(content)
			changed[at] ^= 1 << bit
			d.requireFailure(t, changed, fmt.Sprintf("bit %d of byte %d of %d", bit, at, len(content)))
		}
	})
}

func TestDeletedTruncatedAndGrownFiles(t *testing.T) {
	t.Parallel()
	everyFile(t, func(t *testing.T, d *damaged) {
		content := d.content()
		if d.path != "manifest.json" { // without a manifest there is no record: TestNoRecord
			d.requireFailure(t, nil, "deleted")
		}
		d.requireFailure(t, content[:len(content)-1], "its last byte is missing")
		d.requireFailure(t, append(bytes.Clone(content), '\n'), "a line end more")
	})
}

// TestExchangedFiles exchanges files with their neighbours.
func TestExchangedFiles(t *testing.T) {
	t.Parallel()
	r, err := recordtest.Honest(false)
	require.NoError(t, err)
	paths := r.Public.Paths()
	for i := range len(paths) - 1 {
		a, b := paths[i], paths[i+1]
		if bytes.Equal(r.Public[a], r.Public[b]) || resultSignature.MatchString(a) && resultSignature.MatchString(b) {
			continue // in which order the officials have signed the result means nothing
		}
		t.Run(a+" "+b, func(t *testing.T) {
			t.Parallel()
			changed := *r
			changed.Public = r.Public.Clone()
			changed.Public[a], changed.Public[b] = r.Public[b], r.Public[a]
			require.False(t, verify(t, input(&changed, false)).Verified)
		})
	}
}

// TestMixedElections puts every file of one election into the record of another
// with the same keys.
func TestMixedElections(t *testing.T) {
	t.Parallel()
	r, err := recordtest.Honest(false)
	require.NoError(t, err)
	other, err := recordtest.Honest(false)
	require.NoError(t, err)
	everywhere := func(sealed bool, files, others recordtest.Files) {
		for _, file := range files.Paths() {
			if bytes.Equal(files[file], others[file]) {
				continue
			}
			d := &damaged{r, sealed, file}
			if !replaceable[file] {
				d.requireFailure(t, others[file], "of the other record")
			}
		}
	}
	everywhere(false, r.Public, other.Public)
	everywhere(true, r.Sealed, other.Sealed)
}

// replaceable files hold nothing but a signature, made anew, of the same bytes.
var replaceable = map[string]bool{"roll-0.jsonl.p7s": true, "roll-0.jsonl.2.p7s": true}
