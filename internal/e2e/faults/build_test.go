package faults

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The clock of a witness that can be set: the polls of a test close hours before their time,
// for collectors and witnesses alike.
const (
	witnessModule = "../testdata/litewitness"
	witnessClock  = "t := uint64(time.Now().Unix())"
	clockVariable = "VALIK_TEST_CLOCK"
	patchedClock  = `off, err := os.ReadFile(os.Getenv("` + clockVariable + `"))
		if err != nil {
			return nil, err
		}
		d, err := time.ParseDuration(string(off))
		if err != nil {
			return nil, err
		}
		t := uint64(time.Now().Add(d).Unix())`
)

// patchWitness copies the source of litewitness, lets it read its clock as collectors do in
// these tests, and gives the module file by which it is built.
func patchWitness() (modules string, err error) {
	dir, err := exec.Command("go", "list", "-C", witnessModule, "-m", "-f", "{{.Dir}}", "filippo.io/torchwood").Output()
	if err != nil {
		return "", fmt.Errorf("where is litewitness: %w", err)
	}
	source := filepath.Join(bin, "torchwood")
	if err := os.CopyFS(source, os.DirFS(strings.TrimSpace(string(dir)))); err != nil {
		return "", err
	}
	if err := patch(filepath.Join(source, "cosignature.go")); err != nil {
		return "", err
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		content, err := os.ReadFile(filepath.Join(witnessModule, name))
		if err != nil {
			return "", err
		}
		if name == "go.mod" {
			content = fmt.Appendf(content, "\nreplace filippo.io/torchwood => %s\n", source)
		}
		if err := os.WriteFile(filepath.Join(bin, "witness"+filepath.Ext(name)), content, 0o600); err != nil {
			return "", err
		}
	}
	return filepath.Join(bin, "witness.mod"), nil
}

func patch(file string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	text := string(content)
	if strings.Count(text, witnessClock) != 1 || !strings.Contains(text, "import (") {
		return fmt.Errorf("%s reads its clock in another way than it did", filepath.Base(file))
	}
	text = strings.Replace(text, witnessClock, patchedClock, 1)
	text = strings.Replace(text, "import (", "import (\n\t\"os\"", 1)
	if err := os.Chmod(file, 0o600); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(text), 0o600)
}
