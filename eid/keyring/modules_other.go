//go:build !linux && !darwin && !windows

package keyring

func modulePlaces() []string {
	return []string{"/usr/local/lib/opensc-pkcs11.so", "/usr/lib/opensc-pkcs11.so"}
}
