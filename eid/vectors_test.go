package eid_test

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"valik/eid"
	"valik/eid/testpki"
	"valik/eid/testpki/forge"
)

const vectorFolder = "../vectors/eid"

// TestVectors reads the files that are for other implementations, and sees that
// they are all that the forge makes today.
func TestVectors(t *testing.T) {
	index, err := os.ReadFile(filepath.Join(vectorFolder, "vectors.json"))
	require.NoError(t, err)
	var list []struct {
		File, Fault, Code string
		At                time.Time
	}
	decoder := json.NewDecoder(bytes.NewReader(index))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(&list))
	issuers := readIssuers(t, filepath.Join(vectorFolder, "issuers.pem"))
	committed := make(map[string]string)
	for _, v := range list {
		committed[v.File] = v.Code
		b, err := os.ReadFile(filepath.Join(vectorFolder, v.File))
		require.NoError(t, err)
		container, err := eid.ParseContainer(b)
		if err == nil {
			_, err = container.Verify(issuers, v.At)
		}
		require.Equal(t, v.Code, eid.CodeOf(err), "%s, %s: %v", v.File, v.Fault, err)
	}

	made := make(map[string]string)
	_, vectors := forge.Vectors()
	for _, v := range vectors {
		if v.Code != eid.CodeContainerTooLarge {
			made[v.Name+".asice"] = v.Code
		}
	}
	require.Equal(t, made, committed, "run: go run ./vectors/eid/generate vectors/eid")
	files, err := filepath.Glob(filepath.Join(vectorFolder, "*.asice"))
	require.NoError(t, err)
	require.Len(t, files, len(committed))
}

func readIssuers(t *testing.T, path string) *eid.Issuers {
	t.Helper()
	rest, err := os.ReadFile(path)
	require.NoError(t, err)
	var certs []*x509.Certificate
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		require.Equal(t, "CERTIFICATE", block.Type)
		cert, err := x509.ParseCertificate(block.Bytes)
		require.NoError(t, err)
		certs = append(certs, cert)
	}
	issuers, err := eid.NewIssuers(testpki.Rules(), certs)
	require.NoError(t, err)
	return issuers
}
