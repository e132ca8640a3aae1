//go:build gui

package window

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// contents are the files of a bundle, and who may do what with them.
var contents = []string{
	"-rwxr-xr-x usr/bin/valik",
	"-rw-r--r-- usr/share/applications/valik.desktop",
	"-rw-r--r-- usr/share/doc/valik/README.md",
	"-rw-r--r-- usr/share/doc/valik/changelog.gz",
	"-rw-r--r-- usr/share/doc/valik/copyright",
	"-rw-r--r-- usr/share/doc/valik/licences.txt",
	"-rw-r--r-- usr/share/icons/hicolor/scalable/apps/valik.svg",
	"-rw-r--r-- usr/share/metainfo/valik.metainfo.xml",
}

func output(t *testing.T, program string, args ...string) string {
	t.Helper()
	out, err := exec.Command(program, args...).CombinedOutput()
	require.NoError(t, err, "%s %v: %s", program, args, out)
	return string(out)
}

// What the package and the archive hold, all of it root's, and what the package asks for.
func TestBundles(t *testing.T) {
	lists := map[string]string{
		"deb":    output(t, "dpkg-deb", "--contents", bundle(t, "deb")),
		"tar.gz": output(t, "tar", "--list", "--verbose", "--file", bundle(t, "tar.gz")),
	}
	entry := regexp.MustCompile(`(?m)^(-\S+) (?:root/root|0/0) +\d+ \S+ \S+ (?:\./|valik/)(\S+)$`)
	for name, list := range lists {
		var files []string
		for _, e := range entry.FindAllStringSubmatch(list, -1) {
			files = append(files, e[1]+" "+e[2])
		}
		require.Equal(t, contents, files, "%s: %s", name, list)
		require.Equal(t, len(contents), len(regexp.MustCompile(`(?m)^[^d]`).FindAllString(list, -1)), list)
	}
	asks := output(t, "dpkg-deb", "--field", bundle(t, "deb"), "Depends", "Recommends")
	for _, library := range []string{"libgtk-3-0", "libwebkit2gtk-4.1-0", "libc6", "opensc", "pcscd", "xdg-utils"} {
		require.Contains(t, asks, library)
	}
	require.NotRegexp(t, "@[A-Z]+@", output(t, "dpkg-deb", "--info", bundle(t, "deb"), "control"))
}

// Who helps a voter asks which version it is.
func TestTheProgramKnowsItsVersion(t *testing.T) {
	version := output(t, "dpkg-deb", "--field", bundle(t, "deb"), "Version")
	require.Equal(t, "valik version "+version, output(t, installed(t), "--version"))
}

// Who looks for the program in a menu, or in a catalogue of programs, finds what is valid.
func TestTheProgramIsFoundInMenus(t *testing.T) {
	share := filepath.Join(filepath.Dir(installed(t)), "../share")
	require.Empty(t, output(t, "desktop-file-validate", filepath.Join(share, "applications/valik.desktop")))
	// Which domain its name stands under is for the state to say that gives it to voters.
	said := output(t, "appstreamcli", "validate", "--no-net", "--override=cid-desktopapp-is-not-rdns=info",
		filepath.Join(share, "metainfo/valik.metainfo.xml"))
	require.Contains(t, said, "successful")
}

// Debian's own check of packages finds no error.
func TestTheDebianPackageIsSound(t *testing.T) {
	output(t, "lintian", "--fail-on", "error", "--allow-root", bundle(t, "deb"))
}

// Whoever gets the program gets the licences of all that is in it: of Go and its modules, and of
// both pages.
func TestTheLicencesComeAlong(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(filepath.Dir(installed(t)), "../share/doc/valik/licences.txt"))
	require.NoError(t, err)
	for _, part := range []string{"The Go Authors", "github.com/wailsapp/wails/v2 v", "modernc.org/sqlite v", "## svelte", "## @noble/curves"} {
		require.Contains(t, string(raw), part)
	}
}

// The program is built to be hard to attack, and tells nothing of the machine that built it.
func TestTheProgramIsHardened(t *testing.T) {
	program := installed(t)
	require.Contains(t, output(t, "readelf", "--file-header", program), "DYN", "it is at the same address everywhere")
	require.NotRegexp(t, `(?m)GNU_STACK.*\n.* RWE`, output(t, "readelf", "--program-headers", program))
	root, err := filepath.Abs(moduleRoot)
	require.NoError(t, err)
	require.False(t, strings.Contains(output(t, "cat", program), root), "it has the path of the sources")
}
