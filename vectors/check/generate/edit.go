package main

import (
	"bytes"
	"encoding/base64"
)

// changeLastOfList changes the last byte of the first item of a list of base64.
func changeLastOfList(document []byte, beginning string) []byte {
	start := bytes.Index(document, []byte(beginning)) + len(beginning)
	end := start + bytes.IndexByte(document[start:], '"')
	message := must(base64.StdEncoding.DecodeString(string(document[start:end])))
	message[len(message)-1] ^= 1
	changed := append(bytes.Clone(document[:start]), base64.StdEncoding.EncodeToString(message)...)
	return append(changed, document[end:]...)
}
