package report

import (
	"fmt"
	"strings"

	"stackrank/internal/plan"
	"stackrank/internal/work"
)

// column is one column of the ranked table.
type column struct {
	head  string
	right bool
	cell  func(Item) string
}

// columns are those of the text and the Markdown table; the title comes last
// and takes what room is left.
var columns = []column{
	{"#", true, func(it Item) string { return fmt.Sprint(it.Place) }},
	{bandHead, true, band},
	{"key", false, func(it Item) string { return Clean(it.Key) }},
	{"score", true, func(it Item) string { return figure(it, it.Score) }},
	{"value", true, func(it Item) string { return figure(it, it.Value) }},
	{"urg", true, func(it Item) string { return figure(it, it.Urgency) }},
	{"days", true, func(it Item) string { return figure(it, it.Effort) }},
	{"due", false, func(it Item) string { return it.Due }},
	{"tier", false, func(it Item) string { return it.Tier }},
	{"held", false, func(it Item) string { return it.Held }},
}

// figure prints a figure of an item, unless it is redacted.
func figure(it Item, f float64) string {
	if it.redacted() {
		return ""
	}
	return decimal(f, 1)
}

// bandHead heads the column of bands of places.
const bandHead = "from–to"

// band gives the places among which an item belongs by its score.
func band(it Item) string {
	if it.BandLow == 0 {
		return ""
	}
	return fmt.Sprintf("%d–%d", it.BandLow, it.BandHigh)
}

// cells gives the rows of the items and the columns that hold anything; bands of
// places where there is room for them.
func cells(items []Item, bands bool) (used []column, rows [][]string) {
	for _, c := range columns {
		if c.head == bandHead && !bands {
			continue
		}
		for _, it := range items {
			if c.cell(it) != "" {
				used = append(used, c)
				break
			}
		}
	}
	rows = make([][]string, len(items))
	for i, it := range items {
		for _, c := range used {
			rows[i] = append(rows[i], c.cell(it))
		}
	}
	return used, rows
}

// table prints the ranked list, figures in columns.
func (p *printer) table(d Document, top int) {
	items := d.Cut(top).Items
	if len(items) == 0 {
		return
	}
	shown := ""
	if len(items) < len(d.Items) {
		shown = fmt.Sprintf("the first %s of %s; --top shows more", work.Thousands(float64(len(items))), work.Thousands(float64(len(d.Items))))
	}
	p.title("ORDER", shown)
	used, rows := cells(items, p.width >= bandsWidth)
	widths := make([]int, len(used))
	for i, c := range used {
		widths[i] = width(c.head)
		for _, r := range rows {
			widths[i] = max(widths[i], width(r[i]))
		}
	}
	head := make([]string, len(used))
	for i, c := range used {
		head[i] = c.head
	}
	p.b.WriteString(p.dim(fit(row(used, widths, head)+"title", p.width)) + "\n")
	for i, it := range items {
		p.line("%s%s", row(used, widths, rows[i]), titleOf(it))
	}
}

func row(used []column, widths []int, texts []string) string {
	var b strings.Builder
	for i, t := range texts {
		if used[i].right {
			t = padLeft(t, widths[i])
		}
		b.WriteString(pad(t, widths[i]) + "  ")
	}
	return b.String()
}

// findings lists every oddity, those of one kind together: in full the first,
// and those that are about no single item or source.
func (p *printer) findings(d Document) {
	if len(d.Findings) == 0 {
		return
	}
	p.title("FINDINGS", plural(len(d.Findings), "finding"))
	for _, g := range byCode(d.Findings) {
		p.paragraph("  ", g.code+": "+said(d, g.list[0]))
		var keys []string
		for _, f := range g.list[1:] {
			where := label(d, f)
			if where == "" {
				p.paragraph("  ", g.code+": "+said(d, f))
				continue
			}
			keys = append(keys, strings.TrimSuffix(where, ": "))
		}
		if len(keys) > 0 {
			p.line("    also %s", strings.Join(keys, ", "))
		}
	}
}

type kind struct {
	code string
	list []Finding
}

// byCode groups findings by code in the order in which the codes first appear.
func byCode(all []Finding) []kind {
	at := map[string]int{}
	var out []kind
	for _, f := range all {
		i, ok := at[f.Code]
		if !ok {
			i = len(out)
			at[f.Code] = i
			out = append(out, kind{code: f.Code})
		}
		out[i].list = append(out[i].list, f)
	}
	return out
}

// plan prints the edits of the items in the table's reach, then the totals.
//
//	PLAN  sha256:1f2e…
//	PAY-42  Refund fails for split payments
//	  ~ score 61 → 74.5
//	  + label stackrank-now
//	1 to set, 1 to add, 0 to remove, 0 to move; 0 skipped
func (p *printer) plan(d Document) {
	p.title("PLAN", "")
	p.edits(d.Plan.Changes)
	skipped := make([]Failed, len(d.Plan.Skipped))
	for i, s := range d.Plan.Skipped {
		skipped[i] = Failed{Ref: s.Ref, Error: s.Why}
	}
	p.causes("", "skipped ", alike(d, skipped))
	p.line("%s", totalsOf(d.Plan.Counts))
}

// mostOfPlan bounds how much of a plan is printed as text.
const mostOfPlan = 10

// edits prints the edits of the first changes.
func (p *printer) edits(changes []work.Change) {
	for _, c := range changes[:min(mostOfPlan, len(changes))] {
		p.line("%s  %s", Clean(c.Key), Clean(c.Title))
		for _, e := range c.Edits {
			p.line("  %s %s", e.Op.Mark(), Clean(e.String()))
		}
	}
	if more := len(changes) - mostOfPlan; more > 0 {
		p.line("… and the edits of %s more; --format json has them all.", plural(more, "item"))
	}
}

// totalsOf counts what a plan writes: "12 to set, 3 to add, 0 to remove, 1 to move; 0 skipped".
func totalsOf(c plan.Counts) string {
	n := func(x int) string { return work.Thousands(float64(x)) }
	return fmt.Sprintf("%s to set, %s to add, %s to remove, %s to move; %s skipped", n(c.Set), n(c.Add), n(c.Remove), n(c.Moved), n(c.Skipped))
}

// written says what a sync did.
func (p *printer) written(d Document) {
	if d.Written == nil {
		return
	}
	w := d.Written
	p.title("WRITTEN", fmt.Sprintf("%s done, %s failed: %s, edits of %s", work.Thousands(float64(w.Done)), work.Thousands(float64(len(w.Failed))),
		plural(w.Moved, "move"), plural(w.Edited, "item")))
	p.causes("  ", "", alike(d, w.Failed))
}

// causes prints the first causes, each with the items that it holds for.
func (p *printer) causes(indent, verb string, all []cause) {
	for _, g := range all[:min(mostOfPlan, len(all))] {
		where := g.keys[0] + ": "
		if strings.Contains(g.why, g.keys[0]) {
			where = ""
		}
		p.paragraph(indent, verb+where+g.why)
		if more := g.keys[1:]; len(more) > 0 {
			p.line("%s  also %s", indent, strings.Join(more, ", "))
		}
	}
	if more := len(all) - mostOfPlan; more > 0 {
		p.line("%s… and %s more; --format json has them all.", indent, plural(more, "reason"))
	}
}

// cause is what several items could not be written for, or are left out for.
type cause struct {
	why  string
	keys []string
}

// alike groups what differs in the item alone, in the order given.
func alike(d Document, all []Failed) []cause {
	at := map[string]int{}
	var out []cause
	for _, f := range all {
		key := strings.TrimSuffix(named(d, f.Ref), ": ")
		kind := strings.ReplaceAll(f.Error, key, "")
		i, ok := at[kind]
		if !ok {
			i = len(out)
			at[kind] = i
			out = append(out, cause{why: f.Error})
		}
		out[i].keys = append(out[i].keys, key)
	}
	return out
}
