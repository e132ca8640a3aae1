package load

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"valik/board"
	"valik/election"
)

// audit reads the whole board and compares: every ballot with a receipt stands at its index
// as the receipt says, no index was promised twice, and no other ballot is there.
func audit(ctx context.Context, m *election.Manifest, address string, ballots []ballot) error {
	entries, err := readBoard(ctx, m, address)
	if err != nil {
		return fmt.Errorf("reading the board: %w", err)
	}
	promised := map[uint64]bool{}
	for i := range ballots {
		r := ballots[i].receipt
		if r == nil {
			continue
		}
		want := election.NewBallotEntry(m.Fingerprint(), r.Ballot, r.Envelope, r.Evidence, r.Time)
		if r.Index >= uint64(len(entries)) || string(entries[r.Index]) != string(want.Bytes()) {
			return fmt.Errorf("LOST: ballot %d has a receipt for entry %d, where the board has another", i, r.Index)
		}
		if promised[r.Index] {
			return fmt.Errorf("entry %d was promised twice", r.Index)
		}
		promised[r.Index] = true
	}
	return noOthers(entries, promised)
}

// noOthers makes sure that all ballots of the board have a receipt.
func noOthers(entries [][]byte, promised map[uint64]bool) error {
	parsed, err := election.ParseEntries(entries)
	if err != nil {
		return err
	}
	for i, e := range parsed {
		if e.Kind == election.KindBallot && !promised[uint64(i)] {
			return fmt.Errorf("entry %d is a ballot that nobody has a receipt for", i)
		}
	}
	return nil
}

func readBoard(ctx context.Context, m *election.Manifest, address string) ([][]byte, error) {
	fetch := func(path string) ([]byte, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/"+path, nil)
		if err != nil {
			return nil, err
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return nil, err
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("%s: %s", path, resp.Status)
		}
		return io.ReadAll(resp.Body)
	}
	raw, err := fetch(board.CheckpointFile)
	if err != nil {
		return nil, err
	}
	checkpoint, err := m.Policy().Open(raw)
	if err != nil {
		return nil, err
	}
	return board.NewTileReader(checkpoint, fetch).ReadEntries(0, int(checkpoint.Size))
}
