// Command generate writes the vectors of the second-device check into vectors/check:
//
//	go run ./vectors/check/generate vectors/check
//
// Certificates, ceremony and proofs are made anew each time, so all files change.
package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"valik/election"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: generate <folder>")
		os.Exit(2)
	}
	if err := generate(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// vector is a line of vectors.json. The paths are those of the collector's answers.
type vector struct {
	Name        string   `json:"name"`
	Fault       string   `json:"fault"`
	Link        string   `json:"link"`
	Fingerprint string   `json:"fingerprint"`
	Manifest    string   `json:"manifest"`
	Ceremony    string   `json:"ceremony"`
	Checkpoint  string   `json:"checkpoint"`
	Tiles       string   `json:"tiles"`
	Look        string   `json:"look"`
	Code        string   `json:"code"`
	Finding     *finding `json:"finding,omitempty"`
}

// finding is what a check finds of a ballot with which everything is right.
type finding struct {
	Code       string              `json:"code"` // personal, of who signed
	Name       string              `json:"name"`
	District   string              `json:"district"`
	Selections map[string][]string `json:"selections"`
	Time       election.Time       `json:"time"`
	Witnesses  []string            `json:"witnesses"`
	Latest     bool                `json:"latest"`
	Waits      bool                `json:"waits"`
	Left       int                 `json:"left"`
}

func generate(folder string) error {
	for _, name := range []string{"answers", "refusing", "settling", "forked", "vectors.json"} {
		if err := os.RemoveAll(filepath.Join(folder, name)); err != nil {
			return err
		}
	}
	files := map[string][]byte{}
	list := append(newScene("refusing", election.AwayRefuse).write(files), newScene("settling", election.AwaySettle).writeWaiting(files)...)
	index, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		return err
	}
	files["vectors.json"] = append(index, '\n')
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, files[name], 0o644); err != nil {
			return err
		}
	}
	return nil
}
