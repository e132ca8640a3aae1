package desktop

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

var ctx = context.Background()

// folder has what is built for these tests.
var folder string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	var err error
	if folder, err = os.MkdirTemp("", "valik-desktop-"); err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	code := m.Run()
	if err := quitBrowser(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// built is a program that is built when the first test needs it.
type built struct {
	name string
	args []string // of go build
	once sync.Once
	path string
	err  error
}

func (b *built) build() (string, error) {
	b.once.Do(func() {
		b.path = filepath.Join(folder, b.name)
		args := append(append([]string{"build", "-o", b.path}, b.args...), "valik/cmd/valik")
		if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
			b.err = fmt.Errorf("%s does not build: %w\n%s", b.name, err, out)
		}
	})
	return b.path, b.err
}
