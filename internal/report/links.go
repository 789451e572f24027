package report

import (
	"fmt"
	"slices"
	"strings"

	"stackrank/internal/cycle"
	"stackrank/internal/plan"
	"stackrank/internal/work"
	"stackrank/prioritize"
)

// web is what the links of a backlog say about its items.
type web struct {
	keys   map[work.Ref]string
	firsts map[work.Ref][]work.Ref // by group: what it waits for in the backlog
	parts  map[work.Ref]int        // by group: how many parts it has in the backlog
	whole  map[work.Ref]work.Ref   // by group: what it is a part of in the backlog
	tasks  map[work.Ref]bool       // groups that are sub-tasks of another
	cycle  map[work.Ref][]work.Ref // by group: the others of its cycle
}

func webOf(r cycle.Round) web {
	w := web{
		map[work.Ref]string{}, map[work.Ref][]work.Ref{}, map[work.Ref]int{}, map[work.Ref]work.Ref{}, map[work.Ref]bool{},
		cyclesOf(r.Ranking.Knots),
	}
	for i := range r.Ranking.Ranked {
		for _, it := range r.Ranking.Ranked[i].Group.Items {
			w.keys[it.Ref] = it.Key
		}
	}
	for _, pair := range r.Ranking.Waits {
		first, then := r.Ranking.Ranked[pair[0]].Group, r.Ranking.Ranked[pair[1]].Group
		if !isPart(first, then) {
			w.firsts[then.Ref()] = append(w.firsts[then.Ref()], first.Ref())
			continue
		}
		w.parts[then.Ref()]++
		w.whole[first.Ref()] = then.Ref()
		w.tasks[first.Ref()] = first.Items[0].Subtask
	}
	return w
}

// cyclesOf gives for each member of a cycle the others.
func cyclesOf(knots []prioritize.Knot) map[work.Ref][]work.Ref {
	out := map[work.Ref][]work.Ref{}
	for _, k := range knots {
		for _, ref := range k.Members {
			out[ref] = slices.DeleteFunc(slices.Clone(k.Members), func(o work.Ref) bool { return o == ref })
		}
	}
	return out
}

// isPart reports whether a member of the group names one of the other as its parent.
func isPart(g, of work.Group) bool {
	return slices.ContainsFunc(g.Items, func(it work.Item) bool {
		return !it.Parent.IsZero() && slices.ContainsFunc(of.Items, func(up work.Item) bool { return up.Ref == it.Parent })
	})
}

// muchLent is from what share of its own weight on a loan is worth a sentence.
const muchLent = 0.2

// said gives the sentence about what links do to the score of an item; "" where
// they do little.
func (w web) said(p plan.Placed) string {
	r := p.Ranked
	ref := r.Group.Ref()
	switch {
	case len(w.cycle[ref]) > 0:
		return "It and " + w.list(w.cycle[ref]) + " wait for each other and are ranked as one."
	case w.tasks[ref]:
		return "It is part of " + w.keys[w.whole[ref]] + " and ranked with it."
	case r.Lent > muchLent*max(r.Delay, 1) && len(r.Loans) > 0:
		return w.lent(r)
	case len(w.firsts[ref]) > 0 && r.Lent < -muchLent*r.Delay:
		return "It waits for " + w.list(w.firsts[ref]) + ", which holds its score down."
	case w.parts[ref] > 0:
		return "It is done when its " + parts(w.parts[ref]) + "."
	}
	return ""
}

func parts(n int) string {
	if n == 1 {
		return "part is"
	}
	return number(n) + " parts are"
}

// lent says who lends value, most of it first.
func (w web) lent(r prioritize.Ranked) string {
	loans := slices.Clone(r.Loans)
	slices.SortStableFunc(loans, func(a, b prioritize.Loan) int {
		switch {
		case a.Amount > b.Amount:
			return -1
		case a.Amount < b.Amount:
			return 1
		}
		return 0
	})
	refs := make([]work.Ref, len(loans))
	for i, l := range loans {
		refs[i] = l.From
	}
	verb := "waits"
	switch {
	case len(refs) > 1:
		verb = "wait"
	case refs[0] == w.whole[r.Group.Ref()]:
		return fmt.Sprintf("Much of its score comes from %s, of which it is a part.", w.keys[refs[0]])
	}
	return fmt.Sprintf("Much of its score comes from %s, which %s for it.", w.list(refs), verb)
}

// list names items, two of many.
func (w web) list(refs []work.Ref) string {
	const most = 2
	var names []string
	for _, ref := range refs[:min(most, len(refs))] {
		names = append(names, w.keys[ref])
	}
	if more := len(refs) - most; more > 0 {
		names = append(names, number(more)+" more")
	}
	return listed(names)
}

// knots tells the cycles of links.
func (w web) knots(r cycle.Round) []Finding {
	var out []Finding
	for _, k := range r.Ranking.Knots {
		names := make([]string, len(k.Members))
		for i, ref := range k.Members {
			names[i] = w.keys[ref]
		}
		weak := k.Links[k.Weakest]
		fix := fmt.Sprintf("Take out the newest link, by which %s goes before %s, or another of them.", w.keys[weak.From], w.keys[weak.To])
		if weak.Phrase == "" {
			fix = fmt.Sprintf("Take out a link between them; %s is a part of %s.", w.keys[weak.From], w.keys[weak.To])
		}
		out = append(out, Finding{
			Ref: k.Members[0], Code: "cycle", Level: work.Warning.String(),
			Message: fmt.Sprintf("%s wait for each other: they are ranked as one piece of work.", listed(names)), Fix: fix,
		})
	}
	return out
}

// certificate compares the placed order with the best that was found, which is
// its unit, and with what no order that heeds the links can be below.
func certificate(r cycle.Round) Certificate {
	best := r.Ranking.Cost(r.Ranking.Best())
	if best == 0 {
		return Certificate{}
	}
	placed := make([]int, len(r.Placed))
	for i, p := range r.Placed {
		placed[i] = p.Ranked.Place - 1
	}
	cost, bound := r.Ranking.Cost(placed)/best, min(r.Ranking.Bound/best, 1)
	return Certificate{Cost: round(cost, 6), LowerBound: round(bound, 6), Gap: round(max(0, cost/bound-1), 6)}
}

// certified says how good the order is, and what places cost that are kept.
func (d Document) certified() []string {
	var out []string
	if best := 1/max(d.Certificate.LowerBound, 1e-9) - 1; d.Certificate.Cost > 0 && best > 0.0005 {
		out = append(out, fmt.Sprintf("The order heeds the links and is within %s of the best possible one.", percentFine(best)))
	}
	if price := d.Certificate.Cost - 1; price > 0.0005 {
		out = append(out, fmt.Sprintf("Keeping %s costs %s against the best order.", d.keeps(), percentFine(price)))
	}
	return out
}

// keeps says what stands where its score would not put it.
func (d Document) keeps() string {
	held := slices.ContainsFunc(d.Items, func(it Item) bool { return it.Held != "" && it.Held != string(plan.HeldSubtask) })
	thin := slices.ContainsFunc(d.Items, func(it Item) bool { return it.thin })
	switch {
	case thin && held:
		return "what is pinned, held or uncertain"
	case thin:
		return "what is uncertain"
	}
	return "what is pinned or held"
}

// aboveBlockers tells which items stand above something that blocks them, the
// first by name; nothing where none does. In a cycle somebody always does, which
// its own finding says.
func (w web) aboveBlockers(items []Item) []Finding {
	line := map[work.Ref]Item{}
	for _, it := range items {
		line[it.Ref] = it
		for _, also := range it.Also {
			line[also] = it
		}
	}
	var pairs []string
	for _, it := range items {
		i := slices.IndexFunc(it.BlockedBy, func(ref work.Ref) bool {
			return line[ref].Place > it.Place && !slices.Contains(w.cycle[it.Ref], line[ref].Ref)
		})
		if i >= 0 {
			pairs = append(pairs, fmt.Sprintf("%s above %s", it.Key, line[it.BlockedBy[i]].Key))
		}
	}
	if len(pairs) == 0 {
		return nil
	}
	shown := pairs[:min(3, len(pairs))]
	if more := len(pairs) - len(shown); more > 0 {
		shown = append(slices.Clone(shown), plural(more, "more pair"))
	}
	return []Finding{{
		Code: "above-blocker", Level: work.Note.String(),
		Message: "Items that keep their places stand against the links: " + strings.Join(shown, ", ") + ".",
		Fix:     "Unpin or move one of each, or take the link out.",
	}}
}
