// Command generate writes the vectors of signed containers into vectors/eid:
//
//	go run ./vectors/eid/generate vectors/eid
//
// The keys are made anew each time and thrown away, so all files change.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"valik/eid/testpki"
	"valik/eid/testpki/forge"
)

// sizeLimit keeps containers out that are wrong by their size alone.
const sizeLimit = 64 << 10

// vector is a line of vectors.json.
type vector struct {
	File  string `json:"file"`
	Fault string `json:"fault"`
	At    string `json:"at"`
	Code  string `json:"code"`
}

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

func generate(folder string) error {
	old, err := filepath.Glob(filepath.Join(folder, "*.asice"))
	if err != nil {
		return err
	}
	for _, path := range old {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	issuers, vectors := forge.Vectors()
	var list []vector
	for _, v := range vectors {
		if len(v.Bytes) > sizeLimit {
			continue
		}
		list = append(list, vector{v.Name + ".asice", v.Fault, v.At.Format(time.RFC3339), v.Code})
		if err := os.WriteFile(filepath.Join(folder, v.Name+".asice"), v.Bytes, 0o644); err != nil {
			return err
		}
	}
	var index bytes.Buffer
	encoder := json.NewEncoder(&index)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(list); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "vectors.json"), index.Bytes(), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "issuers.pem"), testpki.EncodeCertificates(issuers...), 0o644)
}
