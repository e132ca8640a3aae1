package monitor

import (
	"valik/board"
	"valik/election"
)

// AlarmKind says what is wrong. The words are stable.
type AlarmKind string

// The alarms. Of the first three some come with a proof.
const (
	Fork      AlarmKind = "fork"      // two histories
	Receipt   AlarmKind = "receipt"   // a ballot that was promised is not there
	Order     AlarmKind = "order"     // entries that the protocol forbids, such as a ballot after the close
	Rollback  AlarmKind = "rollback"  // entries that were shown are not shown any more
	Signature AlarmKind = "signature" // no checkpoint with the signatures that the manifest demands
	Tiles     AlarmKind = "tiles"     // entries or hashes that are not those of the checkpoint
	Early     AlarmKind = "early"     // polls opened or closed before their time
	Late      AlarmKind = "late"      // polls not opened or not closed in time
	Quiet     AlarmKind = "quiet"     // nothing new for a long time while the polls are open
	Silent    AlarmKind = "silent"    // no proper answer for a long time
)

// Alarm is something that must not be.
type Alarm struct {
	Kind AlarmKind
	What string // what was found
	// Proof convinces others; nil if only this monitor has seen it.
	Proof *election.Accusation
	// Seen are the checkpoints concerned, to be kept where there is no proof.
	Seen []*board.Checkpoint
}

// Do says what to do about an alarm.
func (a *Alarm) Do() string {
	if a.Proof != nil {
		return "Publish the evidence file. Anybody can check it with `verify evidence`; nobody has to believe you."
	}
	switch a.Kind {
	case Fork, Rollback:
		return "Keep the checkpoints that were saved. Compare them with other monitors and with voters' receipts: a checkpoint from elsewhere may complete a proof."
	case Signature:
		return "Ask the election office and the witnesses. Until it is put right, believe nothing that this address shows."
	case Quiet, Silent, Late, Early:
		return "Check your own clock and line, look from another network, then ask the election office. If it lasts, say so in public."
	}
	return "Look from another network, keep what you see, and tell the election office and other observers."
}
