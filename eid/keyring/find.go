package keyring

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/adrg/xdg"

	"valik/eid/pkcs12"
	"valik/eid/token"
)

// Found is a card or a file that may hold a person's keys.
type Found struct {
	Spec  string         // line for Open: "pkcs11:…?module-path=…" or "pkcs12:PATH"
	Label string         // of the token without what only tells its two halves apart, with the number if two have it; or the file's name
	PIN   token.PINState // of a card: the worst of its tokens; zero for a file
}

// Find looks for cards behind PKCS #11 modules, and for PKCS #12 files in folders (not
// below them). It asks for no PIN, and opens no file. A card is listed if it has a
// certificate for signing or for authentication, and once if two modules show it: with
// the first that reaches most of it.
//
// The errors are of what could not be looked at; each names the module or the folder.
// A module that another operation has, such as a signature that waits for a PIN, is
// waited for as long as ctx allows.
func Find(ctx context.Context, modules, folders []string) ([]Found, []error) {
	cards, failures := findCards(ctx, modules)
	files, more := findFiles(folders)
	return append(cards, files...), append(failures, more...)
}

// Open opens what was found, as Open does its line, with one difference: a PKCS #12 file
// may be readable by others, as what a browser has downloaded is. Its passphrase protects
// it, and is asked for by the file's name. Errors are those of Open and OpenContents, or
// ErrUnreadable.
func (f Found) Open(ctx context.Context, asks Asks) (*Ring, error) {
	path, isFile := strings.CutPrefix(f.Spec, pkcs12Scheme)
	if !isFile {
		return Open(ctx, f.Spec, asks)
	}
	b, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	return OpenContents(ctx, []Content{{f.Label, b}}, asks)
}

// readFile reads one byte above the limit, which OpenContents refuses.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, pkcs12.Limit+1))
}

// findFiles lists the PKCS #12 files of folders by name.
func findFiles(folders []string) ([]Found, []error) {
	var list []Found
	var failures []error
	for _, folder := range distinct(folders) {
		entries, err := os.ReadDir(folder)
		if err != nil {
			failures = append(failures, err)
			continue
		}
		for _, e := range entries {
			if mayBePKCS12(e) {
				list = append(list, Found{Spec: pkcs12Scheme + filepath.Join(folder, e.Name()), Label: e.Name()})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Found) int { return strings.Compare(a.Label, b.Label) })
	return list, failures
}

// mayBePKCS12 judges by what a folder tells. A name that cannot be printed could not be
// chosen by a person who sees it.
func mayBePKCS12(e os.DirEntry) bool {
	extension := strings.ToLower(filepath.Ext(e.Name()))
	if extension != ".p12" && extension != ".pfx" || !printable(e.Name()) {
		return false
	}
	info, err := e.Info()
	return err == nil && info.Mode().IsRegular() && info.Size() <= pkcs12.Limit
}

// Modules are the places at which this system has the modules of card software, those
// that exist.
func Modules() []string { return existing(modulePlaces()) }

// userFolders guards the variables in which the library keeps the folders.
var userFolders sync.Mutex

// Folders are the places at which a person keeps such a file: home, desktop, documents,
// downloads, whatever the system calls them; those that exist.
func Folders() []string {
	userFolders.Lock()
	defer userFolders.Unlock()
	xdg.Reload()
	return existing([]string{xdg.Home, xdg.UserDirs.Desktop, xdg.UserDirs.Documents, xdg.UserDirs.Download})
}

func existing(paths []string) []string {
	return distinct(slices.DeleteFunc(paths, func(path string) bool {
		_, err := os.Stat(path)
		return err != nil || !filepath.IsAbs(path)
	}))
}

// distinct leaves out what is the same file or folder by another path.
func distinct(paths []string) []string {
	seen := map[string]bool{}
	var list []string
	for _, path := range paths {
		real, err := filepath.EvalSymlinks(path)
		if err != nil {
			real = path // whoever opens it says why
		}
		if !seen[real] {
			list = append(list, path)
		}
		seen[real] = true
	}
	return list
}
