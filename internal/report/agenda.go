package report

import (
	"cmp"
	"fmt"
	"strings"

	"stackrank/internal/work"
)

const (
	mostListed   = 5   // lines of each list of what to do next
	keysOfCheck  = 3   // keys behind each check of readiness
	roomForTitle = 16  // cells behind a sentence in which a title is worth printing
	bandsWidth   = 100 // cells of a table that has room for bands of places
)

// checkWords says what an item lacks that fails a check.
var checkWords = map[string]string{
	"blocked":       "blocked by an open item",
	"waits-outside": "waits for an item outside the backlog",
	"open-question": "open question in the last comment",
	"no-estimate":   "no estimate",
	"no-priority":   "no priority",
	"no-acceptance": "no acceptance criteria",
	"too-large":     "too large: split it",
}

// next prints what a person could do next:
//
//	NEXT  for sure in the first 10: 6 items; contested: 9
//	  Ask these first, as they may change the first places most:
//	    Estimate PAY-42: it may enter the first 10 (place 14 now).
//	  Decide or close 1,400 items, older than a year and quiet for half of one:
//	     3  PAY-12  2019-02-01  Dark mode
//	  Not ready are 2 of the first 30:
//	    no estimate              2  PAY-1, PAY-4
//	  Perhaps twice, by their titles alone; most such pairs are not:
//	    PAY-3 (3) and PAY-77 (120)  Refund fails
func (p *printer) next(d Document) {
	if d.Next.empty() && d.sure() == "" {
		return
	}
	p.title("NEXT", d.sure())
	if d.Next.empty() {
		return
	}
	p.ask(d)
	p.quiet(d)
	p.unready(d)
	p.duplicates(d)
}

// empty reports whether there is nothing to do but the work itself.
func (n *Next) empty() bool {
	return n == nil || len(n.Ask)+len(n.Decide)+len(n.Unready)+len(n.Duplicates)+n.Undated == 0
}

// sure says how many of the first places are sure; nothing where all items have
// one.
func (d Document) sure() string {
	b := d.Bands
	switch {
	case b == nil || b.Top < 1 || len(d.Items) <= b.Top:
		return ""
	case b.Sure+b.Contested == 0:
		return fmt.Sprintf("no item stands out: for the first %d each has a chance of 5 %% or less", b.Top)
	}
	return fmt.Sprintf("for sure in the first %d: %s; contested: %s", b.Top, plural(b.Sure, "item"), work.Thousands(float64(b.Contested)))
}

func (p *printer) ask(d Document) {
	if len(d.Next.Ask) == 0 {
		return
	}
	p.line("  Ask these first, as they may change the first places most:")
	for _, a := range d.Next.Ask {
		said := cmp.Or(Clean(a.Question), Clean(a.Key))
		if room := p.width - width(said); room >= roomForTitle {
			said += "  " + fit(d.titleAt(a.Place), room-6)
		}
		p.paragraph("    ", said)
	}
}

func (p *printer) quiet(d Document) {
	all, undated := d.Next.Decide, d.Next.Undated
	if undated > 0 {
		defer p.paragraph("  ", fmt.Sprintf("Of %s nobody can tell: there are comments without dates.", plural(undated, "more old item")))
	}
	if len(all) == 0 {
		return
	}
	p.line("  %s:", decideHead(len(all)))
	shown := all[:min(mostListed, len(all))]
	places, keys := 0, 0
	for _, x := range shown {
		places, keys = max(places, len(work.Thousands(float64(x.Place)))), max(keys, width(Clean(x.Key)))
	}
	for _, x := range shown {
		p.line("    %s  %s  %s  %s", padLeft(work.Thousands(float64(x.Place)), places), pad(Clean(x.Key), keys), x.Last, d.titleAt(x.Place))
	}
	if more := len(all) - len(shown); more > 0 {
		p.line("    … and %s more; --format json has them all.", work.Thousands(float64(more)))
	}
}

// decideHead heads the list of what to decide or to close.
func decideHead(n int) string {
	return fmt.Sprintf("Decide or close %s, older than a year and quiet for half of one", plural(n, "item"))
}

func (p *printer) unready(d Document) {
	n := d.Next
	if len(n.Unready) == 0 {
		return
	}
	p.line("  %s:", n.unreadyHead())
	labels := 0
	for _, c := range n.Checks {
		if c.Near > 0 {
			labels = max(labels, width(checkWords[c.Check]))
		}
	}
	for _, c := range n.Checks {
		if c.Near > 0 {
			p.line("    %s  %s  %s", pad(checkWords[c.Check], labels), padLeft(fmt.Sprint(c.Near), 3), n.failing(c))
		}
	}
	if len(n.Checks) == 0 { // redacted
		p.line("    %s", listed(keysOf(n.Unready)))
	}
	if below := n.below(); below != "" {
		p.paragraph("    ", below)
	}
}

func (n *Next) unreadyHead() string {
	verb := "are"
	if len(n.Unready) == 1 {
		verb = "is"
	}
	return fmt.Sprintf("Not ready %s %d of the first %d", verb, len(n.Unready), n.Near)
}

// failing gives the keys of the items near the top that fail a check.
func (n *Next) failing(c Check) string {
	var keys []string
	for _, u := range n.Unready {
		for _, l := range u.Lacks {
			if l.Check == c.Check {
				keys = append(keys, u.lacking(l))
			}
		}
	}
	if len(keys) > keysOfCheck {
		keys = append(keys[:keysOfCheck], "…")
	}
	return strings.Join(keys, ", ")
}

// lacking gives the key of an item, and what goes before it.
func (u Unready) lacking(l Lack) string {
	key := Clean(u.Key)
	if len(l.By) == 0 {
		return key
	}
	return key + " (" + Clean(strings.Join(l.By, ", ")) + ")"
}

func keysOf(all []Unready) []string {
	keys := make([]string, len(all))
	for i, u := range all {
		keys[i] = Clean(u.Key)
	}
	return keys
}

// below counts what fails further down.
func (n *Next) below() string {
	var parts []string
	for _, c := range n.Checks {
		if c.Rest > 0 {
			parts = append(parts, fmt.Sprintf("%s (%s)", strings.TrimSuffix(checkWords[c.Check], ": split it"), work.Thousands(float64(c.Rest))))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "Further down: " + strings.Join(parts, ", ") + "."
}

// likeHead heads the suggestions of duplicates.
const likeHead = "Perhaps twice, by their titles alone; most such pairs are not"

func (p *printer) duplicates(d Document) {
	all := d.Next.Duplicates
	if len(all) == 0 {
		return
	}
	p.line("  %s:", likeHead)
	for _, x := range all[:min(mostListed, len(all))] {
		p.line("    %s (%d) and %s (%d)  %s", Clean(x.Key), x.Place, Clean(x.Like.Key), x.Like.Place, d.titleAt(x.Place))
	}
	if more := len(all) - mostListed; more > 0 {
		p.line("    … and %s more.", plural(more, "pair"))
	}
}

// titleAt gives the title of the item at a place as it is printed.
func (d Document) titleAt(place int) string {
	if place < 1 || place > len(d.Items) {
		return ""
	}
	return titleOf(d.Items[place-1])
}
