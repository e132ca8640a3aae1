package desktop

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	qrcode "github.com/skip2/go-qrcode"

	voter "valik/voter-app"
)

// receipt is what the face shows of it.
func (a *App) receipt() *Receipt {
	r, e := a.voting.receipt, a.voting.election
	return &Receipt{
		Time: r.Time, Index: r.Index, Ballot: r.Ballot,
		Waits: r.Waits(e.Manifest), Linked: e.Link(a.voting.sealed, r) != nil,
	}
}

// Link is the way of the ballot to a second device. It is secret: shown to the voter alone.
type Link struct {
	Link string `json:"link"`
	QR   string `json:"qr"` // the same as SVG
}

// Link gives the link of the ballot that was cast. Errors: [ErrStep] if there is none.
func (a *App) Link() (*Link, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.free([]Step{StepDone}); err != nil {
		return nil, err
	}
	link := a.voting.election.Link(a.voting.sealed, a.voting.receipt)
	if link == nil {
		return nil, ErrStep
	}
	text := link.Reveal()
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return nil, fmt.Errorf("%w: the link has no QR code", ErrStep) // the library would repeat the secret
	}
	return &Link{text, drawing(code.Bitmap())}, nil
}

// drawing draws the dark squares of a code, with the margin that the bitmap has.
func drawing(bitmap [][]bool) string {
	var path strings.Builder
	for y, row := range bitmap {
		for x, dark := range row {
			if dark {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x, y)
			}
		}
	}
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %[1]d %[1]d" shape-rendering="crispEdges">`+
		`<path fill="#fff" d="M0 0h%[1]dv%[1]dH0z"/><path d="%s"/></svg>`, len(bitmap), path.String())
}

// SaveReceipt writes the receipt to a file of the voter's. It proves that they voted, and not
// for whom. Errors: as of turn.
func (a *App) SaveReceipt() error {
	return a.turn(func(s *State) error {
		r := *s.Receipt
		name := fmt.Sprintf("valik-%s-%d", a.voting.election.Manifest.ID, r.Index)
		path, err := saveNew(a.config.Receipts, name, a.voting.receipt.Bytes())
		if err != nil {
			s.Problem = a.problem(&saveError{err})
			return nil
		}
		r.Saved = path
		s.Receipt = &r
		return nil
	}, StepDone)
}

// saveNew writes a file beside those that are there, or finds that it is there already.
func saveNew(folder, name string, content []byte) (string, error) {
	if err := os.MkdirAll(folder, ownerAlone); err != nil { // a new account may have none for downloads
		return "", err
	}
	for n := 1; ; n++ {
		path := filepath.Join(folder, name+".json")
		if n > 1 {
			path = filepath.Join(folder, fmt.Sprintf("%s-%d.json", name, n))
		}
		there, err := os.ReadFile(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return path, voter.WriteFile(path, content)
		case err != nil:
			return "", err
		case bytes.Equal(there, content):
			return path, nil
		}
	}
}
