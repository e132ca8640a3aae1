// Command generate writes whole records into vectors/records, three that verify
// and for every check one that is wrong in exactly that way:
//
//	go run ./vectors/records/generate [-all] vectors/records
//
// With -all it writes every fault that the tests know. The keys are made anew
// each time, so all files change.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"valik/internal/recordtest"
)

// vector is an element of vectors.json.
type vector struct {
	File        string `json:"file"`
	Check       string `json:"check"`       // the one that fails; "" if the record verifies
	Story       string `json:"story"`       // what is wrong
	Sealed      bool   `json:"sealed"`      // verify it with the sealed part, or without
	Fingerprint string `json:"fingerprint"` // what somebody has from elsewhere
	Checkpoint  string `json:"checkpoint"`  // likewise
}

func main() {
	all := flag.Bool("all", false, "write every fault, not one for each check")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: generate [-all] <folder>")
		os.Exit(2)
	}
	if err := generate(flag.Arg(0), *all); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func generate(folder string, all bool) error {
	old, err := filepath.Glob(filepath.Join(folder, "*.zip"))
	if err != nil {
		return err
	}
	for _, path := range old {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	list, err := honest(folder)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, f := range recordtest.Faults() {
		if seen[f.Check] && !all {
			continue
		}
		seen[f.Check] = true
		r, err := f.Make()
		if err != nil {
			return fmt.Errorf("%s %s: %w", f.Check, f.Name, err)
		}
		v := vector{File: f.Check + "-" + f.Name + ".zip", Check: f.Check, Story: f.Story, Sealed: !f.Unsealed}
		if list, err = write(list, folder, v, r); err != nil {
			return err
		}
	}
	b, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "vectors.json"), append(b, '\n'), 0o644)
}

// honest writes the records that verify.
func honest(folder string) ([]vector, error) {
	var list []vector
	for _, h := range []struct {
		name, story string
		script      recordtest.Script
	}{
		{"open", "Nothing is wrong, profile open.", recordtest.Script{}},
		{"guarded", "Nothing is wrong, profile guarded.", recordtest.Script{Guarded: true}},
		{"settling", "Nothing is wrong, the evidence about one ballot came after it.", recordtest.Script{Settles: true}},
	} {
		r, err := recordtest.Make(&h.script)
		if err != nil {
			return nil, err
		}
		v := vector{File: h.name + ".zip", Story: h.story, Sealed: true}
		if list, err = write(list, folder, v, r); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// write writes a record and its sealed part as folders of one archive.
func write(list []vector, folder string, v vector, r *recordtest.Record) ([]vector, error) {
	v.Fingerprint, v.Checkpoint = r.Fingerprint.String(), string(r.Seen)
	files := recordtest.Files{}
	for path, content := range r.Public {
		files["record/"+path] = content
	}
	if v.Sealed {
		for path, content := range r.Sealed {
			files["sealed/"+path] = content
		}
	}
	b, err := files.Zip("")
	if err != nil {
		return nil, err
	}
	return append(list, v), os.WriteFile(filepath.Join(folder, v.File), b, 0o644)
}
