package keyring

import (
	"path/filepath"
	"runtime"
)

// multiarch are the folders of libraries that Debian names by the machine.
var multiarch = map[string]string{
	"386": "i386-linux-gnu", "amd64": "x86_64-linux-gnu", "arm": "arm-linux-gnueabihf", "arm64": "aarch64-linux-gnu",
	"ppc64le": "powerpc64le-linux-gnu", "riscv64": "riscv64-linux-gnu", "s390x": "s390x-linux-gnu",
}

// moduleNames are OpenSC's, which comes first because it is the system's own, Belgium's
// and Lithuania's.
var moduleNames = []string{"opensc-pkcs11.so", "libbeidpkcs11.so.0", "pwpw-card-pkcs11.so", "mcard-pkcs11.so"}

func modulePlaces() []string {
	var list []string
	for _, name := range moduleNames {
		for _, folder := range []string{filepath.Join("/usr/lib", multiarch[runtime.GOARCH]), "/usr/lib64", "/usr/lib", "/usr/local/lib"} {
			list = append(list, filepath.Join(folder, name), filepath.Join(folder, "pkcs11", name))
		}
	}
	return append(list,
		"/opt/latvia-eid/lib/otlv-pkcs11.so",                // Latvia
		"/usr/lib/akd/eidmiddleware/pkcs11/libEidPkcs11.so") // Croatia
}
