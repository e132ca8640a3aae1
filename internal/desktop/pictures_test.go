package desktop

// picture is one of a screen.
type picture struct {
	shows string
	also  []string // languages of further ones, beside English
}

// pictures are those of all screens. A screen that is not here, and one here that no walk
// comes to, is a fault.
var pictures = map[string]picture{
	"desktop-start":         {shows: "The elections that the program knows, and how to open others", also: []string{"et", "ru", "vi"}},
	"desktop-invitation":    {shows: "A file that names no election"},
	"desktop-address":       {shows: "An address is typed in place of a file, with what is no fingerprint"},
	"desktop-no-key":        {shows: "The page was opened without the key that the program prints"},
	"desktop-lost":          {shows: "The program has ended while its face is open"},
	"desktop-passphrase":    {shows: "The passphrase of a key file"},
	"desktop-opening":       {shows: "While the election is opened and checked"},
	"desktop-away":          {shows: "The collector is away"},
	"desktop-replaced":      {shows: "Another election stands at the address than the voter knows"},
	"desktop-no-card":       {shows: "No card is in the reader"},
	"desktop-identify":      {shows: "The card that was found, and the election"},
	"desktop-signing-on":    {shows: "While the voter signs on"},
	"desktop-pin":           {shows: "The PIN for signing on"},
	"desktop-pin-wrong":     {shows: "A wrong PIN"},
	"desktop-pin-last":      {shows: "The PIN, when one attempt is left", also: []string{"et"}},
	"desktop-locked":        {shows: "A card that is locked"},
	"desktop-expired":       {shows: "A card whose certificate is over"},
	"desktop-not-on-roll":   {shows: "Somebody who is not on the voter roll"},
	"desktop-not-open":      {shows: "Polls that are not open yet"},
	"desktop-closed":        {shows: "Polls that are closed"},
	"desktop-rehearsal":     {shows: "An election that decides nothing"},
	"desktop-practice-code": {shows: "The code of a practice vote, which this computer opens itself"},
	"desktop-practice":      {shows: "The built-in election, for practice"},
	"desktop-ballot":        {shows: "The ballot of the voter's district, with 138 candidates", also: []string{"et", "ru", "vi"}},
	"desktop-search":        {shows: "A candidate is searched"},
	"desktop-places":        {shows: "A contest of several places, in order"},
	"desktop-review":        {shows: "What is about to be signed and cast", also: []string{"et"}},
	"desktop-pin-signing":   {shows: "The PIN for signing"},
	"desktop-casting":       {shows: "While the ballot is on its way"},
	"desktop-uncertain":     {shows: "A ballot is signed and there is no receipt: it can be finished"},
	"desktop-receipt":       {shows: "A receipt that proves nothing"},
	"desktop-done":          {shows: "The receipt is verified", also: []string{"et", "ru", "vi"}},
	"desktop-code":          {shows: "The code for the second device"},
	"desktop-unlinked":      {shows: "A cast that was finished by another run of the program"},
	"desktop-again":         {shows: "The voter votes again, and sees the times of earlier ballots", also: []string{"et"}},

	"phone-ask":         {shows: "The page as it opens", also: []string{"et", "ru", "vi"}},
	"phone-fingerprint": {shows: "What was typed is no fingerprint"},
	"phone-scan":        {shows: "The camera looks for the code that the desktop program shows"},
	"phone-checking":    {shows: "While the collector is asked"},
	"phone-found":       {shows: "The ballot in words: who signed it, when, and that it is the latest", also: []string{"et", "ru", "vi"}},
	"phone-superseded":  {shows: "A ballot after which the voter has voted again"},
	"phone-rehearsal":   {shows: "A ballot of a rehearsal"},
	"phone-link":        {shows: "What was pasted is no link"},
	"phone-no-answer":   {shows: "The collector is away"},
	"phone-not-found":   {shows: "The collector has no such ballot"},
	"phone-limit":       {shows: "The ballot was checked as often as is allowed"},
	"phone-over":        {shows: "The time for checking is over"},
	"phone-election":    {shows: "The collector shows another election"},
	"phone-board":       {shows: "The ballot is not on the board"},
	"phone-vote":        {shows: "The ballot is not the one that the link is of", also: []string{"et"}},
}
