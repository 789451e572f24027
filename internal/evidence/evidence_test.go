package evidence

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stackrank/internal/work"
)

var (
	zone = time.FixedZone("Berlin", 3600)
	noon = time.Date(2026, 3, 2, 12, 0, 0, 0, zone)
	feb1 = time.Date(2026, 2, 1, 0, 0, 0, 0, zone).UTC()
)

func parse(t *testing.T, text string) File {
	t.Helper()
	f, err := Parse("f.csv", []byte(text), zone)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return f
}

func TestOneTableInEveryForm(t *testing.T) {
	want := []Row{
		{Key: "PAY-1", Signal: "votes", At: feb1, Amount: 2.5, Source: "Müller, Ann", Line: 2},
		{Key: "PAY-2", Signal: "nps", Amount: 1, Line: 3},
	}
	forms := map[string]string{
		"plain":               "key,signal,date,amount,source\nPAY-1,votes,2026-02-01,2.5,\"Müller, Ann\"\nPAY-2,nps,,,\n",
		"another order":       "source,amount,signal,key,date\n\"Müller, Ann\",2.5,votes,PAY-1,2026-02-01\n,,nps,PAY-2,\n",
		"a byte order mark":   "\xef\xbb\xbfkey,signal,date,amount,source\nPAY-1,votes,2026-02-01,2.5,\"Müller, Ann\"\nPAY-2,nps\n",
		"carriage returns":    "key,signal,date,amount,source\r\nPAY-1,votes,2026-02-01,2.5,\"Müller, Ann\"\r\nPAY-2,nps,,,\r\n",
		"semicolons":          "Key;Signal;Date;Amount;Source\nPAY-1;votes;2026-02-01;2,5;Müller, Ann\nPAY-2;nps;;;",
		"tabs":                "key\tsignal\tdate\tamount\tsource\nPAY-1\tvotes\t2026-02-01\t2.5\tMüller, Ann\nPAY-2\tnps",
		"quotes everywhere":   "\"key\",\"signal\",\"date\",\"amount\",\"source\"\n\"PAY-1\",\"votes\",\"2026-02-01\",\"2.5\",\"Müller, Ann\"\n\"PAY-2\",\"nps\",\"\",\"\",\"\"",
		"blanks around cells": " key , signal,date,amount,source\n PAY-1 , votes,2026-02-01 , 2.5,\"Müller, Ann\"\nPAY-2,nps,,,",
		"columns of others":   "key,signal,\"note, long\",date,amount,source,x,x\nPAY-1,votes,hm,2026-02-01,2.5,\"Müller, Ann\",,\nPAY-2,nps,,,,,,",
		"cells that are over": "key,signal,date,amount,source\nPAY-1,votes,2026-02-01,2.5,\"Müller, Ann\",,,\nPAY-2,nps,,,,,",
		"a moment":            "key,signal,date,amount,source\nPAY-1,votes,2026-01-31T23:00:00Z,2.5,\"Müller, Ann\"\nPAY-2,nps",
		"a time of the zone":  "key,signal,date,amount,source\nPAY-1,votes,2026-02-01 00:00,2.5,\"Müller, Ann\"\nPAY-2,nps",
	}
	for name, text := range forms {
		f := parse(t, text)
		if diff := cmp.Diff(want, f.Rows); diff != "" || f.Findings != nil {
			t.Errorf("%s: findings %v, rows (-want +got):\n%s", name, f.Findings, diff)
		}
	}
}

func TestCellsMayHoldLines(t *testing.T) {
	f := parse(t, "\n\nkey,signal,comment\nPAY-1,votes,\"first\nsecond \"\"quoted\"\"\n\"\n\n,,\nPAY-2,votes,x\n")
	if len(f.Rows) != 2 || f.Rows[0].Line != 4 || f.Rows[1].Line != 9 || f.Findings != nil {
		t.Errorf("rows %+v, findings %v", f.Rows, f.Findings)
	}
}

func TestABadRowIsAFindingAndCostsNoOther(t *testing.T) {
	tests := []struct{ name, row, want string }{
		{"no key", ",votes,,,", "the key is empty"},
		{"no signal", "PAY-1,,,,", "the signal is empty"},
		{"a day that is none", "PAY-1,votes,2026-02-30,,", "want 2026-03-01"},
		{"a date of another form", "PAY-1,votes,3/1/2026,,", "want 2026-03-01"},
		{"a year of two digits", "PAY-1,votes,0026-02-01,,", "want 2026-03-01"},
		{"an amount in words", "PAY-1,votes,,two,", "no number of at least 0"},
		{"an amount below zero", "PAY-1,votes,,-1,", "no number of at least 0"},
		{"an amount without end", "PAY-1,votes,,1e999,", "no number of at least 0"},
		{"no number", "PAY-1,votes,,NaN,", "no number of at least 0"},
		{"infinity", "PAY-1,votes,,Inf,", "no number of at least 0"},
		{"a hexadecimal amount", "PAY-1,votes,,0x10,", "no number of at least 0"},
		{"a decimal comma among commas", "PAY-1,votes,2026-02-01,1,5,Ann", "more cells than the header row"},
		{"a quote that opens and stays open", "PAY-1,votes,,,\"Ann", "quotes do not fit"},
		{"a quote within a cell", "PAY-1,votes,,,A\"nn", "quotes do not fit"},
		{"text behind a quote", "PAY-1,votes,,,\"A\"nn", "quotes do not fit"},
		{"broken UTF-8", "PAY\xff,votes,,,", "not in UTF-8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := parse(t, "key,signal,date,amount,source\nA-1,votes,,,\n"+tt.row+"\nA-2,votes,,,\"Ann\"\nA-3,votes,,,\n")
			var keys []string
			for _, r := range f.Rows {
				keys = append(keys, fmt.Sprint(r.Key, " ", r.Line))
			}
			if want := []string{"A-1 2", "A-2 4", "A-3 5"}; !slices.Equal(keys, want) {
				t.Errorf("rows %v, want %v", keys, want)
			}
			if len(f.Findings) != 1 || f.Findings[0].Code != "bad-row" || !strings.Contains(f.Findings[0].Message, "f.csv, line 3: ") || !strings.Contains(f.Findings[0].Message, tt.want) {
				t.Errorf("findings %+v, want line 3 and %q", f.Findings, tt.want)
			}
		})
	}
}

func TestManyBadRowsAreOneFinding(t *testing.T) {
	f := parse(t, "key,signal\n"+strings.Repeat(",votes\n", 5)+"A-1,votes\n")
	if len(f.Rows) != 1 || len(f.Findings) != 1 || f.Findings[0].Message != "Evidence f.csv: 5 rows cannot be read and do not count, the first in line 2: the key is empty." {
		t.Errorf("rows %v, findings %+v", f.Rows, f.Findings)
	}
}

func TestAFileThatCannotBeReadIsAnErrorThatSaysWhatToDo(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "empty: want a header row with key",
		"\xef\xbb\xbf \r\n":       "empty: want a header row with key",
		"PAY-1,votes\n":           "line 1: no column key: want a header row with key, signal, date, amount, source",
		"\nkey,date\n":            "line 2: no column signal",
		"key,signal,key\n":        "the column key is there twice",
		"\xff\xfek\x00e\x00y\x00": "save it as CSV in UTF-8",
		"PK\x03\x04zip":           "save it as CSV in UTF-8",
		"\"key,signal\nA,b":       "the header row cannot be read",
	} {
		if _, err := Parse("f.csv", []byte(text), zone); err == nil || !strings.HasPrefix(err.Error(), "evidence f.csv: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// A large file is read in moments, its bad rows included.
func TestALargeFileIsRead(t *testing.T) {
	var b strings.Builder
	b.WriteString("key,signal,date,amount,source\n")
	good, bad := 0, 0
	for b.Len() < 4<<20 {
		good++
		fmt.Fprintf(&b, "PAY-%d,votes,2026-02-%02d,%d,customer %d\n", good%5000, good%28+1, good%9+1, good)
		if good%1000 == 0 {
			bad++
			b.WriteString("PAY-1,votes,,,\"open\n")
		}
	}
	begun := time.Now()
	f := parse(t, b.String())
	if len(f.Rows) != good || len(f.Findings) != 1 || !strings.Contains(f.Findings[0].Message, fmt.Sprintf("%d rows cannot", bad)) {
		t.Errorf("%d rows of %d, findings %v", len(f.Rows), good, f.Findings)
	}
	items := make([]work.Item, 5000)
	for i := range items {
		items[i].Key = fmt.Sprintf("PAY-%d", i)
	}
	Attach(items, []File{f}, noon, counts)
	t.Logf("%d rows in %v", good, time.Since(begun))
	if d := time.Since(begun); d > time.Minute {
		t.Errorf("%d rows take %v", good, d)
	}
}

func counts(work.Signal) bool { return false }
