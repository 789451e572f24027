// Package prose owns what a free text of a tracker tells in yes or no: whether a
// description says when the work is done, and whether a comment ends in a
// question. Connectors ask it while they convert and keep the answer, not the
// text. It understands English and German, in plain text, Markdown and the wiki
// markup of Jira.
package prose

import (
	"slices"
	"strings"
	"unicode"
)

// titles head a list of criteria. Each is the whole of a line, or what stands
// before a colon, or a part of a heading.
var titles = []string{
	"acceptance criteria", "acceptance criterion", "acceptance tests", "acceptance test", "acceptance",
	"success criteria", "exit criteria", "completion criteria", "criteria", "conditions of satisfaction",
	"definition of done", "dod", "ac",
	"akzeptanzkriterien", "akzeptanzkriterium", "akzeptanztests", "akzeptanztest",
	"abnahmekriterien", "abnahmekriterium", "abnahme", "kriterien", "erfolgskriterien",
	"definition von fertig", "definition von erledigt",
}

// clauses begin a criterion that the same sentence goes on with.
var clauses = []string{
	"done when", "done if", "it is done when", "this is done when", "complete when",
	"fertig, wenn", "fertig wenn", "erledigt, wenn", "erledigt wenn", "abgeschlossen, wenn",
}

// scenario are the steps of a test in words, in their order.
var scenario = [...][]string{
	{"given", "angenommen", "gegeben"}, {"when", "wenn"}, {"then", "dann"},
}

// Criteria reports whether a description says when the work is done: under a
// title such as "Acceptance criteria", in a sentence that begins "Done when", or
// as a scenario of given, when and then. A title with nothing below it, as
// templates leave it, says nothing.
func Criteria(description string) bool {
	titled, step := false, 0
	for raw := range strings.Lines(description) {
		l := readLine(raw)
		if l.text == "" {
			continue
		}
		rest, found := l.title()
		if titled && !l.heading && !found || found && wordy(rest) {
			return true
		}
		titled = found
		if step = l.steps(step); step == len(scenario) {
			return true
		}
	}
	return false
}

// title reports whether the line heads criteria, and gives what it goes on with.
func (l line) title() (rest string, found bool) {
	for _, c := range clauses {
		if rest, ok := afterWords(l.text, c); ok {
			return rest, true
		}
	}
	before, rest, _ := strings.Cut(l.text, ":")
	before = strings.TrimRight(before, ends)
	if l.heading {
		return rest, slices.ContainsFunc(titles, func(t string) bool { return holds(before, t) })
	}
	return rest, slices.Contains(titles, strings.TrimRight(before, ends+"0123456789"))
}

// steps goes on with a scenario of which so many steps are done. Each begins its
// line, or follows on the line of the one before.
func (l line) steps(done int) int {
	first := true
	for word := range strings.FieldsSeq(l.text) {
		is := done < len(scenario) && slices.Contains(scenario[done], strings.Trim(word, ends))
		if first && !is {
			return done
		}
		first = false
		if is {
			done++
		}
	}
	return done
}

// Question reports whether a comment ends in a question. People who are called
// after it, as in "Shall we? [~po]", are no part of it.
func Question(comment string) bool {
	for {
		comment = strings.TrimRight(comment, blanks+`*_"'”»)]}`)
		cut := strings.LastIndex(comment, "[~")
		if cut < 0 || strings.ContainsAny(comment[cut:], "?]\n") {
			break
		}
		comment = comment[:cut]
	}
	r := lastRune(comment)
	return r == '?' || r == '？' || r == '؟'
}

func lastRune(s string) rune {
	last := unicode.ReplacementChar
	for _, r := range s[max(0, len(s)-4):] {
		last = r
	}
	return last
}
