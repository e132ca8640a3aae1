package verifier

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// storedHashes is the whole tree of the board in memory, as a tlog.HashReader.
type storedHashes []tlog.Hash

// ReadHashes implements tlog.HashReader.
func (h storedHashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		if x < 0 || x >= int64(len(h)) {
			return nil, fmt.Errorf("verifier: the board has no hash number %d", x)
		}
		out[i] = h[x]
	}
	return out, nil
}
