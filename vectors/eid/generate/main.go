// Command generate writes the vectors of signed containers into vectors/eid:
//
//	go run ./vectors/eid/generate vectors/eid
//
// The keys are made anew each time and thrown away, so all files change.
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
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
	Level string `json:"level"`
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
	var refused bytes.Buffer
	packed := gzip.NewWriter(&refused)
	archive := tar.NewWriter(packed)
	for _, v := range vectors {
		if len(v.Bytes) > sizeLimit {
			continue
		}
		list = append(list, vector{v.Name + ".asice", v.Level(), v.Fault, v.At.Format(time.RFC3339), v.Code})
		if err := write(folder, archive, v); err != nil {
			return err
		}
	}
	if err := errors.Join(archive.Close(), packed.Close()); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "refused.tar.gz"), refused.Bytes(), 0o644); err != nil {
		return err
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

// write puts a right container into the folder and a wrong one into the archive:
// those are many, and packed together they are small, since most of each is the same.
func write(folder string, archive *tar.Writer, v forge.Vector) error {
	name := v.Name + ".asice"
	if v.Code == "" {
		return os.WriteFile(filepath.Join(folder, name), v.Bytes, 0o644)
	}
	if err := archive.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(v.Bytes))}); err != nil {
		return err
	}
	_, err := archive.Write(v.Bytes)
	return err
}
