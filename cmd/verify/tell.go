package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"valik/election"
	"valik/verifier/monitor"
)

// teller says what a watch sees: a calm line for what is new, a loud one for an
// alarm, and nothing twice.
type teller struct {
	out     io.Writer
	stand   map[string]bool // alarms and notes of the last round
	last    string          // the last line about the board
	alarmed bool
}

func newTeller(out io.Writer) teller { return teller{out: out, stand: map[string]bool{}} }

func (w *watch) introduce() {
	b := w.manifest.Board
	if w.manifest.Rehearsal {
		fmt.Fprintln(w.out, "*** This is the board of a REHEARSAL: nothing on it counts ***")
	}
	fmt.Fprintf(w.out, "Election     %s  %s\nFingerprint  %s\nBoard        %s at %s, %d of %d witnesses must sign\nPolls        %s to %s\n",
		w.manifest.ID, w.manifest.Title.In("en", w.manifest.Languages...), w.manifest.Fingerprint(), b.Origin, w.address,
		b.Quorum, len(b.Witnesses), w.manifest.Opens, w.manifest.Closes)
	if w.state == "" {
		fmt.Fprintln(w.out, "There is no -state file: what happens between two runs is not noticed.")
	}
	fmt.Fprintln(w.out)
}

// tell says what a round has found; keep writes the evidence of an alarm.
func (t *teller) tell(now time.Time, r *monitor.Round, keep func(monitor.Alarm) ([]string, error)) error {
	at := now.UTC().Format(time.RFC3339)
	standing := map[string]bool{}
	for _, a := range r.Alarms {
		key := fmt.Sprintf("ALARM %s: %s", a.Kind, a.What)
		standing[key], t.alarmed = true, true
		if t.stand[key] {
			continue
		}
		files, err := keep(a)
		if err != nil {
			return fmt.Errorf("the evidence of an alarm cannot be written: %w", err)
		}
		t.shout(at, a, files)
	}
	for _, note := range r.Notes {
		if standing[note] = true; !t.stand[note] {
			fmt.Fprintf(t.out, "%s  %s\n", at, note)
		}
	}
	for key := range t.stand {
		if !standing[key] && strings.HasPrefix(key, "ALARM") {
			fmt.Fprintf(t.out, "%s  No longer: %s\n", at, key)
		}
	}
	t.stand = standing
	if line := boardLine(r); line != t.last {
		fmt.Fprintf(t.out, "%s  %s\n", at, line)
		t.last = line
	}
	return nil
}

func (t *teller) shout(at string, a monitor.Alarm, files []string) {
	fmt.Fprintf(t.out, "\n*** %s  ALARM: %s ***\n    %s\n", at, a.Kind, a.What)
	what := "Kept"
	if a.Proof != nil {
		what = "Evidence"
	} else {
		fmt.Fprintln(t.out, "    This is what this monitor has seen. It is no proof to others.")
	}
	if len(files) > 0 {
		fmt.Fprintf(t.out, "    %s: %s\n", what, strings.Join(files, ", "))
	}
	fmt.Fprintf(t.out, "    What to do: %s\n\n", a.Do())
}

// boardLine is the state of the board in one line.
func boardLine(r *monitor.Round) string {
	if r.Checkpoint == nil || r.NoAnswer != nil {
		if r.NoAnswer == nil {
			return "nothing that can be accepted yet"
		}
		return fmt.Sprintf("no whole answer: %v", r.NoAnswer)
	}
	polls := "polls not open yet"
	switch {
	case r.Counts[election.KindResult] > 0:
		polls = "counted"
	case r.Counts[election.KindClose] > 0:
		polls = "polls closed"
	case r.Counts[election.KindOpen] > 0:
		polls = "polls open"
	}
	line := fmt.Sprintf("%d entries, %d ballots, %d versions of the roll, %s", r.Checkpoint.Size,
		r.Counts[election.KindBallot], r.Counts[election.KindRoll], polls)
	for _, c := range r.Checkpoint.Cosignatures {
		line += fmt.Sprintf("; %s at %s", c.Witness, election.Time(c.Time))
	}
	if len(r.Alarms) > 0 {
		line += fmt.Sprintf("; %d ALARMS STAND", len(r.Alarms))
	}
	return line
}
