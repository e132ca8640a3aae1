// Command verify says whether the record of an election proves its result, watches a
// running board, and judges what such a watch has found.
//
//	verify [-sealed PATH] [-election FINGERPRINT] [-checkpoint FILE] [-json] RECORD
//	verify monitor URL -election FINGERPRINT [-state FILE] [-evidence DIR] [-receipts DIR] …
//	verify evidence FILE [-manifest FILE] [-election FINGERPRINT]
//
// RECORD and PATH are folders or zip archives. It exits with 0 if the record is
// verified, 1 if it is not, 2 if there was nothing to verify. Only the monitor needs
// a network.
//
// It implements Verify.Exit of docs/protocol/verify.md.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"valik/election"
	"valik/internal/progress"
	"valik/verifier"
)

// The exit codes.
const (
	exitVerified   = 0
	exitFailed     = 1
	exitUnreadable = 2
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

func run(args []string, out, errOut io.Writer) int {
	if len(args) > 0 {
		switch args[0] {
		case "monitor":
			return runMonitor(args[1:], out, errOut)
		case "evidence":
			return runEvidence(args[1:], out, errOut)
		}
	}
	o, err := parse(args, errOut)
	if errors.Is(err, flag.ErrHelp) {
		return exitVerified
	}
	if err != nil {
		fmt.Fprintln(errOut, "verify:", err)
		return exitUnreadable
	}
	report, err := o.verify(errOut)
	if err != nil {
		fmt.Fprintln(errOut, "verify:", err)
		return exitUnreadable
	}
	if err := o.write(out, report); err != nil {
		fmt.Fprintln(errOut, "verify:", err)
		return exitUnreadable
	}
	if !report.Verified {
		return exitFailed
	}
	return exitVerified
}

func (o *options) verify(errOut io.Writer) (*verifier.Report, error) {
	in := verifier.Input{Progress: progress.New(errOut).Draw}
	for _, part := range []struct {
		path string
		fsys *fs.FS
	}{{o.record, &in.Record}, {o.sealed, &in.Sealed}} {
		if part.path == "" {
			continue
		}
		fsys, closePart, err := verifier.Open(part.path)
		if err != nil {
			return nil, err
		}
		defer closePart()
		*part.fsys = fsys
	}
	if o.election != "" {
		fingerprint, err := election.ParseHash(o.election)
		if err != nil {
			return nil, fmt.Errorf("-election: %w", err)
		}
		in.Fingerprint = &fingerprint
	}
	if o.checkpoint != "" {
		raw, err := os.ReadFile(o.checkpoint)
		if err != nil {
			return nil, fmt.Errorf("-checkpoint: %w", err)
		}
		in.Checkpoint = raw
	}
	report, err := verifier.Verify(in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w%s", o.record, err, o.hint(in.Record))
	}
	return report, nil
}

// hint helps who names the folder around the record.
func (o *options) hint(fsys fs.FS) string {
	inner := path.Join("record", election.ManifestFile)
	if _, err := fs.Stat(fsys, inner); err != nil {
		return ""
	}
	return "; there is one in the folder record in it"
}

func (o *options) write(out io.Writer, report *verifier.Report) error {
	if !o.json {
		_, err := io.WriteString(out, report.Text())
		return err
	}
	b, err := report.JSON()
	if err != nil {
		return err
	}
	_, err = out.Write(b)
	return err
}
