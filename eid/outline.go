package eid

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// outline is a form of lines in which any number of values may stand: a line with
// a field is there once for each value of its field, and an element in which no
// such line is left is not there at all. Every line is a start tag, an end tag, or
// a whole element.
type outline struct {
	lines []string
}

var (
	//go:embed form/unsigned.xml
	unsignedText string

	unsignedOutline = &outline{slices.Collect(strings.Lines(unsignedText))}
)

// fill writes the lines with the values of their fields.
func (o *outline) fill(values map[string][]string) string {
	text, _, _ := fillLines(o.lines, values)
	return text
}

// fillLines writes the lines of one element's content, up to the end tag that is
// not of an element in it, and says whether a field among them had a value.
func fillLines(lines []string, values map[string][]string) (text string, filled bool, rest []string) {
	for len(lines) > 0 && !strings.HasPrefix(lines[0], "</") {
		line := lines[0]
		lines = lines[1:]
		if strings.Contains(line, "</") { // a whole element
			field, fixed := fieldOf(line)
			if fixed {
				text += line
			}
			for _, value := range values[field] {
				text, filled = text+strings.Replace(line, "{"+field+"}", value, 1), true
			}
			continue
		}
		inner, there, after := fillLines(lines, values)
		if there {
			text, filled = text+line+inner+after[0], true
		}
		lines = after[1:]
	}
	return text, filled, lines
}

// fieldOf gives the field of a line; fixed says that it has none.
func fieldOf(line string) (field string, fixed bool) {
	_, after, found := strings.Cut(line, "{")
	field, _, _ = strings.Cut(after, "}")
	return field, !found
}

// read gives the values in text, if it is the outline filled with them.
func (o *outline) read(text string) (map[string][]string, error) {
	values, number := make(map[string][]string), 0
	for line := range strings.Lines(text) {
		number++
		field, value, found := o.match(line)
		if !found {
			return nil, fmt.Errorf("line %d is none of the form", number)
		}
		if field != "" {
			values[field] = append(values[field], value)
		}
	}
	if o.fill(values) != text {
		return nil, errors.New("its lines are not in the order of the form, or not all there")
	}
	return values, nil
}

// match finds the outline's line that a line is, with the field's value if it has one.
func (o *outline) match(line string) (field, value string, found bool) {
	for _, own := range o.lines {
		name, fixed := fieldOf(own)
		if fixed && line == own {
			return "", "", true
		}
		before, after, _ := strings.Cut(own, "{"+name+"}")
		middle, isStart := strings.CutPrefix(line, before)
		middle, isEnd := strings.CutSuffix(middle, after)
		if !fixed && isStart && isEnd && !strings.ContainsAny(middle, "<>&") {
			return name, middle, true
		}
	}
	return "", "", false
}
