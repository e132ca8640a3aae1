package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"valik/election"
)

const evidenceUsage = `verify evidence FILE [flags]

Judges an accusation against the board of an election, such as "verify monitor"
writes. Nothing is sent anywhere, and nothing in FILE is believed: signatures and
proofs are checked under the manifest alone. Give the fingerprint of the election
from a source of your own.

Exit code: 0 the accusation is proved, 1 it proves nothing, 2 it cannot be judged.

`

// manifestBeside is where the monitor keeps the manifest, beside its evidence.
const manifestBeside = election.ManifestFile

type evidenceOptions struct{ file, manifest, election string }

func parseEvidence(args []string, errOut io.Writer) (*evidenceOptions, error) {
	o := new(evidenceOptions)
	f := flag.NewFlagSet("verify evidence", flag.ContinueOnError)
	f.SetOutput(errOut)
	f.StringVar(&o.manifest, "manifest", "", "the election's manifest; if none is named, the file "+manifestBeside+" beside FILE")
	f.StringVar(&o.election, "election", "", "the fingerprint of the election")
	f.Usage = func() {
		fmt.Fprint(errOut, evidenceUsage)
		f.PrintDefaults()
	}
	var err error
	if o.file, err = parseMixed(f, args, "file"); err != nil {
		return nil, err
	}
	if o.manifest == "" && o.election == "" {
		return nil, errors.New("say which election it is about: -election FINGERPRINT, or -manifest FILE for a manifest that you trust")
	}
	if o.manifest == "" {
		o.manifest = filepath.Join(filepath.Dir(o.file), manifestBeside)
	}
	return o, nil
}

// runEvidence implements the command. Its exit code is that of Accusation.Verify.
func runEvidence(args []string, out, errOut io.Writer) int {
	o, err := parseEvidence(args, errOut)
	if errors.Is(err, flag.ErrHelp) {
		return exitVerified
	}
	var a *election.Accusation
	var m *election.Manifest
	if err == nil {
		a, m, err = o.read()
	}
	if err != nil {
		fmt.Fprintln(errOut, "verify evidence:", err)
		return exitUnreadable
	}
	found, err := a.Verify(m)
	if err != nil {
		fmt.Fprintf(out, "PROVES NOTHING against the board of %s, %s\n    %v\n", m.ID, m.Fingerprint(), err)
		return exitFailed
	}
	fmt.Fprintf(out, "PROVED against the board of %s, %s\n    %s\n", m.ID, m.Fingerprint(), found)
	return exitVerified
}

func (o *evidenceOptions) read() (*election.Accusation, *election.Manifest, error) {
	m, err := readManifest(o.manifest, o.election)
	if err != nil {
		return nil, nil, err
	}
	b, err := os.ReadFile(o.file)
	if err != nil {
		return nil, nil, err
	}
	a, err := election.ParseAccusation(b)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", o.file, err)
	}
	return a, m, nil
}

func readManifest(path, pinned string) (*election.Manifest, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the manifest: %w; name it with -manifest", err)
	}
	if pinned == "" {
		pinned = election.HashOf(b).String()
	}
	return pinnedManifest(b, path, pinned)
}

// pinnedManifest reads a manifest that must have this fingerprint.
func pinnedManifest(b []byte, from, pinned string) (*election.Manifest, error) {
	want, err := election.ParseHash(pinned)
	if err != nil {
		return nil, fmt.Errorf("-election: %w", err)
	}
	if got := election.HashOf(b); got != want {
		return nil, fmt.Errorf("%s: this is the manifest of another election, %s", from, got)
	}
	m, err := election.ParseManifest(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", from, err)
	}
	return m, nil
}
