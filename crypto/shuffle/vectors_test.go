package shuffle_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/elgamal"
	"valik/crypto/group"
	"valik/crypto/shuffle"
)

var update = flag.Bool("update", false, "rewrite vectors/shuffle")

// vectorFile is a file of vectors/shuffle: other implementations read it.
type vectorFile struct {
	Algorithm   string   `json:"algorithm"` // of docs/protocol/shuffle.md
	Description string   `json:"description"`
	Vectors     []vector `json:"vectors"`
}

// vector is a statement and a proof, bytes in hex. What only a prover knows is
// in the vectors of true statements alone; only forgeries say what fails.
type vector struct {
	Name   string `json:"name"`
	Rows   int    `json:"rows"`
	Width  int    `json:"width"`
	Key    string `json:"key"`
	Input  string `json:"input"`
	Output string `json:"output"`

	Permutation []int    `json:"permutation,omitempty"`
	R           []string `json:"r,omitempty"`
	Secrets     []string `json:"secrets,omitempty"`
	U           []string `json:"u,omitempty"`
	C           string   `json:"c,omitempty"`

	Proof string   `json:"proof"`
	Fails []string `json:"fails,omitempty"`
}

const vectorContext = ` The transcript begins with use "valik/1 mix", election "EP2029" (a string), mix 1 (8 bytes).`

func shuffleVectors(t *testing.T) vectorFile {
	file := vectorFile{
		"Shuffle.Prove",
		"Proofs that verify. permutation[i] is the input row of output row i, both from 0; r are the r' row after row; " +
			"secrets are r, r-hat, omega_1, omega_2, omega_3, omega_4, omega-hat, omega-tilde." + vectorContext,
		nil,
	}
	for _, n := range []int{0, 1, 2, 5} {
		for _, w := range []int{1, 2} {
			file.Vectors = append(file.Vectors, shuffleVector(t, n, w))
		}
	}
	return file
}

func shuffleVector(t *testing.T, n, w int) vector {
	name := fmt.Sprintf("N=%d w=%d", n, w)
	x := newWorld(n, w, stream("valik shuffle, "+name))
	secrets := "valik shuffle, " + name + " proof"
	p := shuffle.ProveFrom(mixContext(1), x.statement, x.witness, stream(secrets))
	require.NoError(t, verify(p, x.statement))
	v := newVector(name, x.statement, p)
	if n > 0 {
		pi, r := x.witness.Secrets()
		u, c := p.Challenges(mixContext(1), x.statement)
		v.Permutation, v.R, v.U, v.C = pi, hexScalars(r), hexScalars(u), hex.EncodeToString(c.Bytes())
		v.Secrets = hexScalars(randomVector(4*n+3+w, stream(secrets)))
	}
	return v
}

func forgeryVectors(t *testing.T) vectorFile {
	file := vectorFile{
		"Shuffle.Verify",
		"Proofs that must be refused; fails names every equation that does not hold, by its left side." + vectorContext,
		nil,
	}
	for _, f := range forgeries {
		p, s := prepareForgery(t, f, stream("valik shuffle forgery "+f.name))
		v := newVector(f.name, s, p)
		v.Fails = f.fails
		file.Vectors = append(file.Vectors, v)
	}
	return file
}

func newVector(name string, s *shuffle.Statement, p *shuffle.Proof) vector {
	return vector{
		Name: name, Rows: s.Input.Len(), Width: s.Input.Width(),
		Key:   hex.EncodeToString(s.Key.Bytes()),
		Input: hex.EncodeToString(s.Input.Bytes()), Output: hex.EncodeToString(s.Output.Bytes()),
		Proof: hex.EncodeToString(p.Bytes()),
	}
}

func hexScalars(s []group.Scalar) []string {
	out := make([]string, len(s))
	for i := range s {
		out[i] = hex.EncodeToString(s[i].Bytes())
	}
	return out
}

// TestVectors makes every file again, compares it with the committed one, and
// checks the committed one from its bytes.
func TestVectors(t *testing.T) {
	for name, file := range map[string]vectorFile{
		"shuffle.json": shuffleVectors(t), "forgeries.json": forgeryVectors(t),
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			enc := json.NewEncoder(&b)
			enc.SetIndent("", "  ")
			require.NoError(t, enc.Encode(file))
			path := filepath.Join("../../vectors/shuffle", name)
			if *update {
				require.NoError(t, os.WriteFile(path, b.Bytes(), 0o644))
			}
			committed, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, string(committed), b.String())
			checkVectors(t, committed)
		})
	}
}

func checkVectors(t *testing.T, b []byte) {
	var file vectorFile
	require.NoError(t, json.Unmarshal(b, &file))
	for _, v := range file.Vectors {
		key, err := elgamal.ParsePublicKey(unhex(t, v.Key))
		require.NoError(t, err)
		in, err := elgamal.ParseRows(unhex(t, v.Input), v.Width)
		require.NoError(t, err)
		out, err := elgamal.ParseRows(unhex(t, v.Output), v.Width)
		require.NoError(t, err)
		p, err := shuffle.ParseProof(unhex(t, v.Proof), v.Rows, v.Width)
		require.NoError(t, err)
		err = verify(p, &shuffle.Statement{Key: key, Input: in, Output: out})
		if len(v.Fails) == 0 {
			require.NoError(t, err, v.Name)
			continue
		}
		require.ErrorIs(t, err, shuffle.ErrEquation, v.Name)
		require.ErrorContains(t, err, v.Fails[0], v.Name)
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	return b
}
