//go:build gui

package window

import (
	"debug/pe"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
)

// The program for Windows can only be built here. What Windows will make of it stands in it: it
// has no console, is sharp on every screen, asks for no more rights than the voter has, is at no
// fixed address, and needs nothing that is not Windows' own.
func TestTheProgramForWindows(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command(filepath.Join(moduleRoot, "voter-app/desktop/windows/build"), dir)
	cmd.Env = append(os.Environ(), "VERSION=3.2.1")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "install Debian's package gcc-mingw-w64-x86-64: %s", out)
	path := filepath.Join(dir, "valik.exe")
	program, err := pe.Open(path)
	require.NoError(t, err)
	defer program.Close()

	header := program.OptionalHeader.(*pe.OptionalHeader64)
	require.EqualValues(t, pe.IMAGE_SUBSYSTEM_WINDOWS_GUI, header.Subsystem)
	for _, flag := range []uint16{pe.IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE, pe.IMAGE_DLLCHARACTERISTICS_HIGH_ENTROPY_VA, pe.IMAGE_DLLCHARACTERISTICS_NX_COMPAT} {
		require.NotZero(t, header.DllCharacteristics&flag, "%#x", flag)
	}
	require.NotNil(t, program.Section(".reloc"), "without it the address is fixed after all")
	resources, err := program.Section(".rsrc").Data()
	require.NoError(t, err)
	for _, part := range []string{"permonitorv2", `level="asInvoker"`, "\x89PNG", wide("3.2.1"), wide("FileDescription")} {
		require.Contains(t, string(resources), part)
	}
	libraries, err := program.ImportedLibraries()
	require.NoError(t, err)
	for _, library := range libraries {
		require.Contains(t, []string{"kernel32.dll", "msvcrt.dll"}, strings.ToLower(library))
	}
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	root, err := filepath.Abs(moduleRoot)
	require.NoError(t, err)
	require.False(t, strings.Contains(string(content), root), "it has the path of the sources")
	require.False(t, strings.Contains(string(content), "go.microsoft.com/fwlink"), "it would download and run an installer")
}

// wide is text as Windows keeps it in resources.
func wide(text string) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(text)) {
		b.Write([]byte{byte(unit), byte(unit >> 8)})
	}
	return b.String()
}
