package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"valik/eid"
	"valik/election"
	"valik/election/vis3"
	"valik/tally"
	"valik/verifier"
)

// absent is the trustee who does not come to the count.
const absent = 1

// tally processes, mixes, decrypts and counts.
func (d *demo) tally(context.Context) error {
	d.chapter("Count")
	d.count = tally.NewFolder(d.dir)
	d.count.Progress = d.bars.Draw
	defer d.bars.Clear()
	if err := d.revoke(); err != nil {
		return err
	}
	outcome, err := d.count.Process(d.keys.board)
	if err != nil {
		return err
	}
	reasons := outcome.Decisions.Count()
	d.say("%d ballots count; %d were superseded by a later one of the same voter, %d revoked since their voters came to vote on paper.",
		reasons[election.Counted], reasons[election.Superseded], reasons[election.Revoked])
	for i, mixer := range d.keys.mixers {
		if err := d.count.Mix(tally.Mixer{Key: mixer}, d.keys.board); err != nil {
			return err
		}
		d.say("%s has mixed the ballots and proved that it changed none.", mixerNames[i])
	}
	for i, t := range d.keys.trustees {
		if i == absent {
			d.say("%s has not come. That does not matter.", t.Name())
			continue
		}
		if err := d.count.Decrypt(t, d.keys.board); err != nil {
			return err
		}
		d.say("%s has verified the record and decrypted.", t.Name())
	}
	result, err := d.count.Tally(&tally.Authority{Signers: []eid.Signer{d.keys.authority}}, d.keys.board)
	if err != nil {
		return err
	}
	d.say("Counted: %d ballots, %d votes, %d invalid.", result.Totals.Ballots, result.Totals.Votes, result.Totals.Invalid)
	return nil
}

// revoke takes out the ballots of those who voted on paper, and takes back one
// revocation that was a mistake.
func (d *demo) revoke() error {
	revoked := &vis3.Revocations{Election: electionID, Action: election.Revoke}
	restored := &vis3.Revocations{Election: electionID, Action: election.Restore}
	for _, p := range d.people.persons {
		if p.paper {
			revoked.Persons = append(revoked.Persons, p.code)
		}
		if p.restored {
			restored.Persons = append(restored.Persons, p.code)
		}
	}
	for _, order := range []*vis3.Revocations{revoked, restored} {
		if err := d.count.Revoke(order, &tally.Authority{Signers: []eid.Signer{d.keys.authority}}, d.keys.board); err != nil {
			return err
		}
	}
	d.say("The authority has revoked the ballots of %s who voted on paper too. For %d of them this was a mistake, which is undone.",
		plural(len(revoked.Persons), "voter", "voters"), len(restored.Persons))
	return nil
}

// compare holds the result against what the voters wanted, which only the demo
// knows.
func (d *demo) compare(context.Context) error {
	raw, err := os.ReadFile(filepath.Join(d.dir, "record", election.ResultFile))
	if err != nil {
		return err
	}
	result, err := election.ParseResult(raw)
	if err != nil {
		return err
	}
	expected, same := d.people.expected(), 0
	for _, l := range result.Lists {
		for _, c := range l.Counts {
			if want := expected[l.District][c.Code]; c.Votes != want {
				return fmt.Errorf("candidate %s in district %s has %d votes, but %d voters voted so", c.Code, l.District, c.Votes, want)
			}
			same++
		}
	}
	d.say("The result equals what the voters wanted, for each of %d candidates.", same)
	return nil
}

// verify runs the verifier over what is left behind, as an accredited observer
// does, and for a guarded election also as anybody does.
func (d *demo) verify(context.Context) error {
	d.chapter("Verification")
	if d.profile == election.ProfileGuarded {
		public, err := d.report(false)
		if err != nil {
			return err
		}
		needed := len(public.Missing())
		d.say("The election is guarded: no ballots are published, so that nobody can be made to prove that they did not vote again.")
		d.say("So the public can make %d checks; %d others need the sealed part, and are left to accredited observers.", len(public.Checks)-needed, needed)
	}
	report, err := d.report(true)
	if err != nil {
		return err
	}
	d.say("An accredited observer, who sees the sealed part too, has verified everything.")
	fingerprint, record, sealed := d.manifest.Fingerprint(), filepath.Join(d.dir, "record"), filepath.Join(d.dir, "sealed")
	fmt.Fprintf(d.out, "\nVerify it again, as anybody and as an observer:\n\n  go run ./cmd/verify -election %s %s\n", fingerprint, record)
	fmt.Fprintf(d.out, "  go run ./cmd/verify -election %s -sealed %s %s\n\n%s", fingerprint, sealed, record, report.Text())
	return nil
}

// report verifies the record, with the sealed part or without it.
func (d *demo) report(observer bool) (*verifier.Report, error) {
	fingerprint := d.manifest.Fingerprint()
	in := verifier.Input{Record: os.DirFS(filepath.Join(d.dir, "record")), Fingerprint: &fingerprint, Checkpoint: d.seen, Progress: d.bars.Draw}
	if observer {
		in.Sealed = os.DirFS(filepath.Join(d.dir, "sealed"))
	}
	report, err := verifier.Verify(in)
	d.bars.Clear()
	if err != nil {
		return nil, err
	}
	if !report.Verified {
		fmt.Fprint(d.out, report.Text())
		return nil, errors.New("the record does not verify")
	}
	return report, nil
}
