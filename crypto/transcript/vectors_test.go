package transcript_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"valik/crypto/group"
	"valik/crypto/transcript"
	"valik/internal/vectortest"
)

// vector is one transcript: its items, then the challenges of the last item.
type vector struct {
	Name  string `json:"name"`
	Use   string `json:"use"`
	Items []step `json:"items"`
}

// step is either a value under a label or a number of challenges.
type step struct {
	Label      string   `json:"label"`
	Value      *string  `json:"value,omitempty"` // hex
	Count      int      `json:"count,omitempty"`
	Challenges []string `json:"challenges,omitempty"` // hex, little endian
}

func bytesStep(label, value string) step {
	encoded := hex.EncodeToString([]byte(value))
	return step{Label: label, Value: &encoded}
}

func (v *vector) run() {
	t := transcript.New(v.Use)
	for i := range v.Items {
		s := &v.Items[i]
		if s.Value != nil {
			value, err := hex.DecodeString(*s.Value)
			if err != nil {
				panic(err)
			}
			t.Bytes(s.Label, value)
			continue
		}
		for _, c := range t.Challenges(s.Label, s.Count) {
			s.Challenges = append(s.Challenges, hex.EncodeToString(c.Bytes()))
		}
	}
}

func TestVectors(t *testing.T) {
	vectors := []vector{
		{Name: "nothing absorbed", Use: "valik/1 test", Items: []step{{Label: "c", Count: 1}}},
		{Name: "one item", Use: "valik/1 test", Items: []step{bytesStep("label", "value"), {Label: "c", Count: 1}}},
		{Name: "the same bytes, split elsewhere", Use: "valik/1 test", Items: []step{bytesStep("labelv", "alue"), {Label: "c", Count: 1}}},
		{Name: "an empty value", Use: "valik/1 test", Items: []step{bytesStep("label", ""), {Label: "c", Count: 1}}},
		{Name: "more than one block of the hash", Use: "valik/1 test", Items: []step{bytesStep("long", strings.Repeat("valik", 200)), {Label: "c", Count: 1}}},
		{Name: "an element and a number", Use: "valik/1 test", Items: []step{
			bytesStep("G", string(group.NewGenerator().Bytes())), bytesStep("n", "\x00\x00\x00\x00\x00\x00\x00\x07"), {Label: "c", Count: 1},
		}},
		{Name: "many challenges, then another", Use: "valik/1 test", Items: []step{
			bytesStep("label", "value"), {Label: "rho", Count: 3}, bytesStep("T", "commitment"), {Label: "c", Count: 1},
		}},
	}
	for i := range vectors {
		vectors[i].run()
	}
	vectortest.Compare(t, "transcript/transcript.json", vectors)
}
