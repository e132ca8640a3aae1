package keyring

func modulePlaces() []string {
	return []string{
		"/Library/OpenSC/lib/opensc-pkcs11.so",
		"/opt/homebrew/lib/opensc-pkcs11.so",
		"/usr/local/lib/opensc-pkcs11.so",
		"/Library/latvia-eid/lib/otlv-pkcs11.so",
		"/Library/PWPW-Card/lib/pwpw-card-pkcs11.so", // Lithuania
		"/Library/mCard/lib/mcard-pkcs11.so",         // Lithuania
		"/Library/mPolluxDigiSign/libcryptoki.dylib", // Finland
		"/Library/Belgium Identity Card/Pkcs11/beid-pkcs11.bundle/Contents/MacOS/libbeidpkcs11.dylib",
		"/Library/AKD/eID Middleware/pkcs11/libEidPkcs11.so", // Croatia
	}
}
