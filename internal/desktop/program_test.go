package desktop

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/collector/collectortest"
	"valik/eid/token/tokentest"
	"valik/voter-app/desktop"
)

// The program as it is delivered, and the one of TestATamperingProgram.
var honest = &built{name: "valik"}

// soon is how long something that must happen may take on a machine that has much to do.
const soon = 60 * time.Second

// device is a voter's computer: what the program keeps there outlives the program.
type device struct {
	t         *testing.T
	program   *built
	home      string
	collector string // of the election
	module    string
	invited   string           // file of an invitation, "" for none
	card      *tokentest.Token // nil for none
}

// newDevice is one with a card in its reader, of a voter who has the file of the election.
func (w *world) newDevice(card *tokentest.Token) *device {
	w.t.Helper()
	return &device{t: w.t, program: honest, home: w.t.TempDir(), collector: w.Manifest.Collector.URL, module: tokentest.Module(w.t), invited: w.invitation(), card: card}
}

// program is a running one.
type program struct {
	t       *testing.T
	cmd     *exec.Cmd
	address string // of its face, with the key
	said    collectortest.Log
	ended   chan error
}

// faceAddress is what the program prints.
var faceAddress = regexp.MustCompile(`http://127\.0\.0\.1:[0-9]+/#\S+`)

// start starts the program, until the test ends.
func (d *device) start() *program {
	d.t.Helper()
	path, err := d.program.build()
	require.NoError(d.t, err)
	p := &program{t: d.t, ended: make(chan error, 1)}
	args := []string{"--no-open", "--listen", "127.0.0.1:0", "--state", d.home + "/state", "--module", d.module}
	if d.invited != "" {
		args = append(args, "--invitation", d.invited)
	}
	p.cmd = exec.Command(path, args...)
	p.cmd.Env = append(os.Environ(), "HOME="+d.home, "XDG_CONFIG_HOME=", "XDG_DATA_HOME=", "LANG=C.UTF-8")
	if d.card != nil {
		p.cmd.Env = append(p.cmd.Env, d.card.Environment()...)
	} else {
		p.cmd.Env = append(p.cmd.Env, "SOFTHSM2_CONF="+emptyStore(d.t))
	}
	p.cmd.Stderr = &p.said
	out, err := p.cmd.StdoutPipe()
	require.NoError(d.t, err)
	require.NoError(d.t, p.cmd.Start())
	d.t.Cleanup(p.kill)
	p.address = p.printed(out)
	return p
}

// emptyStore is the configuration of a SoftHSM without any token.
func emptyStore(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(dir+"/tokens", 0o700))
	config := "directories.tokendir = " + dir + "/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
	require.NoError(t, os.WriteFile(dir+"/softhsm2.conf", []byte(config), 0o600))
	return dir + "/softhsm2.conf"
}

// printed waits for the address, and goes on to read what the program prints.
func (p *program) printed(out io.Reader) string {
	p.t.Helper()
	found := make(chan string, 1)
	go func() {
		defer close(found)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			_, _ = p.said.Write(append(lines.Bytes(), '\n'))
			if address := faceAddress.FindString(lines.Text()); address != "" {
				found <- address
				break
			}
		}
		_, _ = io.Copy(&p.said, out)
		p.ended <- p.cmd.Wait()
	}()
	select {
	case address, ok := <-found:
		require.True(p.t, ok, "the program has ended: %s", &p.said)
		return address
	case <-time.After(soon):
		require.FailNow(p.t, "the program prints no address", "%s", &p.said)
		return ""
	}
}

// kill ends the program as a power cut would.
func (p *program) kill() {
	_ = p.cmd.Process.Kill() // an error says that it has ended
	p.ended <- <-p.ended
}

// quit asks the program to end, which it must do without a word.
func (p *program) quit() {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case err := <-p.ended:
		p.ended <- err
		require.NoError(p.t, err, "%s", &p.said)
	case <-time.After(soon):
		require.FailNow(p.t, "the program does not end", "%s", &p.said)
	}
}

// ask asks the program as its face does.
func (p *program) ask(path string) []byte {
	p.t.Helper()
	base, key, _ := strings.Cut(p.address, "#")
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+path, nil)
	require.NoError(p.t, err)
	request.Header.Set("X-Valik-Key", key)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(p.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(p.t, err)
	require.Equal(p.t, http.StatusOK, answer.StatusCode, "%s", body)
	return body
}

// state is what the face shows.
func (p *program) state() *desktop.State {
	p.t.Helper()
	s := new(desktop.State)
	require.NoError(p.t, json.Unmarshal(p.ask("api/state?after=0"), s))
	return s
}

// link is what the code that the face shows is of.
func (p *program) link() string {
	p.t.Helper()
	var l struct{ Link string }
	require.NoError(p.t, json.Unmarshal(p.ask("api/link"), &l))
	return l.Link
}
