package election

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
)

// Sign signs a document of the count as its party: the content of the file with
// ending .sig beside it.
//
// It implements Artefact.Sign of docs/protocol/record.md.
func Sign(key ed25519.PrivateKey, fingerprint Hash, kind Kind, document []byte) []byte {
	return SignWith(func(message []byte) []byte { return ed25519.Sign(key, message) }, fingerprint, kind, document)
}

// SignWith signs as [Sign] does, with a key that only signs: sign returns the
// Ed25519 signature of a message.
func SignWith(sign func(message []byte) []byte, fingerprint Hash, kind Kind, document []byte) []byte {
	signature := sign(signedArtefact(fingerprint, kind, document))
	return append([]byte(base64.StdEncoding.EncodeToString(signature)), '\n')
}

// VerifySignature checks the content of a .sig file. Errors wrap [ErrSignature].
//
// It implements Artefact.Verify of docs/protocol/record.md.
func VerifySignature(key ed25519.PublicKey, fingerprint Hash, kind Kind, document, file []byte) error {
	signature, err := base64.StdEncoding.Strict().DecodeString(string(trimEnd(file)))
	if err != nil || len(signature) != ed25519.SignatureSize || len(file) != signatureFileSize {
		return fmt.Errorf("%w: not the form of a signature of the %s", ErrSignature, kind)
	}
	if len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, signedArtefact(fingerprint, kind, document), signature) {
		return fmt.Errorf("%w: of the %s", ErrSignature, kind)
	}
	return nil
}

// signatureFileSize is base64 of 64 bytes, and LF.
const signatureFileSize = 88 + 1

// trimEnd takes one LF off the end. base64 decoders skip line ends: a file of
// the right size without one is refused here.
func trimEnd(file []byte) []byte {
	if n := len(file); n > 0 && file[n-1] == '\n' {
		return file[:n-1]
	}
	return nil
}

// signedArtefact is "valik/1 artefact" || 0x00 || fingerprint || kind || 0x00 ||
// SHA-256(document).
func signedArtefact(fingerprint Hash, kind Kind, document []byte) []byte {
	hash := HashOf(document)
	b := append([]byte("valik/1 artefact\x00"), fingerprint[:]...)
	b = append(b, kind...)
	b = append(b, 0)
	return append(b, hash[:]...)
}
