package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"stackrank/connectors"
	"stackrank/internal/work"
)

// titles are seeds that some reader takes for more than a text.
var titles = []string{
	"=1+1", "\t=1", "a\x1b[31mb", "x | y", "[a](javascript:b)", "<script>", "two\nlines", "\u202eright to left", "`code`", "'=1", "\xff", "- list", "1. one", "# head",
	"&lt;", "\\|", "![i](x)", "a\u2028b", "\"quoted\"", ",", "ﷺ", "👩‍👩‍👧", "@SUM(A1)", "\u00a0=1", "~~a~~", "==a==", "\ufeff=1",
}

// titled writes a report of two items, one of which has the title.
func titled(t *testing.T, title string, f Format) string {
	t.Helper()
	items := []work.Item{issue(1, title, nil), issue(2, "Plain", nil)}
	found := []work.Finding{{Ref: items[0].Ref, Code: "odd-title", Message: "It is called " + title + ".", Level: work.Note}}
	var b bytes.Buffer
	d := New(roundOf(t, []connectors.Reader{shelf{"platform", items, found}}, nil))
	if err := d.Write(&b, f, Style{Width: 80}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// FuzzTitlesOnATerminal prints any title: nothing that moves the cursor, turns
// the direction or is no text gets through.
func FuzzTitlesOnATerminal(f *testing.F) {
	for _, s := range titles {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, title string) {
		got := titled(t, title, Text)
		bad := func(r rune) bool {
			return r != '\n' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
		}
		if !utf8.ValidString(got) || strings.ContainsFunc(got, bad) {
			t.Errorf("title %q prints as %q", title, got)
		}
		if n := strings.Count(got, "\n") - strings.Count(titled(t, "Plain too", Text), "\n"); n > 1+len(title)/60 {
			t.Errorf("title %q makes %d lines more", title, n)
		}
	})
}

// FuzzTitlesInCSV writes any title: the table keeps its columns and no cell is a
// formula, also when a spreadsheet trims it.
func FuzzTitlesInCSV(f *testing.F) {
	for _, s := range titles {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, title string) {
		got := titled(t, title, CSV)
		rows, err := csv.NewReader(strings.NewReader(got)).ReadAll()
		if err != nil || len(rows) != 3 {
			t.Fatalf("title %q gives %d rows, %v", title, len(rows), err)
		}
		for _, row := range rows[1:] {
			for i, cell := range row[:len(csvHead)] {
				number := regexp.MustCompile(`^-?[0-9.]+$`).MatchString(cell)
				if trimmed := strings.TrimSpace(cell); trimmed != "" && strings.ContainsRune("=+-@", rune(trimmed[0])) && !number {
					t.Errorf("title %q gives the formula %q in column %s", title, cell, csvHead[i])
				}
			}
		}
	})
}

// markdownEscapes are what a title may hold beside plain signs.
var markdownEscapes = regexp.MustCompile("\\\\[\\\\`*_\\[\\]|#~!]|&(?:lt|gt|amp);")

// FuzzTitlesInMarkdown writes any title: it stays text, in one cell of one line.
func FuzzTitlesInMarkdown(f *testing.F) {
	for _, s := range titles {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, title string) {
		plain := markdownEscapes.ReplaceAllString(escape(title), "")
		if strings.ContainsAny(plain, "\\`*_[]|#~!<>&\n\r") {
			t.Errorf("title %q is escaped as %q", title, escape(title))
		}
		got := titled(t, title, Markdown)
		if n, want := strings.Count(got, "\n"), strings.Count(titled(t, "x", Markdown), "\n"); n != want {
			t.Errorf("title %q makes %d lines, want %d", title, n, want)
		}
	})
}

// FuzzTitlesInJSON writes any title: a program reads back what the tracker said,
// as far as that is text.
func FuzzTitlesInJSON(f *testing.F) {
	for _, s := range titles {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, title string) {
		got := titled(t, title, JSON)
		var d Document
		if strings.Count(got, "\n") != 1 {
			t.Fatalf("title %q makes more lines than one", title)
		}
		if err := json.Unmarshal([]byte(got), &d); err != nil {
			t.Fatal(err)
		}
		for _, it := range d.Items {
			if want := string([]rune(title)); it.Key == "PAY-1" && it.Title != want { // a broken byte reads as U+FFFD
				t.Errorf("title %q reads back as %q", title, it.Title)
			}
		}
	})
}
