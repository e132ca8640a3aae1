package desktop

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"valik/election"
	voter "valik/voter-app"
)

// folder is what the program keeps from one time to the next. It holds no secret, but tells
// that its owner votes, so it is theirs alone. With "" nothing is kept.
//
//	settings.json                  the language
//	elections/ID.json              an election that was open: its invitation, and what it was then
//	FINGERPRINT/seen               the newest checkpoint of the board that was accepted
//	FINGERPRINT/ballot-HASH.asice  a ballot that is signed and has no receipt yet
//	FINGERPRINT/evidence-HASH      what shows that the collector was wrong
type folder struct{ path string }

const ownerAlone fs.FileMode = 0o700

// Names in the folder.
const (
	settingsFile    = "settings.json"
	electionsFolder = "elections"
	seenFile        = "seen"
)

func (f folder) create() error {
	if f.path == "" {
		return nil
	}
	return os.MkdirAll(filepath.Join(f.path, electionsFolder), ownerAlone)
}

// of gives the path of an election's file, "" if nothing is kept.
func (f folder) of(fingerprint election.Hash, name string) (string, error) {
	if f.path == "" {
		return "", nil
	}
	dir := filepath.Join(f.path, fingerprint.String())
	return filepath.Join(dir, name), os.MkdirAll(dir, ownerAlone)
}

type settings struct {
	Language string `json:"language"`
}

func (f folder) language() (string, error) {
	if f.path == "" {
		return "", nil
	}
	var s settings
	err := readJSON(filepath.Join(f.path, settingsFile), &s)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return s.Language, err
}

func (f folder) keepLanguage(language string) error {
	if f.path == "" {
		return nil
	}
	return writeJSON(filepath.Join(f.path, settingsFile), settings{language})
}

// remembered is an election that was open before.
type remembered struct {
	Invitation  string        `json:"invitation"`
	Fingerprint election.Hash `json:"fingerprint"`
	Name        string        `json:"name"`

	invitation *voter.Invitation
}

// elections are those that were open before, by their ids. Errors are of those that cannot be
// read, beside which the others stand.
func (f folder) elections() (map[string]*remembered, error) {
	found := map[string]*remembered{}
	if f.path == "" {
		return found, nil
	}
	dir := filepath.Join(f.path, electionsFolder)
	names, err := fs.Glob(os.DirFS(dir), "*.json")
	failures := []error{err}
	for _, name := range names {
		r := new(remembered)
		if err := readJSON(filepath.Join(dir, name), r); err != nil {
			failures = append(failures, err)
			continue
		}
		if r.invitation, err = voter.ParseInvitation([]byte(r.Invitation)); err != nil {
			failures = append(failures, fmt.Errorf("%s: %w", filepath.Join(dir, name), err))
			continue
		}
		found[strings.TrimSuffix(name, ".json")] = r
	}
	return found, errors.Join(failures...)
}

// remember keeps an election that is open, and says whether it was another before: one that
// the authority has replaced.
func (f folder) remember(id string, i *voter.Invitation, m *election.Manifest) (replaced bool, err error) {
	if f.path == "" {
		return false, nil
	}
	if err := f.create(); err != nil {
		return false, err
	}
	path := filepath.Join(f.path, electionsFolder, id+".json")
	before := new(remembered)
	if err := readJSON(path, before); err == nil {
		replaced = before.Fingerprint != m.Fingerprint()
	}
	now := remembered{Invitation: string(i.Bytes()), Fingerprint: m.Fingerprint(), Name: m.Title.In("en", m.Languages...)}
	return replaced, writeJSON(path, now)
}

// keepEvidence writes what shows that a collector is wrong, and gives its path. The name is its
// hash: nothing is written over other evidence, and the same is kept once.
func (f folder) keepEvidence(fingerprint election.Hash, evidence []byte) (string, error) {
	path, err := f.of(fingerprint, "evidence-"+election.HashOf(evidence).String()[:16])
	if path == "" || err != nil {
		return "", err
	}
	return path, voter.WriteFile(path, evidence)
}

func readJSON(path string, into any) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func writeJSON(path string, value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return voter.WriteFile(path, append(raw, '\n'))
}

// languages that the face has.
var languages = []string{"en", "et", "ru", "vi"}

// SetLanguage remembers the voter's language.
func (a *App) SetLanguage(language string) error {
	if !slices.Contains(languages, language) {
		return fmt.Errorf("%w: %.10q is not one of its languages", ErrRequest, language)
	}
	if err := a.folder.keepLanguage(language); err != nil {
		return err
	}
	a.update(func(s *State) { s.Language = language })
	return nil
}
