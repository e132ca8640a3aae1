package election

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
)

// lineReader reads a JSON Lines artefact: a header document, then one object a
// line, every line ended by LF. It holds one line at a time, so that memory does
// not grow with the list.
//
// It implements Lines.Decode of docs/protocol/encoding.md.
type lineReader struct {
	kind  string
	limit int // bytes of a line
	in    *bufio.Reader
	read  int // lines read
}

func newLineReader(kind string, limit int, r io.Reader) *lineReader {
	return &lineReader{kind: kind, limit: limit, in: bufio.NewReaderSize(r, 1<<16)}
}

// header reads the first line into v.
func (r *lineReader) header(v any) error {
	b, err := r.line()
	if errors.Is(err, io.EOF) {
		return &FormatError{Document: r.kind, Code: Truncated, Detail: "the header is missing"}
	}
	if err != nil {
		return err
	}
	return unmarshal(r.kind, r.limit, b, v)
}

// next reads the next line into v. It returns io.EOF after the last one.
func (r *lineReader) next(v any) error {
	b, err := r.line()
	if err != nil {
		return err
	}
	return unmarshal(r.name(), r.limit, b, v)
}

// name is what the line just read is called in errors; the header is line 1.
func (r *lineReader) name() string { return fmt.Sprintf("%s line %d", r.kind, r.read) }

// line returns the next line without its LF.
func (r *lineReader) line() ([]byte, error) {
	var line []byte
	for {
		part, err := r.in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > r.limit+1:
			return nil, tooLarge(r.kind+" line", r.limit)
		case err == nil:
			r.read++
			return line[:len(line)-1], nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(line) == 0:
			return nil, io.EOF
		case errors.Is(err, io.EOF):
			return nil, &FormatError{Document: r.kind, Code: Truncated, Detail: fmt.Sprintf("line %d has no end", r.read+1)}
		default:
			return nil, fmt.Errorf("election: %s: %w", r.kind, err)
		}
	}
}

// end checks that the list is over after the n lines that its header announced.
func (r *lineReader) end(n int) error {
	if _, err := r.line(); !errors.Is(err, io.EOF) {
		return badField(r.kind, "", "more than the %d lines that the header announces", n)
	}
	return nil
}

// early turns the end of the list before its last line into a refusal.
func (r *lineReader) early(err error, n int) error {
	if errors.Is(err, io.EOF) {
		return &FormatError{Document: r.kind, Code: Truncated, Detail: fmt.Sprintf("%d lines where the header announces %d", r.read-1, n)}
	}
	return err
}

// writeLine appends v and LF.
func writeLine(w *bytes.Buffer, v any) {
	w.Write(marshal(v))
	w.WriteByte('\n')
}

// readLines reads exactly n lines into a list and checks each with accept.
func readLines[T any](r *lineReader, n int, accept func(i int, v *T) error) ([]T, error) {
	list := make([]T, 0, min(n, 1<<16)) // n is a claim: memory is spent as lines come
	for i := range n {
		var v T
		if err := r.next(&v); err != nil {
			return nil, r.early(err, n)
		}
		if err := accept(i, &v); err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, r.end(n)
}

// writeTo writes v and LF.
func writeTo(w io.Writer, v any) error {
	_, err := w.Write(append(marshal(v), '\n'))
	return err
}

// writeList writes a header that announces n lines, and the lines as they come.
func writeList[T any](out io.Writer, header any, n int, lines iter.Seq2[*T, error]) error {
	if err := writeTo(out, header); err != nil {
		return err
	}
	written := 0
	for v, err := range lines {
		if err == nil {
			err = writeTo(out, v)
		}
		if err != nil {
			return err
		}
		written++
	}
	if written != n {
		return fmt.Errorf("election: the list has %d ballots, not %d as announced", written, n)
	}
	return nil
}
