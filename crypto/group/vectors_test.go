package group_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"valik/crypto/group"
	"valik/crypto/internal/tuplehash"
)

var update = flag.Bool("update", false, "rewrite vectors/group")

// vectorFile is a file of vectors/group: other implementations read it.
type vectorFile struct {
	Algorithm   string `json:"algorithm"` // of docs/protocol/group.md
	Description string `json:"description"`
	Vectors     any    `json:"vectors"`
}

// TestVectors makes every file again and compares it with the committed one.
func TestVectors(t *testing.T) {
	for name, make := range map[string]func(*testing.T) vectorFile{
		"small-multiples.json":   smallMultipleVectors,
		"invalid-encodings.json": invalidEncodingVectors,
		"one-way-map.json":       oneWayMapVectors,
		"scalars.json":           scalarVectors,
		"hash-to-element.json":   hashToElementVectors,
		"generators.json":        generatorVectors,
	} {
		t.Run(name, func(t *testing.T) {
			compareFile(t, filepath.Join("../../vectors/group", name), make(t))
		})
	}
}

func compareFile(t *testing.T, path string, file vectorFile) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	require.NoError(t, enc.Encode(file))
	if *update {
		require.NoError(t, os.WriteFile(path, b.Bytes(), 0o644))
	}
	committed, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(committed), b.String())
}

func smallMultipleVectors(*testing.T) vectorFile {
	type vector struct {
		N       int    `json:"n"`
		Element string `json:"element"`
	}
	var out []vector
	for n := range smallMultiples {
		e := new(group.Element).ScalarBaseMult(group.NewScalar(uint64(n)))
		out = append(out, vector{n, hex.EncodeToString(e.Bytes())})
	}
	return vectorFile{"Group.Encode", "The encodings of n·G, from RFC 9496, appendix A.1.", out}
}

func invalidEncodingVectors(*testing.T) vectorFile {
	return vectorFile{
		"Group.Decode",
		"Bytes that must be refused: those of RFC 9496, appendix A.2, and some that only a lax decoder accepts.",
		append(invalidEncodings, moreInvalidEncodings()...),
	}
}

func oneWayMapVectors(t *testing.T) vectorFile {
	type vector struct {
		Input   string `json:"input"`
		Element string `json:"element"`
	}
	var out []vector
	for i := range oneWayMap {
		in := uniformBytes(t, i)
		e, err := new(group.Element).SetUniformBytes(in)
		require.NoError(t, err)
		out = append(out, vector{hex.EncodeToString(in), hex.EncodeToString(e.Bytes())})
	}
	return vectorFile{"Group.Map", "64 bytes and the element that they map to, from RFC 9496, appendix A.3.", out}
}

func scalarVectors(t *testing.T) vectorFile {
	type vector struct {
		Input  string `json:"input"`  // 64 bytes to reduce
		Scalar string `json:"scalar"` // 32 bytes
	}
	inputs := [][]byte{
		make([]byte, 64),
		littleEndian(order, 64),
		bytes.Repeat([]byte{255}, 64),
		append(make([]byte, 32), append([]byte{1}, make([]byte, 31)...)...), // 2^256
		tuplehash.XOF("valik/1 vectors", 64, []byte("scalar")),
	}
	var out []vector
	for _, in := range inputs {
		s, err := new(group.Scalar).SetUniformBytes(in)
		require.NoError(t, err)
		out = append(out, vector{hex.EncodeToString(in), hex.EncodeToString(s.Bytes())})
	}
	return vectorFile{"Group.ReduceScalar", "64 bytes and the scalar that they reduce to.", out}
}

func hashToElementVectors(*testing.T) vectorFile {
	type vector struct {
		Label   string   `json:"label"`
		Data    []string `json:"data"`    // hex
		Uniform string   `json:"uniform"` // the 64 bytes of TupleHashXOF256
		Element string   `json:"element"`
	}
	var out []vector
	for _, v := range []struct {
		label string
		data  []string
	}{
		{"", nil},
		{"valik/1 example", nil},
		{"valik/1 example", []string{""}},
		{"valik/1 example", []string{"ab", "c"}},
		{"valik/1 example", []string{"a", "bc"}},
		{"valik/1 shuffle chain base", nil},
	} {
		items, digits := [][]byte{}, []string{}
		for _, d := range v.data {
			items = append(items, []byte(d))
			digits = append(digits, hex.EncodeToString([]byte(d)))
		}
		tuple := append([][]byte{[]byte(v.label)}, items...)
		out = append(out, vector{
			Label:   v.label,
			Data:    digits,
			Uniform: hex.EncodeToString(tuplehash.XOF("valik/1 hash to group", 64, tuple...)),
			Element: hex.EncodeToString(group.HashToElement(v.label, items...).Bytes()),
		})
	}
	return vectorFile{"Group.HashToElement", "A label and byte strings, and the element that they hash to.", out}
}

func generatorVectors(*testing.T) vectorFile {
	type vector struct {
		Label   string `json:"label"`
		Index   uint64 `json:"index"`
		Data    string `json:"data"` // the index as it is hashed
		Element string `json:"element"`
	}
	var out []vector
	for _, label := range []string{"valik/1 membership", "valik/1 shuffle"} {
		for _, i := range []uint64{1, 2, 3, 255, 256, 1000} {
			h := group.Generators(label, int(i))
			out = append(out, vector{
				Label:   label,
				Index:   i,
				Data:    hex.EncodeToString(binary.BigEndian.AppendUint64(nil, i)),
				Element: hex.EncodeToString(h[i-1].Bytes()),
			})
		}
	}
	return vectorFile{"Group.Generators", "Generators by label and index.", out}
}
