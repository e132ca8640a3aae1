package desktop

import "valik/election"

// Step is where the voter stands.
type Step string

// The steps, in their order.
const (
	StepStart    Step = "start"    // which election
	StepIdentify Step = "identify" // who votes
	StepBallot   Step = "ballot"   // for whom
	StepReview   Step = "review"   // what is about to be signed and cast
	StepDone     Step = "done"     // the receipt is verified
)

// State is all that the face shows. It holds no secret: neither PIN nor the link of a ballot.
type State struct {
	Version  uint64 `json:"version"` // grows with every change
	Step     Step   `json:"step"`
	Language string `json:"language"` // that the voter chose earlier, "" for none
	Practice bool   `json:"practice"` // nothing here is an election

	Busy    Activity  `json:"busy"`              // what is under way, "" for nothing
	Ask     *Question `json:"ask,omitempty"`     // to the voter, while something is under way
	Problem *Problem  `json:"problem,omitempty"` // how the last request ended, if not well
	Kept    bool      `json:"kept"`              // a ballot is signed and its receipt has not come: it may be cast again; of who has signed on, else of anybody, and at the review of its choices

	Elections  []Known             `json:"elections"` // that can be opened by their id
	Means      []Means             `json:"means"`     // cards and files that were found
	Election   *Election           `json:"election,omitempty"`
	Voter      *Voter              `json:"voter,omitempty"`
	Ballot     []Contest           `json:"ballot,omitempty"`
	Selections map[string][]string `json:"selections,omitempty"` // codes of each contest, from the review to the receipt
	Receipt    *Receipt            `json:"receipt,omitempty"`
}

// Activity is what the program is doing.
type Activity string

// What may take a while. A cast goes through the last five in this order.
const (
	Idle        Activity = ""
	Looking     Activity = "looking"     // for cards
	Opening     Activity = "opening"     // an election: manifest, key ceremony, board
	Preparing   Activity = "preparing"   // the practice election
	Identifying Activity = "identifying" // the voter to the collector
	Encrypting  Activity = "encrypting"
	Signing     Activity = "signing"
	Sending     Activity = "sending" // and waiting for the board
	Waiting     Activity = "waiting" // before the ballot is sent again
	Updating    Activity = "updating"
)

// Question is asked of the voter; [App.Answer] answers it.
type Question struct {
	ID    int    `json:"id"`
	Kind  string `json:"kind"`  // AskPIN, AskPinPad or AskPassphrase
	Of    string `json:"of"`    // label of the card, or name of the file
	Usage string `json:"usage"` // "authentication" or "signing": PIN 1 and PIN 2 of many cards
	Again bool   `json:"again"` // the last answer was wrong
	Low   bool   `json:"low"`   // a wrong PIN was given since the last right one
	Final bool   `json:"final"` // one attempt is left before the card locks
}

// The kinds of questions.
const (
	AskPIN        = "pin"
	AskPinPad     = "pinpad" // at the reader: nothing is to be answered
	AskPassphrase = "passphrase"
)

// Problem is why something did not go well. The face has the words for every code of [Codes].
type Problem struct {
	Code    string `json:"code"`
	Outcome string `json:"outcome"` // NotCast or Unknown after a cast, else ""
	Low     bool   `json:"low"`     // of a PIN: further attempts are fewer than of a new card
	Final   bool   `json:"final"`   // of a PIN: one attempt is left
	Detail  string `json:"detail"`  // for the help line, in English
	File    string `json:"file"`    // path of what was kept as evidence, or ""
}

// What is known of a ballot for which there is no receipt.
const (
	NotCast = "not_cast"
	Unknown = "unknown"
)

// Known is an election that can be opened.
type Known struct {
	ID        string `json:"id"`   // "practice" for the built-in one
	Name      string `json:"name"` // of the file, or as when it was last open; "" for the built-in one
	Collector string `json:"collector"`
}

// Means is what a voter may identify with.
type Means struct {
	ID     string `json:"id"`
	Kind   string `json:"kind"`   // "card", "file" (PKCS #12) or "practice"
	Label  string `json:"label"`  // of the token, or name of the file
	Locked bool   `json:"locked"` // no attempt is left
	Low    bool   `json:"low"`
	Final  bool   `json:"final"`
}

// Election is an election that was opened and checked.
type Election struct {
	ID           string        `json:"id"`
	Title        election.Text `json:"title"`
	Languages    []string      `json:"languages"` // of its texts, the first is the default
	Opens        election.Time `json:"opens"`
	Closes       election.Time `json:"closes"`
	Open         bool          `json:"open"` // by this machine's clock
	Over         bool          `json:"over"`
	Rehearsal    bool          `json:"rehearsal"` // it decides nothing
	Collector    string        `json:"collector"`
	Fingerprint  election.Hash `json:"fingerprint"`
	Officials    []string      `json:"officials"`    // who signs for the authority, by name
	Witnesses    []string      `json:"witnesses"`    // of the board, by name
	CheckLimit   int           `json:"checkLimit"`   // looks with a second device
	CheckMinutes int           `json:"checkMinutes"` // after the cast
}

// Voter is who votes, and what the collector says of them.
type Voter struct {
	Name     string          `json:"name"` // "" if their means does not tell
	District string          `json:"district"`
	Casts    []election.Time `json:"casts"` // of all ballots that were accepted in their name
}

// Contest is one question of the ballot.
type Contest struct {
	ID     string           `json:"id"`
	Title  election.Text    `json:"title"`
	Slots  int              `json:"slots"`
	Blank  bool             `json:"blank"`
	Slates []election.Slate `json:"slates"`
}

// Receipt is what proves that the ballot is on the board; it was verified.
type Receipt struct {
	Time   election.Time `json:"time"`
	Index  uint64        `json:"index"`
	Ballot election.Hash `json:"ballot"`
	Waits  bool          `json:"waits"`  // the certificate is still to be checked
	Linked bool          `json:"linked"` // api/link has a link: not after a resumed cast
	Saved  string        `json:"saved"`  // path of the file that the voter had it saved in, or ""
}
