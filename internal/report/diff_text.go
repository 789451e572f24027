package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"stackrank/internal/work"
)

// moversShown is how many items that move the text shows.
const moversShown = 10

// Write renders the comparison as text or JSON; JSON is one line.
func (d Difference) Write(w io.Writer, f Format, s Style) error {
	if s.Top > 0 {
		d.Movers = d.Movers[:min(s.Top, len(d.Movers))]
	}
	return write(w, f, d, func() string { return d.text(s) })
}

// text prints the comparison for people:
//
//	payments  174 items · stackrank.yaml against proposal.yaml · 2026-11-24 09:00 UTC
//
//	ORDER  140 items stand elsewhere
//	  …
func (d Difference) text(s Style) string {
	p := &printer{width: cmp.Or(s.Width, defaultWidth), color: s.Color}
	p.b.WriteString(p.bold(d.Backlog))
	when := Document{At: d.At, Timezone: d.Timezone}.when()
	p.b.WriteString(fit(fmt.Sprintf("  %s · now against %s · %s", plural(d.Of, "item"), Clean(d.With), when), p.width-width(d.Backlog)) + "\n")
	p.agreement(d)
	p.criteria(d)
	p.cuts(d)
	p.movers(d, cmp.Or(s.Top, moversShown))
	return p.b.String()
}

func (p *printer) agreement(d Difference) {
	if d.Moved == 0 {
		p.title("ORDER", "the same under both policies")
		return
	}
	verb := "items stand"
	if d.Moved == 1 {
		verb = "item stands"
	}
	p.title("ORDER", fmt.Sprintf("%s %s elsewhere", work.Thousands(float64(d.Moved)), verb))
	p.paragraph("  ", fmt.Sprintf("Kendall's tau %.2f, Spearman's rho %.2f; 1 is the same order, 0 is chance.", d.Kendall, d.Spearman))
	if a, b := d.Policies[0].Model, d.Policies[1].Model; a != b {
		said := fmt.Sprintf("The model is %s instead of %s.", b, a)
		if !d.OneScale {
			said += " Their points have no common scale, so none are compared."
		}
		p.paragraph("  ", said)
	}
}

// criteria prints what each criterion says under both policies.
func (p *printer) criteria(d Difference) {
	var rows [][]string
	heads, shown := []string{"criterion", "weight", "then", "share", "then", "points", "then", "change"}, len("<>>>>>>>")
	if !d.OneScale {
		shown = len("<>>>>")
	}
	for _, c := range d.Criteria {
		if c.Weights[0] == 0 && c.Weights[1] == 0 {
			continue
		}
		rows = append(rows, []string{
			nameOf(c.Criterion), percent(c.Weights[0]), percent(c.Weights[1]), percent(c.Shares[0]), percent(c.Shares[1]),
			decimal(c.Points[0], 1), decimal(c.Points[1], 1), signed(c.Points[1] - c.Points[0]),
		}[:shown])
	}
	p.title("CRITERIA", "means over all items, now and then")
	p.grid(heads[:shown], "<>>>>>>>", rows)
}

// signed prints a change with its sign.
func signed(x float64) string {
	if x = round(x, 1); x == 0 {
		return "0.0"
	}
	return fmt.Sprintf("%+.1f", x)
}

// cuts prints who crosses each line.
func (p *printer) cuts(d Difference) {
	if len(d.Cuts) == 0 {
		return
	}
	p.title("CUT LINES", "")
	for _, c := range d.Cuts {
		places := work.Thousands(float64(c.Places[1]))
		if c.Places[0] != c.Places[1] {
			places = work.Thousands(float64(c.Places[0])) + ", then " + places
		}
		head := fmt.Sprintf("%s (%s)", Clean(c.Name), places)
		if len(c.Enter)+len(c.Leave) == 0 {
			p.line("  %s: nobody crosses it.", head)
			continue
		}
		p.line("  %s", head)
		p.crossers("in:  ", c.Enter)
		p.crossers("out: ", c.Leave)
	}
}

func (p *printer) crossers(way string, list []Mover) {
	if len(list) == 0 {
		return
	}
	said := make([]string, len(list))
	for i, m := range list {
		said[i] = fmt.Sprintf("%s %d→%d", Clean(m.Key), m.From, m.To)
	}
	for i, l := range wrap(strings.Join(said, ", "), p.width-4-len(way)) {
		if i > 0 {
			way = strings.Repeat(" ", len(way))
		}
		p.b.WriteString("    " + way + l + "\n")
	}
}

// movers prints who moves farthest, and which criteria did it.
func (p *printer) movers(d Difference, top int) {
	if len(d.Movers) == 0 {
		return
	}
	shown := d.Movers[:min(top, len(d.Movers))]
	p.title("MOVES", fmt.Sprintf("the farthest %s of %s", work.Thousands(float64(len(shown))), work.Thousands(float64(d.Moved))))
	for _, m := range shown {
		way := fmt.Sprintf("%d→%d", m.From, m.To)
		head := fmt.Sprintf("  %s  %s  ", Clean(m.Key), way)
		p.line("%s%s", head, fit(cmp.Or(Clean(m.Title), "(no title)"), max(0, p.width-width(head))))
		p.paragraph("    ", choose(d.OneScale, m.shifts(), m.Facts))
	}
}

// shifts words the largest changes of points, and what stands beside them:
// "demand +8.2, priority −4.0 points; urgency ×1.5→×1.0".
func (m Mover) shifts() string {
	const most = 3
	var said []string
	for _, s := range m.Shifts[:min(most, len(m.Shifts))] {
		if by := signed(s.Points); by != "0.0" {
			said = append(said, nameOf(s.Criterion)+" "+by)
		}
	}
	var out []string
	if len(said) > 0 {
		out = append(out, strings.Join(said, ", ")+" points")
	}
	if was, is := decimal(m.Urgency[0], 1), decimal(m.Urgency[1], 1); was != is {
		out = append(out, "urgency ×"+was+"→×"+is)
	}
	if was, is := decimal(m.Work[0], 1), decimal(m.Work[1], 1); was != is {
		out = append(out, "work ÷"+was+"→÷"+is)
	}
	if len(out) == 0 {
		return "Its own figures stay; others or links move it."
	}
	return strings.Join(out, "; ")
}
