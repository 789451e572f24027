package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"stackrank/internal/work"
	"stackrank/prioritize/explain"
)

// ExplainFormats lists the formats of explanations and comparisons for help.
const ExplainFormats = "text, json"

// Write renders the explanation as text or JSON; JSON is one line.
func (x Explanation) Write(w io.Writer, f Format, s Style) error {
	return write(w, f, x, func() string { return x.text(s) })
}

// write renders one of two formats.
func write(w io.Writer, f Format, doc any, text func() string) error {
	switch f {
	case Text:
		_, err := io.WriteString(w, text())
		return err
	case JSON:
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		return enc.Encode(doc)
	}
	return fmt.Errorf("format %q: want %s", f, ExplainFormats)
}

// text prints the explanation for people:
//
//	PAY-42  Refund fails for split payments
//	payments  place 3 of 174 · score 74.5 · tier now · 2026-11-24 09:00 UTC
//	  14 comments this month, top priority, two days' work, due Friday.
//
//	SCORE
//	  criterion  figure     weight  share  points
//	  priority   high         25 %   75 %    18.8
//	…
func (x Explanation) text(s Style) string {
	p := &printer{width: cmp.Or(s.Width, defaultWidth), color: s.Color}
	it := x.Item
	p.b.WriteString(p.bold(Clean(it.Key)) + strings.TrimRight("  "+fit(titleOf(it), max(p.width-width(Clean(it.Key))-2, 0)), " ") + "\n")
	p.line("%s", x.head())
	for _, r := range it.Reasons {
		p.paragraph("  ", r)
	}
	p.versus(x)
	p.figures(x)
	p.stands(x)
	p.turns(x)
	p.weights(x)
	return p.b.String()
}

func (x Explanation) head() string {
	place := fmt.Sprintf("place %s of %s", work.Thousands(float64(x.Item.Place)), work.Thousands(float64(x.Of)))
	if x.Rank != x.Item.Place {
		place += fmt.Sprintf(", %s by score", work.Thousands(float64(x.Rank)))
	}
	parts := []string{x.Backlog, place, "score " + decimal(x.Item.Score, 1)}
	if x.Item.Tier != "" {
		parts = append(parts, "tier "+x.Item.Tier)
	}
	when, _, _ := strings.Cut(Document{At: x.At, Timezone: x.Timezone}.when(), " ")
	return strings.Join(append(parts, when), " · ")
}

// grid prints rows under their heads, the columns in right to the right.
func (p *printer) grid(heads []string, right string, rows [][]string) {
	widths := make([]int, len(heads))
	for _, r := range append([][]string{heads}, rows...) {
		for i, cell := range r {
			widths[i] = max(widths[i], width(cell))
		}
	}
	for k, r := range append([][]string{heads}, rows...) {
		var b strings.Builder
		for i, cell := range r {
			if right[i] == '>' {
				cell = padLeft(cell, widths[i])
			}
			b.WriteString("  " + pad(cell, widths[i]))
		}
		text := strings.TrimRight(fit(b.String(), p.width), " ")
		if k == 0 {
			text = p.dim(text)
		}
		p.b.WriteString(text + "\n")
	}
}

// figures prints the parts of the score.
func (p *printer) figures(x Explanation) {
	p.title("SCORE", "by model "+x.Policy.Model)
	var rows [][]string
	for _, f := range x.Figures {
		if f.Weight == 0 && f.Points == 0 && !f.Known {
			continue
		}
		rows = append(rows, []string{nameOf(f.Criterion), Clean(f.Said), percent(f.Weight), percent(f.Share), decimal(f.Points, 1)})
	}
	rows = append(rows, x.sums()...)
	p.grid([]string{"criterion", "figure", "weight", "share", "points"}, "<<>>>", rows)
}

// sums are the rows that lead from the points to the score.
func (x Explanation) sums() [][]string {
	it := x.Item
	row := func(name, figure string, x float64, digits int) []string {
		return []string{name, figure, "", "", decimal(x, digits)}
	}
	rows := [][]string{row(totals[x.Shape], "", it.Value, 1)}
	if it.Urgency != 1 {
		rows = append(rows, row("× urgency", dueBy(it), it.Urgency, 2))
	}
	if x.Work != 1 || x.Shape == "quotient" {
		divisor := "days of work"
		if d, ok := divisors[x.Policy.Model]; ok {
			divisor = d
		}
		rows = append(rows, row("÷ "+divisor, x.Estimate, x.Work, 2), row("quotient", "", x.Ratio, 1))
	}
	if x.Density != x.Ratio {
		rows = append(rows, row("with its links", x.shared(), x.Density, 1))
	}
	return append(rows, row("score", "", it.Score, 1))
}

// shared writes what the item comes to with what it is linked with: its own
// weight and what it is lent, by what it takes; nothing where it takes nothing,
// and for a member of a cycle, which has the figure of the cycle.
func (x Explanation) shared() string {
	sign, lent := "+", x.Item.Lent
	if x.Takes == 0 || math.Abs(x.Weighs+lent-x.Density*x.Takes) > 0.01*x.Weighs {
		return ""
	}
	if lent < 0 {
		sign, lent = "-", -lent
	}
	return fmt.Sprintf("(%s %s %s) ÷ %s", decimal(x.Weighs, 1), sign, decimal(lent, 1), decimal(x.Takes, 2))
}

// totals names what the points come to, by shape.
var totals = map[string]string{"quotient": "value", "sum": "sum", "product": "product"}

// divisors names what a model divides by, where it is not days of work.
var divisors = map[string]string{
	"wsjf": "job size", "moscow/wsjf": "job size", "rice": "months of work", "moscow/rice": "months of work",
}

// stands says what else decides where the item stands.
func (p *printer) stands(x Explanation) {
	var said []string
	if len(x.Waits) > 0 {
		keys := make([]string, len(x.Waits))
		for i, w := range x.Waits {
			keys[i] = Clean(w.Key)
		}
		said = append(said, "It waits for "+listed(keys)+".")
	}
	for _, l := range x.Lenders {
		lends := fmt.Sprintf(" and lends it %s points a week", decimal(l.Amount, 1))
		said = append(said, Clean(l.Key)+" waits for it"+choose(round(l.Amount, 1) > 0, lends, "")+".")
	}
	if x.Counts != "" {
		said = append(said, x.Counts)
	}
	if x.Pin != nil {
		said = append(said, priced(pinOf(Clean(x.Item.Key), x.Item.Held), *x.Pin))
	}
	if x.Tiers != nil {
		said = append(said, priced("Putting whole tiers first", *x.Tiers))
	}
	for _, c := range x.Cuts {
		if c.Enters != "" {
			said = append(said, fmt.Sprintf("It enters the first %s on %s if nothing else changes.", work.Thousands(float64(c.Places)), c.day()))
		}
	}
	if len(said) == 0 {
		return
	}
	p.title("BESIDES", "")
	for _, s := range said {
		p.paragraph("  ", s)
	}
}

// day writes the day of entering as people do.
func (c Cut) day() string {
	day, err := time.Parse(time.DateOnly, c.Enters)
	if err != nil {
		return c.Enters
	}
	return day.Format("2 January 2006")
}

// dueBy says what sets the urgency.
func dueBy(it Item) string {
	var said []string
	if it.Class != "" {
		said = append(said, "class "+nameOf(it.Class))
	}
	if it.Due != "" {
		said = append(said, "due "+it.Due)
	}
	if len(said) == 0 {
		return "no date"
	}
	return strings.Join(said, ", ")
}

// priced words the price of a rule.
func priced(what string, share float64) string {
	switch {
	case share <= -leastPrice:
		return fmt.Sprintf("%s makes delay cost %s less.", what, percentFine(-share))
	case share < leastPrice:
		return what + " costs next to nothing."
	}
	return fmt.Sprintf("%s makes delay cost %s more.", what, percentFine(share))
}

// turns prints what would move the item.
func (p *printer) turns(x Explanation) {
	for _, up := range []bool{true, false} {
		title := choose(up, "UP", "DOWN")
		first := true
		for _, t := range x.Turns {
			if t.Up != up {
				continue
			}
			if first {
				p.title(title, "by score, one of these changes alone would put it")
				first = false
			}
			p.hanging("  "+t.goal(), t.said())
		}
	}
}

// goal says what passing the other means.
func (t Turn) goal() string {
	side := choose(t.Up, "above", "below")
	goal := fmt.Sprintf("%s %s at %d", side, Clean(t.Key), t.Place)
	if t.Cut == "" {
		return goal
	}
	return goal + choose(t.Up, ", into ", ", out of ") + Clean(t.Cut)
}

// said lists the changes, the smallest first.
func (t Turn) said() string {
	if t.Linked {
		return "no change does, as links put them into this order"
	}
	if len(t.Changes) == 0 {
		return "no change of a single figure does that"
	}
	said := make([]string, len(t.Changes))
	for i, c := range t.Changes {
		said[i] = c.Said
	}
	return strings.Join(said, "; or ")
}

// hanging prints a head and a text behind it, which goes on under itself.
func (p *printer) hanging(head, text string) {
	p.b.WriteString(fit(head, p.width) + "\n")
	p.paragraph("    ", text)
}

func (p *printer) weights(x Explanation) {
	if len(x.Weights) == 0 || len(x.Cuts) == 0 {
		return
	}
	p.title("WEIGHTS", fmt.Sprintf("the first %s stay the same while", work.Thousands(float64(x.Cuts[0].Places))))
	var rows [][]string
	for _, w := range x.Weights {
		rows = append(rows, []string{nameOf(w.Criterion), percentFine(w.Weight), percentFine(w.Low), percentFine(w.High)})
	}
	p.grid([]string{"criterion", "is", "stays from", "to"}, "<>>>", rows)
}

// certain writes a probability; none is ever 100 %.
func certain(p float64) string {
	if p > 0.99 {
		return "more than 99 %"
	}
	return percent(p)
}

// versus prints why one item stands above another.
func (p *printer) versus(x Explanation) {
	if x.Versus == nil {
		return
	}
	v := *x.Versus
	p.title("WHY", fmt.Sprintf("%s at %d, %s at %d", Clean(v.Keys[0]), v.Places[0], Clean(v.Keys[1]), v.Places[1]))
	p.paragraph("  ", v.Said)
	if v.Places[0] > v.Places[1] {
		p.paragraph("  ", "By score it is so; items that keep their places turn it round.")
	}
	if v.Kind != string(explain.Level) && v.Kind != string(explain.Tier) {
		p.paragraph("  ", fmt.Sprintf("%s belongs above with a certainty of %s.", Clean(v.Keys[0]), certain(v.Sure)))
	}
	var rows [][]string
	for _, t := range v.Terms {
		if v.effect(t.Effect) == v.effect(v.neutral()) {
			continue
		}
		rows = append(rows, []string{v.effect(t.Effect), t.Said, decimal(t.Above, 1), decimal(t.Below, 1)})
	}
	if len(rows) > 0 {
		p.grid([]string{"effect", "", Clean(v.Keys[0]), Clean(v.Keys[1])}, "><>>", rows)
	}
	p.hanging("  "+Clean(v.Keys[1])+" would pass by", Turn{Changes: v.Turns, Linked: v.Linked}.said())
	for _, w := range v.Weight {
		p.line("  With %s at %s instead of %s both would stand equal.", nameOf(w.Criterion), percentFine(w.At), percentFine(w.Weight))
	}
}
