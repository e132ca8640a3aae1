package desktop

import (
	"testing"
)

// The names of what is on the page for the second device, in English.
const (
	pageScan        = "Scan the QR code"
	pageCheck       = "Check"
	pageClose       = "Done: clear this page"
	pageAgain       = "Try another link"
	pageLink        = "Link of your ballot"
	pageFingerprint = "Fingerprint of the election (if you have it)"
	pageLatest      = "The ballot box says that this is your latest ballot."
	pageEarlier     = "The ballot box says that you have voted again since. This ballot does not count: check the later one."
)

// newPhone opens the page for the second device as a voter does who types its address.
func (w *world) newPhone(t *testing.T) *screen {
	t.Helper()
	return phone.open(t, "phone", w.Manifest.Collector.URL+"/check/")
}

// checkLink checks a ballot by its link, which is pasted.
func (s *screen) checkLink(link string) {
	s.t.Helper()
	s.fill(pageLink, link)
	s.tap("button", pageCheck)
	s.wait("section.wrong")
}

// scan checks the ballot whose code is before the camera.
func (s *screen) scan() {
	s.t.Helper()
	s.tap("button", pageScan)
	s.do(command{"do": "waitValue", "selector": "#link"})
	s.tap("button", pageCheck)
	s.wait("section.wrong")
}
