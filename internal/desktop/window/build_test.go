//go:build gui

package window

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// tags are those of a program with a window.
const tags = "gui,webkit2_41,desktop,production"

// moduleRoot is the folder of go.mod.
const moduleRoot = "../../.."

// folder has what is built for these tests.
var folder string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	var err error
	if folder, err = os.MkdirTemp("", "valik-window-"); err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	return m.Run()
}

// bundles are made once, with the program that the tests start.
var bundles = sync.OnceValues(func() (string, error) {
	out, err := exec.Command(filepath.Join(moduleRoot, "voter-app/desktop/linux/bundle"), folder).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("the bundles (Debian: libgtk-3-dev, libwebkit2gtk-4.1-dev, dpkg-dev): %w\n%s", err, out)
	}
	return folder, nil
})

// bundle is the path of the one with this ending.
func bundle(t *testing.T, ending string) string {
	t.Helper()
	requireTools(t)
	out, err := bundles()
	require.NoError(t, err)
	found, err := filepath.Glob(filepath.Join(out, "valik_*."+ending))
	require.NoError(t, err)
	require.Len(t, found, 1)
	return found[0]
}

// installed unpacks the Debian package and gives the path of its program.
func installed(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	out, err := exec.Command("dpkg-deb", "--extract", bundle(t, "deb"), root).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return filepath.Join(root, "usr/bin/valik")
}
