package election

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// pathOf returns the path of the first string text in the JSON value b, or "".
func pathOf(b []byte, text string) string {
	var tree any
	if json.Unmarshal(b, &tree) != nil {
		return ""
	}
	path, _ := find(tree, "", func(v any) bool { return v == text })
	return path
}

// find walks lists in order and objects by sorted keys to the first leaf that
// matches.
func find(tree any, path string, match func(leaf any) bool) (string, bool) {
	for _, c := range children(tree, path) {
		if p, ok := find(c.value, c.path, match); ok {
			return p, true
		}
	}
	switch tree.(type) {
	case map[string]any, []any:
		return "", false
	}
	return path, match(tree)
}

// firstDifference names the first field in which the JSON value read differs
// from the one that was meant: a field that is missing, null, or written in
// another way than it would be written again.
func firstDifference(read, meant []byte) (path, detail string) {
	var a, b any
	if json.Unmarshal(read, &a) != nil || json.Unmarshal(meant, &b) != nil {
		return "", "another form than it would be written in"
	}
	return difference(a, b, "")
}

func difference(read, meant any, path string) (where, detail string) {
	have, want := map[string]any{}, children(meant, path)
	for _, c := range children(read, path) {
		have[c.path] = c.value
	}
	for _, w := range want {
		value, ok := have[w.path]
		if !ok {
			return w.path, "the field is missing"
		}
		if where, detail := difference(value, w.value, w.path); detail != "" {
			return where, detail
		}
		delete(have, w.path)
	}
	for _, extra := range slices.Sorted(maps.Keys(have)) {
		return extra, "the field must be absent with this value"
	}
	if len(want) == 0 && fmt.Sprint(read) != fmt.Sprint(meant) {
		return path, "another form than it would be written in"
	}
	return "", ""
}

type child struct {
	path  string
	value any
}

func children(tree any, path string) []child {
	var all []child
	switch t := tree.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(t)) {
			all = append(all, child{join(path, k), t[k]})
		}
	case []any:
		for i, v := range t {
			all = append(all, child{fmt.Sprintf("%s[%d]", path, i), v})
		}
	}
	return all
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
