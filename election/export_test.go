package election

// What the vectors show of the inside.
var (
	Randomness     = randomness
	SlotTranscript = slotTranscript
)
