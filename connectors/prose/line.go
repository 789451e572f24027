package prose

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	blanks = " \t\r\n\u00a0"
	// marks are what lists, quotes, tables, check boxes and emphasis put before a line.
	marks = blanks + "*_#>|+-–—•·[]()✓☐☑~\"'`:.0123456789"
	// ends are what may follow the last word of a title or a step.
	ends = blanks + "*_#|-–—:.,;)`"
	// shortTitle is how many words a line before a colon may have to be a heading.
	shortTitle = 3
)

// line is one line of a description without its markup.
type line struct {
	text    string // lower case, blanks single; "" where it holds no word
	heading bool
}

func readLine(raw string) line {
	s := strings.ToLower(strings.Trim(raw, blanks))
	if !wordy(s) {
		return line{}
	}
	s, heading := panel(s)
	if level, rest, ok := strings.Cut(s, ". "); ok && len(level) == 2 && level[0] == 'h' && isDigit(level[1]) {
		s, heading = rest, true
	}
	s = macros(s)
	heading = heading || strings.HasPrefix(s, "##") || bold(s)
	s = strings.TrimLeft(s, marks)
	if rest, ok := strings.CutPrefix(s, "x]"); ok { // a box that is ticked
		s = strings.TrimLeft(rest, marks)
	}
	if !wordy(s) {
		return line{}
	}
	s, words := single(s)
	return line{s, heading || words <= shortTitle && strings.HasSuffix(s, ":")}
}

// single gives a text with one blank between its words, and counts them.
func single(s string) (text string, words int) {
	length := 0
	for word := range strings.FieldsSeq(s) {
		words++
		length += len(word) + 1
	}
	if length-1 == len(s) && !strings.ContainsAny(s, "\t\n\v\f\r") {
		return s, words
	}
	return strings.Join(strings.Fields(s), " "), words
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// panel gives the title of a panel, as in {panel:title=Acceptance criteria|…}.
func panel(s string) (string, bool) {
	rest, is := strings.CutPrefix(s, "{panel:")
	if !is {
		return s, false
	}
	_, title, _ := strings.Cut(rest, "title=")
	if end := strings.IndexAny(title, "|}"); end >= 0 {
		title = title[:end]
	}
	return title, true
}

// macros drops what stands in braces: {color:red}, {noformat}.
func macros(s string) string {
	var b strings.Builder
	for {
		before, rest, opened := strings.Cut(s, "{")
		_, after, closed := strings.Cut(rest, "}")
		if !opened || !closed {
			b.WriteString(s)
			return strings.Trim(b.String(), blanks)
		}
		b.WriteString(before)
		s = after
	}
}

// bold reports whether the whole line is emphasised, as people make headings.
func bold(s string) bool {
	if len(s) < 3 || s[0] != '*' && s[0] != '_' || s[1] == ' ' {
		return false
	}
	s = strings.TrimRight(s, ":")
	return s[len(s)-1] == s[0]
}

// wordy reports whether a text holds a letter or a digit.
func wordy(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

// afterWords gives what follows the words at the beginning of a text.
func afterWords(s, words string) (string, bool) {
	rest, ok := strings.CutPrefix(s, words)
	r, _ := utf8.DecodeRuneInString(rest)
	return rest, ok && !unicode.IsLetter(r)
}

// holds reports whether a text holds the words, as words.
func holds(s, words string) bool {
	for at := 0; ; {
		i := strings.Index(s[at:], words)
		if i < 0 {
			return false
		}
		before, _ := utf8.DecodeLastRuneInString(s[:at+i])
		if _, whole := afterWords(s[at+i:], words); whole && !unicode.IsLetter(before) {
			return true
		}
		at += i + len(words)
	}
}
