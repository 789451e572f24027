package config

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Problem is one thing that is wrong with a configuration.
type Problem struct {
	Where string // "stackrank.yaml:12", "environment variable STACKRANK_STATE" or "flag --log-level"
	Line  int    // in the file, from 1; 0: not from a line
	Path  string // "sources[1].jql"; "": the file as a whole
	Text  string // what is wrong and what is wanted; never a secret
}

// String gives "stackrank.yaml:12: sources[1].jql: missing".
func (p Problem) String() string {
	if p.Path == "" {
		return p.Where + ": " + p.Text
	}
	return p.Where + ": " + p.Path + ": " + p.Text
}

// Problems is everything that is wrong with a configuration, in the order of
// the file; what comes from flags and the environment stands first. It is the
// error that Load returns.
type Problems []Problem

// Error gives one line for each problem.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

// place is where a value was given.
type place struct {
	line int
	from string // the variable or the flag; "": the file
}

// problems collects what is wrong and knows where each path was given.
type problems struct {
	file string
	at   map[string]place
	list Problems
}

func newProblems(file string) *problems {
	return &problems{file: file, at: map[string]place{}}
}

// add files a problem of the value at path. A value that is missing is reported
// where the block stands that should hold it.
func (p *problems) add(path, format string, args ...any) {
	p.addAt(p.find(path), path, fmt.Sprintf(format, args...))
}

func (p *problems) addAt(at place, path, text string) {
	text = strings.Map(visible, userinfo.ReplaceAllString(text, "//"+hidden+"@"))
	one := Problem{Where: at.from, Line: at.line, Path: path, Text: text}
	switch {
	case at.from != "":
		one.Line = 0
	case at.line > 0:
		one.Where = fmt.Sprintf("%s:%d", p.file, at.line)
	default:
		one.Where = p.file
	}
	p.list = append(p.list, one)
}

func (p *problems) find(path string) place {
	for ; path != ""; path = above(path) {
		if at, ok := p.at[path]; ok {
			return at
		}
	}
	return place{}
}

// above gives the path of the block or list around a path, "" for the file.
func above(path string) string { return path[:max(0, strings.LastIndexAny(path, ".["))] }

// userinfo is the part of an address that may hold a password.
var userinfo = regexp.MustCompile(`//[^/\s"]*@`)

func visible(r rune) rune {
	if unicode.IsControl(r) {
		return ' '
	}
	return r
}

// hidden stands for what may be a secret.
const hidden = "•••"

// keyed is what an error of a settings type begins with: the path of the key
// inside its block.
var keyed = regexp.MustCompile(`^([a-z][a-z0-9_]*(?:\[\d+\]|\.[^.:\[\]]+)*): `)

// addErrors files an error that joins several, each beginning with the key that
// it is about, as the Validate methods of the settings types return them. What
// is known about a key, or about one below it, is closer to the cause.
func (p *problems) addErrors(base string, err error) {
	known := slices.Clone(p.list)
	for _, one := range split(err) {
		text, path := one.Error(), base
		if m := keyed.FindStringSubmatch(text); m != nil {
			text, path = text[len(m[0]):], base+"."+m[1]
		}
		below := func(k Problem) bool { return above(k.Path) == path }
		if !slices.ContainsFunc(known, below) {
			p.addOnce(path, "%s", text+suggestWord(text))
		}
	}
}

// split gives the errors that were joined, however deep.
func split(err error) []error {
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		return []error{err}
	}
	var out []error
	for _, one := range joined.Unwrap() {
		out = append(out, split(one)...)
	}
	return out
}

// addOnce is add unless something is wrong already with the value at path or
// with a block around it: that is closer to the cause.
func (p *problems) addOnce(path, format string, args ...any) {
	for at := path; at != ""; at = above(at) {
		if p.has(at) {
			return
		}
	}
	p.add(path, format, args...)
}

// given reports whether a key is there at all.
func (p *problems) given(path string) bool {
	_, ok := p.at[path]
	return ok
}

// has reports whether a problem of exactly this path is known.
func (p *problems) has(path string) bool {
	return slices.ContainsFunc(p.list, func(one Problem) bool { return one.Path == path })
}

// err gives the problems in the order of the file, or nil.
func (p *problems) err() error {
	if len(p.list) == 0 {
		return nil
	}
	slices.SortStableFunc(p.list, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	return slices.Compact(p.list)
}

// wrongWord is how settings types refuse a word that is none of a few:
// `"kep": want keep, overwrite, report`.
var wrongWord = regexp.MustCompile(`^"([^"]*)"[:;] want ([a-z][a-z0-9_-]*(?:(?:, | or )[a-z][a-z0-9_-]*)+)$`)

// suggestWord completes such a refusal by the word that was meant.
func suggestWord(text string) string {
	m := wrongWord.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	return suggest(m[1], strings.Split(strings.ReplaceAll(m[2], " or ", ", "), ", "))
}

// suggest gives `; did you mean "word"?` for the candidate that the word most
// likely was meant to be, or "".
func suggest(word string, candidates []string) string {
	best, distance := "", len([]rune(word))/3+2
	for _, c := range candidates {
		if d := edits(strings.ToLower(word), strings.ToLower(c)); d < distance && d < len(c) {
			best, distance = c, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// edits counts the insertions, deletions, replacements and swaps of neighbours
// that lead from a to b: the optimal string alignment distance.
func edits(a, b string) int {
	s, t := []rune(a), []rune(b)
	before, last := make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(s); i++ {
		row := make([]int, len(t)+1)
		row[0] = i
		for j := 1; j <= len(t); j++ {
			step := 1
			if s[i-1] == t[j-1] {
				step = 0
			}
			row[j] = min(row[j-1]+1, last[j]+1, last[j-1]+step)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(t)]
}
