package report

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// escapes are terminal control sequences: CSI, OSC (up to its end), and the
// short ones.
var escapes = regexp.MustCompile("\x1b\\[[0-?]*[ -/]*[@-~]|\x1b\\][^\x07\x1b]*(?:\x07|\x1b\\\\)?|\x1b[@-Z\\\\-_]|\u009b[0-?]*[ -/]*[@-~]")

// Clean makes a text from a tracker safe for one line of a terminal or a
// document: control sequences and characters go, marks that turn the reading
// direction or hide themselves go, any white space becomes one blank, broken
// UTF-8 becomes U+FFFD. Letters of every script stay.
func Clean(s string) string {
	s = strings.ToValidUTF8(escapes.ReplaceAllString(s, ""), string(utf8.RuneError))
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), r == '\u2028', r == '\u2029':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r) && r != '\u200d', unicode.Is(unicode.Co, r):
			return -1 // U+200D stays: it joins emoji and Indic letters
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// width gives the cells that a clean text takes on a terminal.
func width(s string) int { return runewidth.StringWidth(s) }

// fit cuts a clean text to n cells, with an ellipsis where something went.
func fit(s string, n int) string {
	if width(s) <= n {
		return s
	}
	return runewidth.Truncate(s, n, "…")
}

// pad fills a clean text up to n cells.
func pad(s string, n int) string {
	return s + strings.Repeat(" ", max(0, n-width(s)))
}

// padLeft fills a clean text up to n cells from the left.
func padLeft(s string, n int) string {
	return strings.Repeat(" ", max(0, n-width(s))) + s
}

// wrap breaks a clean text at blanks into lines of at most n cells, as far as
// its words allow.
func wrap(s string, n int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(s) {
		switch {
		case line == "":
			line = word
		case width(line)+1+width(word) <= n:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// Printable makes a text of several lines safe for a terminal, each line as
// Clean does, indents kept.
func Printable(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		body := strings.TrimLeft(l, " ")
		lines[i] = l[:len(l)-len(body)] + Clean(body)
	}
	return strings.Join(lines, "\n")
}

// Say joins clean texts as sentences: each begins with a capital and ends with
// a stop.
func Say(texts ...string) string {
	var said []string
	for _, t := range texts {
		if t = Clean(t); t == "" {
			continue
		}
		if !strings.ContainsAny(t[len(t)-1:], ".!?") {
			t += "."
		}
		said = append(said, capital(t))
	}
	return strings.Join(said, " ")
}
