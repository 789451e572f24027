package plan

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"stackrank/internal/work"
	"stackrank/prioritize"
)

// Build gives the plan for an input: the changes and moves that turn the
// trackers as found into what is wanted, and no more. It is pure, and the plan
// for what a plan leads to is empty.
func Build(in Input) Plan { return Arrange(in).Plan() }

// Plan gives what must be written to reach the arrangement.
func (a Arrangement) Plan() Plan {
	b := builder{in: a.in, missing: map[string]map[string]bool{}}
	for _, p := range a.Placed {
		for i := range p.Ranked.Group.Items {
			b.item(&p.Ranked.Group.Items[i], p)
		}
	}
	for _, l := range a.lanes {
		b.lane(l)
	}
	b.plan.Left, _ = a.in.leaves()
	b.plan.Skipped = append(b.lacking(), b.plan.Skipped...)
	return b.plan.Seal()
}

// Findings says what about the arrangement a person should know.
func (a Arrangement) Findings() []work.Finding {
	return slices.Concat(a.order(), a.hands.findings(a.in), a.kept(), a.in.gone())
}

// order says why native orders are not written, or not all of them.
func (a Arrangement) order() []work.Finding {
	asked := func(t Target) bool { return t.Order }
	if len(a.Placed) == 0 || !slices.ContainsFunc(slices.Collect(maps.Values(a.in.Rules.To)), asked) {
		return nil
	}
	if a.in.Carries {
		return a.fixed()
	}
	f := work.Finding{
		Code:    "no-order",
		Message: "The evidence does not carry an order: too few neighbours are surely in the right one, so the trackers' own order is not written.",
		Fix:     "Fill in what the basis shows as unknown, or lower policy.hysteresis.",
		Level:   work.Warning,
	}
	if level, pairs := a.in.Ranking.Level(), len(a.in.Ranking.Ranked)-1; 2*level > pairs {
		f.Message = fmt.Sprintf("The evidence does not carry an order: %s of %s neighbours have equal scores, so the trackers' own order is not written.",
			work.Thousands(float64(level)), work.Thousands(float64(pairs)))
		f.Fix = "Tell the items apart, by values, estimates or dates of their own; or set policy.hysteresis to 0.5, with which equal items keep their order and the others move."
	}
	return []work.Finding{f}
}

// fixed tells, for each source and each reason, how many items the service does
// not let be moved.
func (a Arrangement) fixed() []work.Finding {
	type cause struct{ source, why string }
	count := map[cause]int{}
	for it := range a.in.items() {
		if it.Fixed != "" && a.in.Rules.To[it.Ref.Source].Order {
			count[cause{it.Ref.Source, it.Fixed}]++
		}
	}
	var out []work.Finding
	for _, c := range slices.SortedFunc(maps.Keys(count), func(x, y cause) int {
		return cmp.Or(cmp.Compare(x.source, y.source), cmp.Compare(x.why, y.why))
	}) {
		out = append(out, work.Finding{
			Source: c.source, Code: "not-movable", Level: work.Warning,
			Message: fmt.Sprintf("%s keep their places: %s", items(count[c]), c.why),
		})
	}
	return out
}

type builder struct {
	in      Input
	plan    Plan
	missing map[string]map[string]bool // by source: what it cannot write although it would be written
}

// lane adds the moves of one lane.
func (b *builder) lane(l lane) {
	if !b.in.Carries || !b.in.Rules.To[l.source].Order {
		return
	}
	caps := b.in.Caps[l.source]
	runs := l.runs(caps)
	if len(runs) > 0 && !caps.Order {
		b.lacks(l.source, "its native order")
		return
	}
	b.plan.Runs = append(b.plan.Runs, runs...)
}

// item adds what is written to one item.
func (b *builder) item(it *work.Item, p Placed) {
	var edits []work.Edit
	for _, e := range b.in.editsOf(*it, p) {
		if !b.in.writable(*it, e.Slot) {
			b.lacks(it.Ref.Source, slotNames[e.Slot])
			continue
		}
		if c, met := b.in.conflictOf(*it, e); met && b.in.Rules.yields() {
			if b.in.Rules.OnConflict == ConflictReport {
				b.plan.Skipped = append(b.plan.Skipped, Skip{Ref: it.Ref, Why: c.String()})
			}
			continue
		}
		edits = append(edits, e)
	}
	switch {
	case len(edits) == 0:
	case it.Refused != "":
		b.plan.Skipped = append(b.plan.Skipped, Skip{Ref: it.Ref, Why: it.Refused})
	default:
		b.plan.Changes = append(b.plan.Changes, work.Change{Ref: it.Ref, Key: it.Key, Title: it.Title, Edits: edits})
	}
}

// writable reports whether an item has the slot and its source can write it.
func (in Input) writable(it work.Item, slot work.Slot) bool {
	return in.Caps[it.Ref.Source].Has(slot) && !slices.Contains(it.Lacks, slot)
}

var slotNames = map[work.Slot]string{work.SlotScore: "scores", work.SlotRank: "places", work.SlotLabel: "labels"}

func (b *builder) lacks(source, what string) {
	if b.missing[source] == nil {
		b.missing[source] = map[string]bool{}
	}
	b.missing[source][what] = true
}

// lacking gives one skip for each source that cannot write all that it should,
// to none or to some of its items.
func (b *builder) lacking() []Skip {
	var out []Skip
	for _, source := range slices.Sorted(maps.Keys(b.missing)) {
		what := slices.Sorted(maps.Keys(b.missing[source]))
		out = append(out, Skip{Source: source, Why: "source " + source + " cannot write " + strings.Join(what, ", ") + ": check tells why"})
	}
	return out
}

// editsOf gives what is wanted of one item, whether or not its source can write
// it; nothing where a person asked to leave it alone.
func (in Input) editsOf(it work.Item, p Placed) []work.Edit {
	if in.Rules.ignored(it) {
		return nil
	}
	edits := in.Rules.edits(it, p)
	if in.faded[it.Ref] {
		edits = slices.DeleteFunc(edits, func(e work.Edit) bool { return e.Slot == work.SlotScore })
	}
	return edits
}

// edits gives what must be written to one item whose group is placed so, sorted
// by slot, op and label.
func (r Rules) edits(it work.Item, p Placed) []work.Edit {
	to := r.To[it.Ref.Source]
	var out []work.Edit
	if to.Labels && r.labels(it) {
		out = r.labelEdits(it, r.tier(p.Place, p.Ranked.Score))
	}
	rank, score := r.value(p, work.SlotRank), r.value(p, work.SlotScore)
	if old := it.Outputs[work.SlotRank]; to.Rank != "" && old != rank {
		out = append(out, work.Edit{Op: work.Set, Slot: work.SlotRank, Old: old, New: rank})
	}
	if old := it.Outputs[work.SlotScore]; to.Score != "" && r.differs(old, score) {
		out = append(out, work.Edit{Op: work.Set, Slot: work.SlotScore, Old: old, New: score})
	}
	return out
}

// value gives what a field should hold for a place; nothing below the top.
func (r Rules) value(p Placed, slot work.Slot) work.Value {
	switch {
	case !r.Top.Has(p.Place):
		return work.Value{}
	case slot == work.SlotRank:
		return work.Number(float64(p.Place))
	}
	return scoreValue(p.Ranked)
}

// labelEdits adds the label of the tier and removes all other labels of ours,
// those of former tiers too. Labels that people set are not ours.
func (r Rules) labelEdits(it work.Item, tier string) []work.Edit {
	var out []work.Edit
	want := ""
	if tier != "" {
		want = r.LabelPrefix + tier
	}
	if want != "" && !it.HasLabel(want) {
		out = append(out, work.Edit{Op: work.Add, Slot: work.SlotLabel, New: work.Text(want)})
	}
	for _, l := range slices.Sorted(slices.Values(it.Labels)) {
		if l != want && r.owns(l) {
			out = append(out, work.Edit{Op: work.Remove, Slot: work.SlotLabel, Old: work.Text(l)})
		}
	}
	return out
}

// scoreValue gives the score as it is written: 0…100, one decimal.
func scoreValue(r prioritize.Ranked) work.Value {
	const decimals = 10
	return work.Number(math.Round(r.Total*decimals) / decimals)
}

// differs reports whether a score is worth writing: it appears, goes, or changes
// by min_delta at least.
func (r Rules) differs(old, score work.Value) bool {
	was, isNumber := old.Float()
	is, wanted := score.Float()
	if !isNumber || !wanted {
		return old != score
	}
	const slack = 1e-6 // far below the four decimals of a value: 74.5-73.5 counts as 1
	return old != score && cmp.Compare(math.Abs(is-was)+slack, r.MinDelta) >= 0
}
