package faults

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
)

// The programs of others have modules of their own, so that what they need is no
// dependency of Valik.
const (
	litewitness = "filippo.io/torchwood/cmd/litewitness"
	toxiproxy   = "github.com/Shopify/toxiproxy/v2/cmd/server"
)

// bin is the folder with the programs.
var bin string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	if err := runMore(); err != nil {
		panic(err)
	}
	var err error
	if bin, err = os.MkdirTemp("", "valik-faults-"); err != nil {
		panic(err)
	}
	defer os.RemoveAll(bin)
	if err := buildAll(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// runMore lets more tests run at once than there are cores, unless -parallel says how many:
// they wait most of their time.
func runMore() error {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if given {
		return nil
	}
	return flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0)))
}

func buildAll() error {
	overlay, err := writeOverlay()
	if err != nil {
		return err
	}
	modules, err := patchWitness()
	if err != nil {
		return err
	}
	return errors.Join(
		build("-overlay", overlay, "-o", filepath.Join(bin, "collectord"), "valik/cmd/collectord"),
		build("-C", "../testdata/litewitness", "-modfile", modules, "-o", filepath.Join(bin, "litewitness"), litewitness),
		build("-C", "../testdata/toxiproxy", "-o", filepath.Join(bin, "toxiproxy"), toxiproxy),
	)
}

// writeOverlay says that the file in which the daemon reads the clock is another one in
// this build: the collector itself has nothing by which anybody could set its time.
func writeOverlay() (string, error) {
	var paths [2]string
	for i, relative := range []string{"../../../collector/daemon/clock.go", "testdata/clock/clock.go"} {
		var err error
		if paths[i], err = filepath.Abs(relative); err != nil {
			return "", err
		}
		if _, err := os.Stat(paths[i]); err != nil {
			return "", err
		}
	}
	content, err := json.Marshal(map[string]map[string]string{"Replace": {paths[0]: paths[1]}})
	if err != nil {
		return "", err
	}
	file := filepath.Join(bin, "overlay.json")
	return file, os.WriteFile(file, content, 0o600)
}

// build is `go build`.
func build(args ...string) error {
	if out, err := exec.Command("go", append([]string{"build"}, args...)...).CombinedOutput(); err != nil {
		return fmt.Errorf("the programs do not build: %w\n%s", err, out)
	}
	return nil
}
