package eid_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
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
		File, Level, Fault, Code string
		At                       time.Time
	}
	decoder := json.NewDecoder(bytes.NewReader(index))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(&list))
	files := readVectors(t)
	issuers := readIssuers(t, filepath.Join(vectorFolder, "issuers.pem"))
	committed := make(map[string]string)
	for _, v := range list {
		committed[v.File] = v.Code
		b, there := files[v.File]
		require.True(t, there, v.File)
		require.Contains(t, []string{"B-B", "B-LT"}, v.Level)
		err = judge(t, issuers, b, v.Level == "B-LT", v.At)
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
	require.Len(t, files, len(committed))
}

// readVectors reads the right containers of the folder and the wrong ones of the
// archive in it.
func readVectors(t *testing.T) map[string][]byte {
	t.Helper()
	files := make(map[string][]byte)
	paths, err := filepath.Glob(filepath.Join(vectorFolder, "*.asice"))
	require.NoError(t, err)
	for _, path := range paths {
		files[filepath.Base(path)], err = os.ReadFile(path)
		require.NoError(t, err)
	}
	packed, err := os.Open(filepath.Join(vectorFolder, "refused.tar.gz"))
	require.NoError(t, err)
	defer packed.Close()
	unpacked, err := gzip.NewReader(packed)
	require.NoError(t, err)
	for archive := tar.NewReader(unpacked); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		require.NoError(t, err)
		require.NotContains(t, files, header.Name)
		files[header.Name], err = io.ReadAll(archive)
		require.NoError(t, err)
	}
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
