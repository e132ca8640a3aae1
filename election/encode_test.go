package election

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// sample has a field of every kind that documents have.
type sample struct {
	Type    string   `json:"type"`
	Version int      `json:"version"`
	Hash    Hash     `json:"hash"`
	At      Time     `json:"at"`
	Names   []string `json:"names"`
	Title   Text     `json:"title"`
	Bytes   []byte   `json:"bytes"`
	Few     []inner  `json:"few"`
	Maybe   *uint64  `json:"maybe,omitempty"`
}

type inner struct {
	Number int `json:"number"`
}

func aSample() *sample {
	return &sample{
		Type: "valik/sample", Version: 1, Hash: HashOf(nil), At: 1677661200,
		Names: []string{"ö", "null", `"\`}, Title: Text{"et": "Näide", "en": "Sample"},
		Bytes: []byte{1, 2, 3}, Few: []inner{{1}, {2}},
	}
}

const sampleJSON = `{"at":"2023-03-01T09:00:00Z","bytes":"AQID","few":[{"number":1},{"number":2}],` +
	`"hash":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",` +
	`"names":["ö","null","\"\\"],"title":{"en":"Sample","et":"Näide"},"type":"valik/sample","version":1}`

func TestMarshalIsCanonical(t *testing.T) {
	require.Equal(t, sampleJSON, string(marshal(aSample())))
	var back sample
	require.NoError(t, unmarshal("sample", 1000, []byte(sampleJSON), &back))
	require.Equal(t, aSample(), &back)
}

func TestAListThatWasNeverFilledIsEmpty(t *testing.T) {
	b := marshal(&sample{Type: "valik/sample", Version: 1, Title: Text{}, Bytes: []byte{}})
	require.Contains(t, string(b), `"names":[]`)
	require.NotContains(t, string(b), "null")
	var back sample
	require.NoError(t, unmarshal("sample", 1000, b, &back))
}

func TestEveryKindOfBadFormHasItsCode(t *testing.T) {
	change := func(old, changed string) string {
		require.Contains(t, sampleJSON, old)
		return strings.Replace(sampleJSON, old, changed, 1)
	}
	tests := []struct {
		name  string
		bytes string
		code  FormatCode
		field string
	}{
		{"long", sampleJSON + strings.Repeat(" ", 1000), TooLarge, ""},
		{"empty", "", Truncated, ""},
		{"cut", sampleJSON[:len(sampleJSON)-1], Truncated, ""},
		{"cut in a word", sampleJSON[:40], Truncated, ""},
		{"noise", "PK\x03\x04", NotJSON, ""},
		{"byte order mark", "\xef\xbb\xbf" + sampleJSON, NotJSON, ""},
		{"not UTF-8", change("Sample", "Sampl\xff"), NotJSON, ""},
		{"lone surrogate", change("Sample", `\ud800`), NotJSON, ""},
		{"deep", strings.Repeat("[", 900), Truncated, ""},
		{"two values", sampleJSON + sampleJSON, NotJSON, ""},
		{"list", "[]", WrongType, ""},
		{"key twice", change(`{"at"`, `{"at":"2023-03-01T09:00:00Z","at"`), DuplicateKey, ""},
		{"key twice below", change(`{"en"`, `{"en":"x","en"`), DuplicateKey, ""},
		{"key twice, spelled differently", change(`{"en"`, `{"\u0065n":"x","en"`), DuplicateKey, ""},
		{"other document", change("valik/sample", "valik/simple"), WrongType, ""},
		{"type is a number", change(`"valik/sample"`, "3"), WrongType, ""},
		{"no type", change(`"type":"valik/sample",`, ""), WrongType, ""},
		{"version 2", change(`"version":1`, `"version":2`), WrongVersion, ""},
		{"version as text", change(`"version":1`, `"version":"1"`), WrongVersion, ""},
		{"blank", change(`"version":1`, `"version": 1`), NotCanonical, ""},
		{"LF at the end", sampleJSON + "\n", NotCanonical, ""},
		{"order", `{"version":1,` + change(`,"version":1`, "")[1:], NotCanonical, ""},
		{"escape", change("Sample", `\u0053ample`), NotCanonical, ""},
		{"exponent", change(`{"number":2}`, `{"number":2e0}`), NotCanonical, ""},
		{"above 2^53", change(`{"number":2}`, `{"number":9007199254740993}`), NotCanonical, ""},
		{"unknown", change(`"at"`, `"an":1,"at"`), UnknownField, "an"},
		{"unknown below", change(`{"number":2}`, `{"name":1,"number":2}`), UnknownField, "name"},
		{"other case", change(`{"number":2}`, `{"Number":2}`), BadField, "few[1].number"},
		{"missing", change(`"bytes":"AQID",`, ""), BadField, "bytes"},
		{"missing below", change(`{"number":2}`, `{}`), BadField, "few[1].number"},
		{"null", change(`["ö","null","\"\\"]`, "null"), BadField, "names"},
		{"null number", change(`{"number":2}`, `{"number":null}`), BadField, "few[1].number"},
		{"fraction", change(`{"number":2}`, `{"number":2.5}`), BadField, "few.number"},
		{"text for number", change(`{"number":2}`, `{"number":"2"}`), BadField, "few.number"},
		{"upper case hash", change("e3b0", "E3B0"), BadField, "hash"},
		{"short hash", change("e3b0", ""), BadField, "hash"},
		{"hash with odd digit", change("e3b0", "x3b0"), BadField, "hash"},
		{"time zone", change("09:00:00Z", "09:00:00+00:00"), BadField, "at"},
		{"fraction of a second", change("09:00:00Z", "09:00:00.5Z"), BadField, "at"},
		{"no such day", change("2023-03-01", "2023-02-29"), BadField, "at"},
		{"base64 with line end", change("AQID", `AQI\nD`), BadField, "bytes"},
		{"base64 with loose bits", change("AQID", "AQJ="), BadField, "bytes"},
		{"base64 without padding", change("AQID", "AQI"), BadField, ""},
		{"empty where absent", change(`"names"`, `"maybe":null,"names"`), BadField, "maybe"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var v sample
			err := unmarshal("sample", 1000, []byte(test.bytes), &v)
			var f *FormatError
			require.ErrorAs(t, err, &f)
			require.Equal(t, test.code, f.Code, "%v", err)
			require.Equal(t, test.field, f.Field, "%v", err)
			require.Equal(t, "sample", f.Document)
		})
	}
}

func TestDeepNestingIsRefused(t *testing.T) {
	for _, n := range []int{17, 5000, 20000} {
		deep := strings.Repeat("[", n) + strings.Repeat("]", n)
		err := unmarshal("sample", 1<<20, []byte(deep), new(sample))
		var f *FormatError
		require.ErrorAs(t, err, &f)
		require.Equal(t, NotJSON, f.Code, "%d levels: %v", n, err)
	}
}

func TestWhatParsesEncodesToTheSameBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := sample{
			Type: "valik/sample", Version: 1,
			Hash:  Hash(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "hash")),
			At:    Time(rapid.Int64Range(0, 1<<37).Draw(t, "at")),
			Names: rapid.SliceOf(rapid.String()).Draw(t, "names"),
			Title: rapid.MapOf(rapid.String(), rapid.String()).Draw(t, "title"),
			Bytes: rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"),
		}
		b := marshal(&v)
		require.True(t, json.Valid(b))
		var back sample
		require.NoError(t, unmarshal("sample", 1<<20, b, &back))
		require.Equal(t, b, marshal(&back))
	})
}

// FuzzUnmarshal asks that nothing panics and that no two forms are accepted.
func FuzzUnmarshal(f *testing.F) {
	f.Add([]byte(sampleJSON))
	f.Add([]byte(strings.Repeat(`{"a":`, 20000)))
	f.Add([]byte("null"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var v sample
		if err := unmarshal("sample", 1<<20, b, &v); err != nil {
			var format *FormatError
			require.ErrorAs(t, err, &format)
			return
		}
		require.Equal(t, b, marshal(&v))
	})
}
