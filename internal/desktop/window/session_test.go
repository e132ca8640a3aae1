//go:build gui

package window

import (
	"bufio"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// soon is how long something that must happen may take on a machine that has much to do.
const soon = 60 * time.Second

// packages are the Debian packages of the programs that the tests need.
var packages = map[string]string{
	"Xvfb": "xvfb", "dbus-daemon": "dbus", "openbox": "openbox", "xdotool": "xdotool", "import": "imagemagick", "node": "nodejs",
	"tar": "tar", "dpkg-deb": "dpkg", "dpkg-shlibdeps": "dpkg-dev", "readelf": "binutils", "pkg-config": "pkg-config",
	"desktop-file-validate": "desktop-file-utils", "appstreamcli": "appstream", "lintian": "lintian", "xdg-open": "xdg-utils", "/usr/libexec/at-spi-bus-launcher": "at-spi2-core",
}

func requireTools(t *testing.T) {
	t.Helper()
	for program, name := range packages {
		_, err := exec.LookPath(program)
		require.NoError(t, err, "install Debian's package %s", name)
	}
}

// session is what a voter's desktop is to a program: a screen, a bus, and who closes windows.
type session struct {
	t    *testing.T
	home string
	env  []string
}

// newSession starts one, until the test ends.
func newSession(t *testing.T) *session {
	t.Helper()
	requireTools(t)
	home, err := os.MkdirTemp("", "valik") // short: it holds sockets, whose paths are limited to 107 bytes
	require.NoError(t, err)
	// A process whose parent was killed may be writing for a moment more.
	t.Cleanup(func() {
		require.Eventually(t, func() bool { return os.RemoveAll(home) == nil }, soon, 20*time.Millisecond)
	})
	require.NoError(t, os.Mkdir(home+"/Downloads", 0o700)) // as a desktop makes it for its user
	s := &session{t: t, home: home, env: []string{
		"HOME=" + home, "XDG_RUNTIME_DIR=" + home, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "GSETTINGS_BACKEND=memory",
	}}
	s.env = append(s.env, "DISPLAY=:"+s.serve("Xvfb", "-displayfd", "3", "-screen", "0", "1280x1024x24", "-nolisten", "tcp", "-noreset"))
	s.env = append(s.env, "DBUS_SESSION_BUS_ADDRESS="+s.serve("dbus-daemon", "--session", "--address=unix:dir="+home, "--nofork", "--nopidfile", "--print-address=3"))
	s.begin(s.command("openbox"))
	// A window that is there before openbox is not given the keyboard.
	require.Eventually(t, func() bool { return s.command("xdotool", "get_desktop").Run() == nil }, soon, 20*time.Millisecond)
	s.key("Shift_L") // after the first key openbox reads the keyboard's layout anew, and may miss the next
	return s
}

// begin starts a program in a process group of its own, and ends the group with the test.
func (s *session) begin(cmd *exec.Cmd) (ended <-chan error) {
	s.t.Helper()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	require.NoError(s.t, cmd.Start())
	word, gone := make(chan error, 1), make(chan struct{})
	go func() {
		word <- cmd.Wait()
		close(gone)
	}()
	s.t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // an error says that all of it has ended
		<-gone
	})
	return word
}

// serve starts a program of the session that says on its third file where it listens.
func (s *session) serve(program string, args ...string) string {
	s.t.Helper()
	in, out, err := os.Pipe()
	require.NoError(s.t, err)
	defer in.Close()
	cmd := s.command(program, args...)
	cmd.ExtraFiles = []*os.File{out}
	s.begin(cmd)
	require.NoError(s.t, out.Close())
	require.NoError(s.t, in.SetReadDeadline(time.Now().Add(soon)))
	line, err := bufio.NewReader(in).ReadString('\n')
	require.NoError(s.t, err, "%s does not say where it listens", program)
	return strings.TrimSpace(line)
}

// command is a program of the session.
func (s *session) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Env = s.env
	return cmd
}

// run runs a program of the session to its end.
func (s *session) run(program string, args ...string) {
	s.t.Helper()
	said, err := s.command(program, args...).CombinedOutput()
	require.NoError(s.t, err, "%s: %s", program, said)
}

// keys types text on the keyboard, whatever its layout.
func (s *session) keys(text string) { s.run("xdotool", "type", "--delay", "5", "--", text) }

// key presses one key, such as alt+F4.
func (s *session) key(name string) { s.run("xdotool", "key", name) }

// photograph keeps a picture of the screen with the test's artefacts.
func (s *session) photograph(name string) image.Image {
	s.t.Helper()
	path := filepath.Join(artefacts(s.t), name+".png")
	s.photographTo(path)
	file, err := os.Open(path)
	require.NoError(s.t, err)
	defer file.Close()
	picture, err := png.Decode(file)
	require.NoError(s.t, err)
	return picture
}

func (s *session) photographTo(path string) {
	s.t.Helper()
	s.run("import", "-silent", "-window", "root", path)
}

// artefacts is the folder that VALIK_ARTEFACTS names, or the test's own.
func artefacts(t *testing.T) string {
	folder := os.Getenv("VALIK_ARTEFACTS")
	if folder == "" {
		return t.ArtifactDir()
	}
	require.NoError(t, os.MkdirAll(folder, 0o755))
	return folder
}
