package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"stackrank/internal/work"
)

// The first screen holds 24 lines of 80 cells, so its parts are short and the
// rest of the report follows below.
const (
	defaultWidth = 80
	defaultTop   = 20
	screen       = 24 // lines of the first screen
	basisShown   = 8  // lines of "what the order rests on"
	askLines     = 5  // lines of "what to decide"
	movesShown   = 5  // items of "what moves and why", two lines each, as far as there is room
)

// writeText prints a report for people at a terminal. Its first screen says what
// the order rests on, what moves and why, and what a person has to decide:
//
//	payments  ·  1,961 items of jira and trello  ·  model cd3u  ·  2026-11-24 09:00 UTC
//
//	RESTS ON
//	  priority  known for  63 %  5 different values
//	  demand    known for 100 %  48 different values
//
//	MOVES  5 items in 2 calls; 12 fields and 3 labels change
//	   1  PAY-42  Refund fails for split payments                    from 12
//	      14 customers asked this month, two days' work, due Friday.
//
//	DECIDE
//	  The first write of this backlog needs --force.
func writeText(w io.Writer, d Document, s Style) error {
	p := &printer{width: cmp.Or(s.Width, defaultWidth), color: s.Color}
	p.head(d)
	p.rests(d)
	decide := &printer{width: p.width, color: p.color}
	decide.decide(d)
	p.moves(d, screen-p.lines()-decide.lines())
	p.b.WriteString(decide.b.String())
	p.table(d, cmp.Or(s.Top, defaultTop))
	p.next(d)
	p.voices(d)
	p.findings(d)
	p.plan(d)
	p.written(d)
	_, err := io.WriteString(w, p.b.String())
	return err
}

type printer struct {
	b     strings.Builder
	width int
	color bool
}

// lines counts what was printed.
func (p *printer) lines() int { return strings.Count(p.b.String(), "\n") }

// line prints one line, cut to the width.
func (p *printer) line(format string, args ...any) {
	p.b.WriteString(strings.TrimRight(fit(fmt.Sprintf(format, args...), p.width), " ") + "\n")
}

// title begins a part.
func (p *printer) title(word, rest string) {
	rest = fit(rest, max(0, p.width-width(word)-2))
	p.b.WriteString("\n" + p.bold(word))
	if rest != "" {
		p.b.WriteString("  " + rest)
	}
	p.b.WriteString("\n")
}

func (p *printer) bold(s string) string {
	if !p.color {
		return s
	}
	return "\x1b[1m" + s + "\x1b[0m"
}

func (p *printer) dim(s string) string {
	if !p.color {
		return s
	}
	return "\x1b[2m" + s + "\x1b[0m"
}

// paragraph prints a sentence, broken at blanks, behind an indent.
func (p *printer) paragraph(indent, sentence string) {
	for _, l := range wrap(Clean(sentence), p.width-len(indent)) {
		p.b.WriteString(indent + l + "\n")
	}
}

func (p *printer) head(d Document) {
	names := make([]string, len(d.Sources))
	for i, s := range d.Sources {
		names[i] = s.Name
	}
	p.b.WriteString(p.bold(d.Backlog))
	rest := fmt.Sprintf("  %s of %s · model %s · %s", plural(len(d.Items), "item"), listed(names), d.Policy.Model, d.when())
	p.b.WriteString(fit(rest, p.width-width(d.Backlog)) + "\n")
}

func (p *printer) rests(d Document) {
	p.title("RESTS ON", "")
	told, silent := spoken(d.Basis)
	name := 0
	for _, b := range told {
		name = max(name, width(b.Criterion))
	}
	for _, b := range told[:min(basisShown, len(told))] {
		p.line("  %s  known for %s  %s", pad(b.Criterion, name), padLeft(percent(b.Known), 5), b.note())
	}
	if more := len(told) - basisShown; more > 0 {
		p.line("  … and %d more criteria", more)
	}
	if len(silent) > 0 {
		p.paragraph("  ", "Known for no item: "+listed(silent)+".")
	}
	for _, remark := range d.remarks() {
		p.paragraph("  ", remark)
	}
}

// spoken parts the criteria that say something from the names of those that say
// nothing; one of these alone keeps its line.
func spoken(basis []Basis) (told []Basis, silent []string) {
	for _, b := range basis {
		if b.Known+b.Inherited > 0 {
			told = append(told, b)
		} else {
			silent = append(silent, nameOf(b.Criterion))
		}
	}
	if len(silent) == 1 {
		return basis, nil
	}
	return told, silent
}

// when gives the moment of the report in the zone in which its days end.
func (d Document) when() string {
	at := d.At
	if zone, err := time.LoadLocation(d.Timezone); err == nil {
		at = at.In(zone)
	}
	return at.Format("2006-01-02 15:04 MST")
}

// decide lists what a person has to decide or mend: brakes first, then what
// fails, then what is odd.
func (p *printer) decide(d Document) {
	asks := asks(d)
	if len(asks) == 0 {
		p.title("DECIDE", "nothing")
		return
	}
	p.title("DECIDE", "")
	for i, a := range asks {
		said := wrap(Clean(a), p.width-2)
		if i > 0 && i >= len(d.Brakes) && p.lines()+len(said) > askLines+2 {
			p.line("  … and %s more below.", work.Thousands(float64(len(asks)-i)))
			return
		}
		for _, l := range said {
			p.line("  %s", l)
		}
	}
}

func asks(d Document) []string {
	var out []string
	for _, b := range d.Brakes {
		out = append(out, Say(b.Message))
	}
	for _, level := range []string{"failure", "warning"} {
		for _, f := range d.Findings {
			if f.Level == level {
				out = append(out, said(d, f))
			}
		}
	}
	for _, s := range d.Plan.Skipped {
		if s.Ref.IsZero() {
			out = append(out, Say(s.Why))
		}
	}
	return out
}

// said words a finding: where, unless the message names it, what, and the fix.
func said(d Document, f Finding) string {
	where := label(d, f)
	if f.Message == "" {
		return strings.TrimSuffix(where, ": ")
	}
	if strings.Contains(f.Message, strings.TrimSuffix(where, ": ")) {
		where = ""
	}
	return where + Say(f.Message, f.Fix)
}

// label names the item or source that a finding is about.
func label(d Document, f Finding) string {
	if f.Ref.IsZero() && f.Source != "" {
		return f.Source + ": "
	}
	return named(d, f.Ref)
}

// named gives "PAY-42: ", or nothing for the zero ref.
func named(d Document, ref work.Ref) string {
	if ref.IsZero() {
		return ""
	}
	for _, it := range d.Items {
		if it.Ref == ref {
			return it.Key + ": "
		}
	}
	for _, c := range d.Plan.Changes { // mirrors have changes of their own, but no lines
		if c.Ref == ref && c.Key != "" {
			return Clean(c.Key) + ": "
		}
	}
	return ref.String() + ": "
}

// titleOf gives the title as it is printed.
func titleOf(it Item) string {
	if it.redacted() {
		return ""
	}
	return cmp.Or(Clean(it.Title), "(no title)")
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return work.Thousands(float64(n)) + " " + noun + "s"
}

func listed(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

func percent(f float64) string     { return fmt.Sprintf("%.0f %%", 100*f) }
func percentFine(f float64) string { return fmt.Sprintf("%.1f %%", 100*f) }
