package evidence

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"stackrank/internal/work"
)

// columns are the names in the header row that mean something.
var columns = []string{"key", "signal", "date", "amount", "source"}

// Parse reads the bytes of a file. Days begin at midnight in the zone. A row
// that cannot be read is a finding with its line; the error says why there is
// nothing to be read at all.
func Parse(name string, data []byte, zone *time.Location) (File, error) {
	data, err := decode(data)
	if err != nil {
		return File{}, fmt.Errorf("evidence %s: %w", name, err)
	}
	p := &parser{
		records: newRecords(data), zone: zone, at: map[string]int{}, names: map[string]string{},
	}
	if err := p.header(); err != nil {
		return File{}, fmt.Errorf("evidence %s: %w", name, err)
	}
	f := File{Name: name}
	for {
		cells, line, err := p.records.next()
		if errors.Is(err, io.EOF) {
			break
		}
		row, text := p.row(cells, err)
		switch {
		case text != "":
			p.flaws.add(line, text)
		case row.Key != "":
			row.Line = line
			f.Rows = append(f.Rows, row)
		}
	}
	f.Findings = p.flaws.findings(name)
	return f, nil
}

// longestHeader is how far into a file its header row is looked for, in bytes.
const longestHeader = 10_000

// decode takes the byte order mark away, and refuses what is no text of the kind.
func decode(data []byte) ([]byte, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	first, _, _ := bytes.Cut(bytes.TrimSpace(data[:min(len(data), longestHeader)]), []byte("\n"))
	switch {
	case len(first) == 0:
		return nil, errors.New("empty: want a header row with key, signal, date, amount, source")
	case bytes.HasPrefix(data, []byte{'P', 'K', 3, 4}):
		return nil, errors.New("a spreadsheet or an archive: save it as CSV in UTF-8")
	case bytes.IndexByte(first, 0) >= 0, bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return nil, errors.New("not in UTF-8: save it as CSV in UTF-8")
	}
	return data, nil
}

// parser turns the records of one file into rows.
type parser struct {
	records *records
	zone    *time.Location
	at      map[string]int // place of each known column
	width   int            // columns of the header row
	names   map[string]string
	flaws   flaws
}

// header reads the first record and finds the columns in it.
func (p *parser) header() error {
	cells, line, err := p.records.next()
	if err != nil {
		return fmt.Errorf("line %d: the header row cannot be read: %w", line, err)
	}
	p.width = len(cells)
	for i, cell := range cells {
		name := strings.ToLower(strings.TrimSpace(cell))
		if _, twice := p.at[name]; twice && slices.Contains(columns, name) {
			return fmt.Errorf("line %d: the column %s is there twice", line, name)
		}
		p.at[name] = i
	}
	for _, name := range columns[:2] {
		if _, ok := p.at[name]; !ok {
			return fmt.Errorf("line %d: no column %s: want a header row with %s", line, name, strings.Join(columns, ", "))
		}
	}
	return nil
}

// row reads one record. The text says what is wrong with it; a record without
// any content is the zero row.
func (p *parser) row(cells []string, err error) (row Row, text string) {
	if errors.Is(err, csv.ErrQuote) || errors.Is(err, csv.ErrBareQuote) {
		return Row{}, "its quotes do not fit together; a quote inside a cell in quotes is written twice"
	}
	if err != nil {
		return Row{}, "it cannot be read"
	}
	blank, over := true, false
	for i, cell := range cells {
		empty := strings.TrimSpace(cell) == ""
		blank = blank && empty
		over = over || i >= p.width && !empty
	}
	switch {
	case blank:
		return Row{}, ""
	case over:
		return Row{}, "it has more cells than the header row; put a cell that holds the separator in quotes"
	}
	return p.fill(cells)
}

func (p *parser) fill(cells []string) (row Row, text string) {
	row = Row{Key: p.name(p.cell(cells, "key")), Signal: work.Signal(p.name(p.cell(cells, "signal"))), Source: p.name(p.cell(cells, "source"))}
	switch {
	case row.Key == "":
		return Row{}, "the key is empty"
	case row.Signal == "":
		return Row{}, "the signal is empty"
	case !utf8.ValidString(row.Key + string(row.Signal)):
		return Row{}, "it is not in UTF-8"
	}
	var ok bool
	if row.At, ok = parseDate(p.cell(cells, "date"), p.zone); !ok {
		return Row{}, "its date is none that is understood; want 2026-03-01"
	}
	if row.Amount, ok = parseAmount(p.cell(cells, "amount"), p.records.comma != ','); !ok {
		return Row{}, "its amount is no number of at least 0"
	}
	return row, ""
}

// cell gives the content of a column, "" where the file or the row lacks it.
func (p *parser) cell(cells []string, name string) string {
	i, ok := p.at[name]
	if !ok || i >= len(cells) {
		return ""
	}
	return strings.TrimSpace(cells[i])
}

// name gives one copy of a text that comes again and again, so that the rows do
// not hold on to the lines they came from.
func (p *parser) name(s string) string {
	if known, ok := p.names[s]; ok {
		return known
	}
	s = strings.Clone(s)
	p.names[s] = s
	return s
}
