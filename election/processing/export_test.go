package processing

// ProcessInChunks lets few ballots fill several chunks.
func ProcessInChunks(s *Source, n int) (*Outcome, error) { return process(s, n) }
