package desktop

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The line of the voter's program that a bad device changes, and what it puts there: the
// voter's first choice of every contest becomes the last one of the ballot.
const (
	encryptedFile = "voter-app/prepare.go"
	encryptedLine = "election.Prepare(e.Manifest, e.Keys.Public(), seed, v.District, v.Pseudonym, anchor, selections)"
	tamperedLine  = "election.Prepare(e.Manifest, e.Keys.Public(), seed, v.District, v.Pseudonym, anchor, anothersWish(e.Manifest, v.District, selections))"
	tamperedMore  = `
func anothersWish(m *election.Manifest, district string, selections map[string][]string) map[string][]string {
	changed := map[string][]string{}
	for contest, codes := range selections {
		slates := m.Slates(contest, district)
		last := slates[len(slates)-1].Choices
		changed[contest] = append([]string{last[len(last)-1].Code}, codes[1:]...)
	}
	return changed
}
`
)

// tampering is the program with another file in the place of one, as its builder may do it.
func tampering(t *testing.T) *built {
	t.Helper()
	original, err := filepath.Abs(filepath.Join("../..", encryptedFile))
	require.NoError(t, err)
	content, err := os.ReadFile(original)
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(content), encryptedLine), "%s encrypts in another way than it did: change this test", encryptedFile)
	dir := t.TempDir()
	changed := strings.Replace(string(content), encryptedLine, tamperedLine, 1) + tamperedMore
	require.NoError(t, os.WriteFile(dir+"/changed.go", []byte(changed), 0o600))
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{original: dir + "/changed.go"}})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(dir+"/overlay.json", overlay, 0o600))
	return &built{name: "valik-tampering", args: []string{"-overlay", dir + "/overlay.json"}}
}

// A program that shows one choice and encrypts another one. It says that all is well, and so
// does the collector; the second device shows the other choice to the voter.
func TestATamperingProgram(t *testing.T) {
	w := newWorld(t, 1)
	d := w.newDevice(newCard(t, w.Voters[0].Card))
	d.program = tampering(t)
	f := d.face()
	f.votes("One")
	f.requireText(f.says("done.title"))
	f.showsCode()
	s := w.newPhone(t)
	s.scan()
	s.requireText("Two (List, 1.2)", w.Voters[0].Name, pageLatest)
	require.NotContains(t, s.text(), "One (List, 1.1)")
	s.requireText("If anything here is not as you wanted")
}
