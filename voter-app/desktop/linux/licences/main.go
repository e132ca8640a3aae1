// Command licences prints the licences of everything that is linked into a program, as most of
// them demand of whoever gives the program out:
//
//	licences TAGS PACKAGE [FILE...]
//
// It takes those of Go and of its modules from where they are built from. The files are those of
// other things in the program, such as the packages in a built page.
package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: licences TAGS PACKAGE [FILE...]")
		os.Exit(2)
	}
	if err := write(os.Stdout, os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

// texts are licences, each with those who are under it.
type texts map[string][]string

// write prints each text once, below all that it is of; the same program gives the same bytes.
func write(w io.Writer, tags, program string, files []string) error {
	folders, err := linked(tags, program)
	if err != nil {
		return err
	}
	found := texts{}
	for _, name := range slices.Sorted(maps.Keys(folders)) {
		if err := found.add(name, folders[name]); err != nil {
			return err
		}
	}
	var parts []string
	for text, names := range found {
		parts = append(parts, strings.Join(names, "\n")+"\n\n"+text)
	}
	slices.Sort(parts)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		parts = append(parts, string(text))
	}
	for _, part := range parts {
		if _, err := fmt.Fprintf(w, "%s\n\n%s\n\n", strings.Repeat("=", 80), strings.TrimSpace(part)); err != nil {
			return err
		}
	}
	return nil
}

// linked gives the folders that a program is built from, those of each module and of Go, by the
// names of the modules with their versions.
func linked(tags, program string) (map[string][]string, error) {
	const line = `{{if .Standard}}Go	{{.Root}}{{else}}{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}	{{.Dir}}	{{$.Dir}}{{end}}{{end}}{{end}}`
	cmd := exec.Command("go", "list", "-deps", "-tags", tags, "-f", line, program)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w", program, err)
	}
	folders := map[string][]string{}
	for l := range strings.Lines(string(out)) {
		part := strings.Split(strings.TrimSpace(l), "\t")
		if len(part) < 2 {
			continue // a package of this module
		}
		name, root := part[0], part[1]
		folders[name] = append(folders[name], root)
		for dir := part[len(part)-1]; len(dir) > len(root); dir = filepath.Dir(dir) {
			folders[name] = append(folders[name], dir)
		}
	}
	return folders, nil
}

// licence is what files of licences are called.
var licence = regexp.MustCompile(`(?i)^(un)?(licen[cs]e|copying|notice|patents|copyright)([-._].*)?$`)

// add adds the licences in a module's folders, of which there must be one.
func (t texts) add(name string, folders []string) error {
	slices.Sort(folders)
	count := 0
	for _, dir := range slices.Compact(folders) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if !e.Type().IsRegular() || !licence.MatchString(e.Name()) || filepath.Ext(e.Name()) == ".go" {
				continue
			}
			text, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				return err
			}
			count++
			if names := t[string(text)]; !slices.Contains(names, name) {
				t[string(text)] = append(names, name)
			}
		}
	}
	if count == 0 {
		return fmt.Errorf("%s has no licence in %s: it may not be given out", name, folders[0])
	}
	return nil
}
