package main

import (
	"flag"
	"fmt"
	"io"
)

const usage = `verify [flags] RECORD

Says whether the record of an election proves its result. RECORD is what was
published: a folder, or a zip archive of it. Nothing is sent anywhere.

Exit code: 0 verified, 1 not verified, 2 there was nothing to verify.

Two more commands have a help of their own:
  verify monitor -h    watches the board of an election that is running
  verify evidence -h   judges, offline, a file in which a monitor accuses a board

`

type options struct {
	record, sealed, election, checkpoint string
	json                                 bool
}

func parse(args []string, errOut io.Writer) (*options, error) {
	o := new(options)
	f := flag.NewFlagSet("verify", flag.ContinueOnError)
	f.SetOutput(errOut)
	f.StringVar(&o.sealed, "sealed", "", "the sealed part, for accredited observers: a folder or zip archive")
	f.StringVar(&o.election, "election", "", "the fingerprint that the election ought to have, from a source of your own")
	f.StringVar(&o.checkpoint, "checkpoint", "", "a file with a checkpoint of the board that you have from elsewhere")
	f.BoolVar(&o.json, "json", false, "write the report as JSON")
	f.Usage = func() {
		fmt.Fprint(errOut, usage)
		f.PrintDefaults()
	}
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	if f.NArg() != 1 {
		return nil, fmt.Errorf("name one record, after all flags; %d were named", f.NArg())
	}
	o.record = f.Arg(0)
	return o, nil
}

// parseMixed parses flags that may stand before and after one argument, which it
// returns. what says what the argument is.
func parseMixed(f *flag.FlagSet, args []string, what string) (string, error) {
	var found []string
	for {
		if err := f.Parse(args); err != nil {
			return "", err
		}
		if f.NArg() == 0 {
			break
		}
		found, args = append(found, f.Arg(0)), f.Args()[1:]
	}
	if len(found) != 1 {
		return "", fmt.Errorf("name one %s; %d were named", what, len(found))
	}
	return found[0], nil
}
