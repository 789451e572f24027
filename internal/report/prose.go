package report

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"stackrank/internal/work"
	"stackrank/prioritize"
)

// maxWords is how long the sentence about an item may be: what fits one line
// of a terminal and one look.
const maxWords = 20

// Sentence says in one sentence without figures of the formula why an item
// stands where it does: who asked, how much it matters, how much work it is,
// when it is due, and its class of service. Days are those of the location of at.
func Sentence(s prioritize.Score, at time.Time) string {
	clauses := []string{demand(s), rating(s), importance(s), money(s), effort(s), due(s, at), service(s)}
	keep := make([]string, 0, len(clauses))
	for _, c := range clauses {
		if c != "" {
			keep = append(keep, c)
		}
	}
	for len(keep) > 1 && words(keep) > maxWords {
		keep = keep[1:] // what comes last, work, date and class, decides most
	}
	return capital(strings.Join(keep, ", ")) + "."
}

func words(clauses []string) int { return len(strings.Fields(strings.Join(clauses, " "))) }

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// askers names what a piece of evidence is, one and many.
var askers = map[work.Signal][2]string{
	"customers":   {"customer asked", "customers asked"},
	work.Votes:    {"vote", "votes"},
	work.Comments: {"comment", "comments"},
	work.Watchers: {"watcher", "watchers"},
	work.Repeats:  {"duplicate", "duplicates"},
}

// demand names the strongest evidence: what is recent before what is old,
// duplicates before votes before comments before watchers.
func demand(s prioritize.Score) string {
	best, rank := "", -1.0
	for order, signal := range []work.Signal{"customers", work.Repeats, work.Votes, work.Comments, work.Watchers} {
		for _, t := range s.Evidence {
			if t.Signal != signal || t.Amount < 0.5 || !counts(s, signal) {
				continue
			}
			if r := t.Decayed + 1/float64(order+2); r > rank {
				best, rank = asked(signal, t), r
			}
		}
	}
	return best
}

// counts reports whether a signal adds anything to the value that shows.
func counts(s prioritize.Score, signal work.Signal) bool {
	return slices.ContainsFunc(s.Parts, func(p prioritize.Part) bool { return feeds(signal, p.Criterion) && p.Share >= leastShare })
}

func asked(signal work.Signal, t prioritize.Tally) string {
	if n := int(math.Round(t.Recent)); n > 0 {
		return count(n, askers[signal]) + " this month"
	}
	return count(int(math.Round(t.Amount)), askers[signal])
}

func count(n int, noun [2]string) string {
	if n == 1 {
		return "one " + noun[0]
	}
	return number(n) + " " + noun[1]
}

// levels are the words for a place in the site's order of priorities.
var levels = []struct {
	from float64
	word string
}{{0.99, "top"}, {0.7, "high"}, {0.4, "medium"}, {0.15, "low"}, {0, "lowest"}}

func importance(s prioritize.Score) string {
	p, ok := part(s, "priority")
	if !ok || !p.Known {
		return ""
	}
	for _, l := range levels {
		if p.Figure >= l.from {
			return l.word + " priority"
		}
	}
	return ""
}

// rating says what stakeholders gave the item, or else its parent.
func rating(s prioritize.Score) string {
	const most = 10
	p, ok := part(s, "stakeholders")
	if !ok || p.Figure > most || !p.Known && p.From.IsZero() {
		return ""
	}
	said := "rated " + strconv.FormatFloat(round(p.Figure, 1), 'f', -1, 64) + " of 10"
	if !p.Known {
		return "its parent is " + said
	}
	return said
}

func money(s prioritize.Score) string {
	p, ok := part(s, "revenue")
	if !ok || !p.Known || p.Figure < 1 {
		return ""
	}
	return "revenue of " + work.Thousands(p.Figure)
}

func part(s prioritize.Score, criterion string) (prioritize.Part, bool) {
	for _, p := range s.Parts {
		if p.Criterion == criterion {
			return p, true
		}
	}
	return prioritize.Part{}, false
}

func effort(s prioritize.Score) string {
	if !s.EffortKnown {
		return "not estimated"
	}
	switch half := int(math.Round(s.Effort * 2)); {
	case half <= 1:
		return "half a day's work"
	case half == 2:
		return "one day's work"
	case half%2 == 1 && half/2 < len(numerals):
		return number(half/2) + " and a half days' work"
	default:
		return number(int(math.Round(s.Effort))) + " days' work"
	}
}

// due says the date as people say it: the weekday within a week, the day within
// a year, the year beyond.
func due(s prioritize.Score, at time.Time) string {
	if s.Due.IsZero() {
		return ""
	}
	day := dueDay(s, at)
	days := int(math.Round(midnight(day).Sub(midnight(at)).Hours() / 24))
	switch {
	case days < -365:
		return "overdue since " + strconv.Itoa(day.Year())
	case days < -1:
		return "overdue by " + number(-days) + " days"
	case days == -1:
		return "due yesterday"
	case days == 0:
		return "due today"
	case days == 1:
		return "due tomorrow"
	case days < 7:
		return "due " + day.Weekday().String()
	case days < 300:
		return "due " + day.Format("2 January")
	}
	return "due " + day.Format("January 2006")
}

// service names the class of service, if it is not the standard one.
func service(s prioritize.Score) string {
	if s.Class == work.Standard {
		return ""
	}
	return "class " + nameOf(string(s.Class))
}

// dueDay gives a moment of the day that something is due on. A date ends at 24:00
// of its day, which is the next day already.
func dueDay(s prioritize.Score, at time.Time) time.Time {
	return s.Due.In(at.Location()).Add(-time.Nanosecond)
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

var numerals = []string{
	"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
}

// number writes small counts as words, as prose does.
func number(n int) string {
	if n >= 0 && n < len(numerals) {
		return numerals[n]
	}
	return work.Thousands(float64(n))
}
