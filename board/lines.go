package board

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
)

// ExplainQuorum says of every signature line of a checkpoint with too few
// witnesses whether it counts, and why not: for people who must find out what is
// wrong. It decides nothing, and says nothing of what is not a note.
func (p *Policy) ExplainQuorum(raw []byte) []string {
	ks, err := p.keys()
	if err != nil {
		return nil
	}
	if n, err := openNote(raw, ks); err == nil {
		return ks.explain(string(raw[len(n.Text)+1:]))
	}
	return nil
}

func (ks *keys) explain(lines string) []string {
	var said []string
	seen := map[string]bool{}
	for line := range strings.Lines(lines) {
		name, b64, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "— "), " ")
		key := keyHash(b64)
		said = append(said, fmt.Sprintf("%q: %s", name, ks.verdict(name, key, seen[name+key])))
		seen[name+key] = true
	}
	return said
}

func (ks *keys) verdict(name, hash string, again bool) string {
	for _, k := range ks.all() {
		switch known := fmt.Sprintf("%08x", k.verifier.KeyHash()); {
		case k.Name() != name:
		case known != hash:
			return "does not count, the line is of another key than the policy's"
		case again:
			return "does not count a second time"
		case k == ks.log:
			return "the log's own signature"
		default:
			return "counts"
		}
	}
	return "does not count, no such witness"
}

// keyHash is that of a signature line, as 8 hexadecimal digits.
func keyHash(b64 string) string {
	b, err := base64.StdEncoding.DecodeString(b64)
	if err != nil || len(b) < 4 {
		return ""
	}
	return hex.EncodeToString(b[:4])
}
