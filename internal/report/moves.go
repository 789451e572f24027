package report

import (
	"fmt"
	"slices"
	"strings"

	"stackrank/internal/work"
)

// moves says what moves and why, best places first, in about so many lines: at
// least one of the items that move, of those that only change as many as fit.
func (p *printer) moves(d Document, room int) {
	end := p.lines() + room - 1 // less the last line of this part
	p.movesHead(d)
	if d.Plan.Empty() {
		return
	}
	moved := movedItems(d)
	told, shown := d.worthTelling(moved), 0
	for i, it := range told[:min(movesShown, len(told))] {
		block := &printer{width: p.width, color: p.color}
		block.mover(d, it)
		if (i > 0 || d.Plan.Counts.Moved == 0) && p.lines()+block.lines() > end {
			break
		}
		p.b.WriteString(block.b.String())
		if moved[it.Ref] {
			shown++
		}
	}
	p.unshown(d, len(moved), shown)
}

// worthTelling gives the items that moves are told of, by place: those that the
// plan moves to another place, and those that enter the first tier because others
// are moved out of their way. Where it moves none, it gives all that it writes to.
func (d Document) worthTelling(moved map[work.Ref]bool) []Item {
	first := 0
	if d.Bands != nil {
		first = d.Bands.Top
	}
	var out []Item
	for _, it := range d.Items {
		enters := it.Place <= first && it.Was > first
		if d.Plan.Counts.Moved == 0 && moved[it.Ref] || d.Plan.Counts.Moved > 0 && (enters || moved[it.Ref] && it.Was != it.Place) {
			out = append(out, it)
		}
	}
	return out
}

// movesHead says how much moves and changes, and where order is not written.
func (p *printer) movesHead(d Document) {
	c := d.Plan.Counts
	change := fmt.Sprintf("%s and %s change", plural(c.Set, "field"), plural(c.Add+c.Remove, "label"))
	if d.Plan.Empty() {
		change = "the trackers hold these values"
	}
	why := d.unordered()
	switch {
	case len(d.Items) == 0:
		p.title("MOVES", "nothing: no open items were found")
	case c.Moved > 0:
		p.title("MOVES", plural(c.Moved, "item")+" in "+plural(len(d.Plan.Runs), "call")+"; "+change)
		p.paragraph("  ", Say(why))
	case why == "" && d.Plan.Empty():
		p.title("MOVES", "nothing: the trackers hold this order and these values")
	case why == "":
		p.title("MOVES", "none: the trackers hold this order; "+change)
	case why == noOrder:
		p.title("MOVES", "none, "+why+"; "+change)
	case width("MOVES  none: "+why) > p.width:
		p.title("MOVES", "none")
		p.paragraph("  ", Say(why, change))
	default:
		p.title("MOVES", "none: "+why)
		p.paragraph("  ", Say(change))
	}
}

// noOrder is the reason for which no source gets an order although each could.
const noOrder = "as the evidence carries no order"

// unordered says to which sources the plan writes no order and why; nothing
// where it may write all of them.
func (d Document) unordered() string {
	var off, on, cannot, out []string
	for _, s := range d.Sources {
		if s.Order {
			on = append(on, s.Name)
		} else {
			off = append(off, s.Name)
		}
	}
	for _, s := range d.Plan.Skipped {
		if s.Source != "" && strings.Contains(s.Why, "native order") {
			cannot = append(cannot, s.Source)
		}
	}
	if len(off) > 0 {
		out = append(out, "order is not written to "+listed(off)+" (order: false)")
	}
	switch {
	case len(off) == 0 && !d.Carries:
		return noOrder
	case len(on) > 0 && !d.Carries:
		out = append(out, "order is not written to "+listed(on)+", "+noOrder)
	case len(cannot) > 0:
		out = append(out, "order cannot be written to "+listed(cannot))
	}
	return strings.Join(out, "; ")
}

// unshown says what of the items that move, or else change, the first screen
// leaves out. Mirrors, counterparts in words, have no lines of their own.
func (p *printer) unshown(d Document, all, shown int) {
	more, mirrors := all-shown, max(0, d.Plan.Counts.Moved-all)
	var left []string
	switch {
	case more > 0 && shown == 0:
		left = append(left, plural(more, "item"))
	case more > 0:
		left = append(left, work.Thousands(float64(more))+" more")
	}
	if mirrors > 0 {
		left = append(left, plural(mirrors, "counterpart"))
	}
	if len(left) == 0 {
		return
	}
	verb := "change"
	if d.Plan.Counts.Moved > 0 {
		verb = "move"
	}
	if more+mirrors == 1 {
		verb += "s"
	}
	and := "and "
	if shown == 0 && more > 0 {
		and = ""
	}
	p.line("  … %s%s %s; --format json has them all.", and, listed(left), verb)
}

func (p *printer) mover(d Document, it Item) {
	from := ""
	if d.Plan.Counts.Moved > 0 && it.Was > 0 && it.Was != it.Place {
		from = fmt.Sprintf("from %d", it.Was)
	}
	head := fmt.Sprintf("%s  %s  ", padLeft(fmt.Sprint(it.Place), len(fmt.Sprint(len(d.Items)))+1), Clean(it.Key))
	room := p.width - width(head) - width(from) - 2
	p.b.WriteString(head + strings.TrimRight(pad(fit(titleOf(it), room), room)+"  "+p.dim(from), " ") + "\n")
	p.paragraph(strings.Repeat(" ", len(fmt.Sprint(len(d.Items)))+3), it.why())
}

// movedItems gives the items that the plan moves, or, where it moves none, the
// items that it writes to; an item stands for its mirrors.
func movedItems(d Document) map[work.Ref]bool {
	touched := map[work.Ref]bool{}
	for _, r := range d.Plan.Runs {
		for _, ref := range r.Items {
			touched[ref] = true
		}
	}
	if len(touched) == 0 {
		for _, c := range d.Plan.Changes {
			touched[c.Ref] = true
		}
	}
	out := map[work.Ref]bool{}
	for _, it := range d.Items {
		if touched[it.Ref] || slices.ContainsFunc(it.Also, func(r work.Ref) bool { return touched[r] }) {
			out[it.Ref] = true
		}
	}
	return out
}
