// Command officer is the officials' program: it sets an election up, runs the
// key ceremony, and after the close processes, mixes, decrypts and counts. Every
// step verifies what came before; docs/operations.md walks through an election.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"valik/eid/secret"
	"valik/internal/progress"
	"valik/tally"
)

// An interrupt ends the program at once: every step may be interrupted at any
// moment, and is done again.
func main() {
	if err := errors.Join(secret.NoCore(), command().ExecuteContext(context.Background())); err != nil {
		fmt.Fprintln(os.Stderr, "officer:", err)
		os.Exit(1)
	}
}

func command() *cobra.Command {
	root := &cobra.Command{
		Use:           "officer",
		Short:         "Set up and count a Valik election",
		SilenceUsage:  true,
		SilenceErrors: true,
		PersistentPreRun: func(cmd *cobra.Command, args []string) {
			warnOfRehearsal(cmd.ErrOrStderr(), args)
		},
	}
	root.AddCommand(
		keysCommand(), testpkiCommand(), testServicesCommand(), trusteeCommand(), setupCommand(), ceremonyCommand(), rollCommand(),
		witnessCommand(), revokeCommand(), processCommand(), mixCommand(), decryptCommand(), tallyCommand(), signCommand(), exportCommand(), containersCommand(),
	)
	return root
}

// open returns the folder that a command works on, with a progress bar if
// somebody is looking.
func open(dir string, w io.Writer) *tally.Folder {
	f := tally.NewFolder(dir)
	f.Progress = progress.New(w).Draw
	return f
}

// warnOfRehearsal says before every step on a rehearsal's folder that it is one. It
// goes to where no exported file goes.
func warnOfRehearsal(w io.Writer, args []string) {
	if len(args) == 0 {
		return
	}
	if m, err := tally.NewFolder(args[0]).Manifest(); err == nil && m.Rehearsal {
		fmt.Fprintf(w, "*** %s in %s is a REHEARSAL: nothing in it counts ***\n", m.ID, args[0])
	}
}

// required declares a flag that has no default.
func required(c *cobra.Command, target *string, name, usage string) {
	c.Flags().StringVar(target, name, "", usage)
	if err := c.MarkFlagRequired(name); err != nil {
		panic(err)
	}
}
