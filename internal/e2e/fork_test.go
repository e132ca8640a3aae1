package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"valik/board"
)

// forkedAt is the entry that a forged board lacks: the first ballot.
const forkedAt = 4

// forger has the board's key and says that a ballot never was.
type forger struct {
	ts   *testscript.TestScript
	key  *board.Key
	tree *board.Tree
}

// newForger makes a board that is larger than the true one as it is now.
func newForger(ts *testscript.TestScript) *forger {
	key, err := board.ParseKey(strings.TrimSpace(ts.ReadFile("board.key")))
	ts.Check(err)
	c := newestCheckpoint(ts)
	entries, err := board.NewTileReader(c, func(path string) ([]byte, error) {
		return fetch("http://" + ts.Getenv("ADDRESS") + "/" + path)
	}).ReadEntries(0, int(c.Size))
	ts.Check(err)
	entries = slices.Delete(entries, forkedAt, forkedAt+1)
	tree, err := board.NewTree(append(entries, []byte("one more"), []byte("and another"), []byte("and a third")))
	ts.Check(err)
	return &forger{ts, key, tree}
}

// checkpoint is the forged one of a size.
func (f *forger) checkpoint(size uint64) []byte {
	root, err := f.tree.Root(size)
	f.ts.Check(err)
	raw, err := board.SignCheckpoint(f.key, size, root)
	f.ts.Check(err)
	return raw
}

// ask asks for a cosignature, with the best proof that there is: one that would be
// right if the forged board were what the witness has seen.
func (f *forger) ask(number string, old, size uint64) (int, []byte) {
	proof, err := board.ProveConsistency(min(old, size), size, f.tree)
	f.ts.Check(err)
	return ask(f.ts, number, board.WitnessRequest(old, proof, f.checkpoint(size)))
}

// showFork (fork NUMBER…) shows a forged board to all witnesses. Those with these numbers
// have seen the true one and must refuse; the others must not, and be no quorum.
func showFork(ts *testscript.TestScript, _ bool, args []string) {
	f, policy := newForger(ts), readManifest(ts).Policy()
	forged := f.checkpoint(f.tree.Size())
	for _, number := range witnessNumbers {
		if slices.Contains(args, number) {
			ts.Check(f.requireRefusal(number))
			continue
		}
		status, lines := f.ask(number, 0, f.tree.Size())
		if status != http.StatusOK {
			ts.Fatalf("witness %s answers %d", number, status)
		}
		var err error
		forged, err = policy.AddCosignatures(forged, lines)
		ts.Check(err)
	}
	var quorum *board.QuorumError
	if _, err := policy.Open(forged); !errors.As(err, &quorum) {
		ts.Fatalf("the forged checkpoint: %v", err)
	}
}

// requireRefusal tries everything: as if the witness had seen nothing, and from what it
// has seen to a larger board, to another of the same size, and to a smaller one.
func (f *forger) requireRefusal(number string) error {
	status, answer := f.ask(number, 0, f.tree.Size())
	seen, err := strconv.ParseUint(strings.TrimSpace(string(answer)), 10, 64)
	if status != http.StatusConflict || err != nil || seen <= forkedAt || seen > f.tree.Size() {
		return fmt.Errorf("witness %s answers %d, %q", number, status, answer)
	}
	for _, try := range []struct {
		size uint64
		want []int
	}{
		{f.tree.Size(), []int{http.StatusUnprocessableEntity}},
		{seen, []int{http.StatusConflict, http.StatusUnprocessableEntity}},
		{seen - 1, []int{http.StatusBadRequest}},
	} {
		if status, answer := f.ask(number, seen, try.size); !slices.Contains(try.want, status) {
			return fmt.Errorf("witness %s, which has seen %d entries, answers %d to another %d: %q", number, seen, status, try.size, answer)
		}
	}
	return nil
}

func writeFile(ts *testscript.TestScript, name string, content []byte) {
	ts.Check(os.WriteFile(ts.MkAbs(name), content, 0o600))
}
