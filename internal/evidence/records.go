package evidence

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// records reads the records of a file one by one. Where quotes do not fit
// together it goes on in the line below, so that one bad row costs no other.
type records struct {
	data  []byte
	comma rune
	csv   *csv.Reader
	start int // of what csv reads, in data
	line  int // lines before start
}

func newRecords(data []byte) *records {
	r := &records{data: data, comma: separator(data)}
	r.reset(0, 0)
	return r
}

func (r *records) reset(start, line int) {
	r.start, r.line = start, line
	r.csv = csv.NewReader(bytes.NewReader(r.data[start:]))
	r.csv.Comma, r.csv.FieldsPerRecord, r.csv.ReuseRecord = r.comma, -1, true
}

// next gives the cells of a record, which hold until the next call, and the line
// that it begins in.
func (r *records) next() (cells []string, line int, err error) {
	from := r.start + int(r.csv.InputOffset())
	cells, err = r.csv.Read()
	if err == nil {
		at, _ := r.csv.FieldPos(0)
		return cells, r.line + at, nil
	}
	if errors.Is(err, io.EOF) {
		return nil, 0, err
	}
	for from < len(r.data) && (r.data[from] == '\n' || r.data[from] == '\r') {
		from++ // blank lines before the record
	}
	line = r.line + r.linesBefore(from) + 1
	end := len(r.data)
	if i := bytes.IndexByte(r.data[from:], '\n'); i >= 0 {
		end = from + i + 1
	}
	r.reset(end, line)
	return nil, line, err
}

// linesBefore counts the lines from the start of the reader to a place.
func (r *records) linesBefore(at int) int { return bytes.Count(r.data[r.start:at], []byte("\n")) }

// separator gives the sign that stands most often in the first line, outside of
// quotes.
func separator(data []byte) rune {
	line := bytes.TrimLeft(data, "\r\n")
	if i := bytes.IndexAny(line, "\r\n"); i >= 0 {
		line = line[:i]
	}
	count := map[byte]int{}
	quoted := false
	for _, c := range line {
		if c == '"' {
			quoted = !quoted
		}
		if !quoted && strings.IndexByte(",;\t", c) >= 0 {
			count[c]++
		}
	}
	best := byte(',')
	for _, c := range []byte(";\t") {
		if count[c] > count[best] {
			best = c
		}
	}
	return rune(best)
}
