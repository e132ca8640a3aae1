package keyring

import (
	"path/filepath"

	"golang.org/x/sys/windows"
)

// modulePlaces asks the system where its programs are, not the environment, which any
// program that starts ours may set.
func modulePlaces() []string {
	var list []string
	for _, place := range []struct {
		root *windows.KNOWNFOLDERID
		path string
	}{
		{windows.FOLDERID_ProgramFiles, "OpenSC Project/OpenSC/pkcs11/opensc-pkcs11.dll"},
		{windows.FOLDERID_System, "OTLvP11.dll"},                                         // Latvia
		{windows.FOLDERID_ProgramFiles, "PWPW/pwpw-card-pkcs11.dll"},                     // Lithuania
		{windows.FOLDERID_ProgramFiles, "Softemia/mcard/mcard-pkcs11.dll"},               // Lithuania
		{windows.FOLDERID_System, "beidpkcs11.dll"},                                      // Belgium
		{windows.FOLDERID_ProgramFiles, "AKD/eID Middleware/pkcs11/AkdEidPkcs11_64.dll"}, // Croatia
	} {
		root, err := windows.KnownFolderPath(place.root, 0)
		if err == nil {
			list = append(list, filepath.Join(root, filepath.FromSlash(place.path)))
		}
	}
	return list
}
