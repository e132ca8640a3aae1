package daemon

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// pageOff is the setting that serves no page.
const pageOff = "off"

// checkPage is the page that is served under /check: the folder of the setting, or else
// the one that the program came with; nil for none.
func (s *Settings) checkPage() (fs.FS, error) {
	switch s.CheckPage {
	case "":
		return s.BuiltInPage, nil
	case pageOff:
		return nil, nil
	}
	page := os.DirFS(s.path(s.CheckPage))
	// A voter who finds nothing there cannot tell a wrong setting from a bad collector.
	if _, err := fs.Stat(page, "index.html"); err != nil {
		return nil, errors.Join(fmt.Errorf("configuration: check_page: %s is not the folder of a page", s.CheckPage), err)
	}
	return page, nil
}
