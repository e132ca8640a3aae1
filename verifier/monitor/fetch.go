package monitor

import (
	"fmt"
	"strings"

	"valik/board"
)

// unanswered is something that was asked for and did not come.
type unanswered struct {
	path string
	err  error
}

func (e *unanswered) Error() string { return fmt.Sprintf("%s: %v", e.path, e.err) }

func (e *unanswered) Unwrap() error { return e.err }

const bundles = "tile/entries/"

// cached asks for nothing twice in a round, but for entry bundles, which are large:
// of them it keeps the last.
func cached(fetch board.Fetch) board.Fetch {
	kept := map[string][]byte{}
	lastBundle := ""
	return func(path string) ([]byte, error) {
		if b, ok := kept[path]; ok {
			return b, nil
		}
		b, err := fetch(path)
		if err != nil {
			return nil, &unanswered{path, err}
		}
		if strings.HasPrefix(path, bundles) {
			delete(kept, lastBundle)
			lastBundle = path
		}
		kept[path] = b
		return b, nil
	}
}
