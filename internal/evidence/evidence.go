// Package evidence owns what people's CSV files say about items: it reads the
// files into rows, and puts the rows onto the items of a backlog as dated
// evidence. It opens no file and reads no clock.
//
// A file has a header row with the columns key and signal and, as far as they
// are there, date, amount and source, in any order; other columns are ignored.
// Cells are separated by commas, semicolons or tabs, as the header row shows,
// and may stand in double quotes.
package evidence

import (
	"fmt"
	"time"

	"stackrank/internal/work"
)

// Row is one line of a file: so much of a signal for an item.
type Row struct {
	Key    string // of an item, as people see it, or its ref, or its address
	Signal work.Signal
	At     time.Time // zero: the file gives no date
	Amount float64   // 0 or more; 1 where the file gives none
	Source string    // who or what says so; may be empty
	Line   int       // in the file, from 1
}

// File is what was read from one file.
type File struct {
	Name     string // as the configuration has it
	Rows     []Row  // in the order of the file, without those that could not be read
	Findings []work.Finding
}

// fewest is the number of odd rows of a file from which they are told in one
// finding.
const fewest = 4

// flaws collects the rows of a file that could not be read.
type flaws struct {
	count int
	first []flaw // as many as are told one by one, and one more
}

type flaw struct {
	line int
	text string
}

func (f *flaws) add(line int, text string) {
	if f.count++; len(f.first) < fewest {
		f.first = append(f.first, flaw{line, text})
	}
}

// findings tells the flaws, each by itself while they are few.
func (f *flaws) findings(name string) []work.Finding {
	finding := func(message string) work.Finding {
		return work.Finding{
			Code: "bad-row", Level: work.Warning, Message: message,
			Fix: "Correct the file; the rest of it counts.",
		}
	}
	if f.count >= fewest {
		return []work.Finding{finding(fmt.Sprintf("Evidence %s: %d rows cannot be read and do not count, the first in line %d: %s.", name, f.count, f.first[0].line, f.first[0].text))}
	}
	var out []work.Finding
	for _, one := range f.first {
		out = append(out, finding(fmt.Sprintf("Evidence %s, line %d: %s; the row does not count.", name, one.line, one.text)))
	}
	return out
}
