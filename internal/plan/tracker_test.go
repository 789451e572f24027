package plan

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"pgregory.net/rapid"

	"stackrank/internal/work"
	"stackrank/prioritize"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// tracker is a source in memory. It refuses what the contract of a plan rules
// out, so that every test that writes checks it.
type tracker struct {
	source string
	maxRun int
	gap    float64 // 0: without positions

	mu    sync.Mutex
	items map[work.Ref]work.Item
	lanes map[string][]work.Ref // without sub-tasks
	pos   map[work.Ref]float64  // with a gap
	subs  []work.Ref
	fails map[work.Ref]error // by item; what writing it gives
	calls int
}

func newTracker(source string, maxRun int, items ...work.Item) *tracker {
	t := &tracker{source: source, maxRun: maxRun, items: map[work.Ref]work.Item{}, lanes: map[string][]work.Ref{}, fails: map[work.Ref]error{}, pos: map[work.Ref]float64{}}
	for _, it := range items {
		t.items[it.Ref] = it
		if it.Subtask {
			t.subs = append(t.subs, it.Ref)
		} else {
			t.lanes[it.Lane] = append(t.lanes[it.Lane], it.Ref)
		}
	}
	return t
}

// pull gives the items in native order, sub-tasks behind the others.
func (t *tracker) pull() []work.Item {
	var out []work.Item
	for _, lane := range slices.Sorted(maps.Keys(t.lanes)) {
		for i, ref := range t.lanes[lane] {
			it := t.items[ref]
			it.Native, it.Position = i, t.pos[ref]
			out = append(out, it)
		}
	}
	for i, ref := range t.subs {
		it := t.items[ref]
		it.Native = len(t.lanes[it.Lane]) + i
		out = append(out, it)
	}
	return out
}

func (t *tracker) caps() work.Caps {
	return work.Caps{Slots: []work.Slot{work.SlotScore, work.SlotRank, work.SlotLabel}, Order: true, Lanes: true, MaxRun: t.maxRun, Gap: t.gap, High: 1 << 48}
}

// Apply writes one item and complains when a before-value is not what it finds.
func (t *tracker) Apply(_ context.Context, c work.Change) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls++
	it, ok := t.items[c.Ref]
	if !ok || len(c.Edits) == 0 {
		return fmt.Errorf("change of %s: no such item, or nothing to write", c.Ref)
	}
	if err := t.fails[c.Ref]; err != nil {
		return err
	}
	it.Outputs, it.Labels = maps.Clone(it.Outputs), slices.Clone(it.Labels)
	for _, e := range c.Edits {
		switch {
		case e.Op == work.Set && it.Outputs[e.Slot] == e.Old && e.Old != e.New:
			if it.Outputs == nil {
				it.Outputs = map[work.Slot]work.Value{}
			}
			it.Outputs[e.Slot] = e.New
		case e.Op == work.Add && !it.HasLabel(e.Label()):
			it.Labels = append(it.Labels, e.Label())
		case e.Op == work.Remove && it.HasLabel(e.Label()):
			it.Labels = slices.DeleteFunc(it.Labels, func(l string) bool { return l == e.Label() })
		default:
			return fmt.Errorf("change of %s: edit %v changes nothing or starts from something else", c.Ref, e)
		}
	}
	slices.Sort(it.Labels)
	t.items[c.Ref] = it
	return nil
}

// Reorder places a run the way Jira does; items that fail stay where they are.
func (t *tracker) Reorder(_ context.Context, r work.Run) ([]work.Result, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls++
	lane := t.lanes[r.Lane]
	anchor := r.After
	if anchor.IsZero() {
		anchor = r.Before
	}
	switch {
	case t.gap == 0 && r.After.IsZero() == r.Before.IsZero(), anchor.IsZero():
		return nil, fmt.Errorf("run of %v: want one anchor, found %q and %q", r.Items, r.After, r.Before)
	case !slices.Contains(lane, anchor) || slices.Contains(r.Items, anchor):
		return nil, fmt.Errorf("run of %v: anchor %s is not in the lane, or moves itself", r.Items, anchor)
	case t.maxRun > 0 && len(r.Items) > t.maxRun || len(r.Items) == 0 || len(r.Items) != len(r.Was):
		return nil, fmt.Errorf("run of %d items with %d places before, of at most %d", len(r.Items), len(r.Was), t.maxRun)
	}
	results := make([]work.Result, len(r.Items))
	var moving []work.Ref
	for i, ref := range r.Items {
		if !slices.Contains(lane, ref) {
			return nil, fmt.Errorf("run of %v: %s is not in the lane", r.Items, ref)
		}
		results[i] = work.Result{Ref: ref, Err: t.fails[ref]}
		if t.fails[ref] == nil {
			moving = append(moving, ref)
		}
	}
	if t.gap > 0 && t.spread(r, moving) {
		return results, nil
	}
	lane = slices.DeleteFunc(slices.Clone(lane), func(ref work.Ref) bool { return slices.Contains(moving, ref) })
	at := slices.Index(lane, anchor)
	if !r.After.IsZero() {
		at++
	}
	t.lanes[r.Lane] = slices.Insert(lane, at, moving...)
	for i, ref := range t.lanes[r.Lane] { // nobody asks for positions, or there is no room: they are given out anew
		if t.gap > 0 {
			t.pos[ref] = stepKept * float64(i+1)
		}
	}
	return results, nil
}

// spread gives the moving items of a run positions between its anchors, as far
// apart as they can be, and reports whether there is room.
func (t *tracker) spread(r work.Run, moving []work.Ref) bool {
	low, high := t.pos[r.After], math.Inf(1)
	if !r.Before.IsZero() {
		high = t.pos[r.Before]
	}
	each := min(stepKept, math.Floor((high-low)/float64(len(moving)+1)/t.gap)*t.gap)
	if each < t.gap {
		return false
	}
	for i, ref := range moving {
		t.pos[ref] = low + each*float64(i+1)
	}
	t.lanes[r.Lane] = slices.Clone(t.lanes[r.Lane])
	slices.SortFunc(t.lanes[r.Lane], func(x, y work.Ref) int {
		return cmp.Or(cmp.Compare(t.pos[x], t.pos[y]), x.Compare(y))
	})
	return true
}

// world is some trackers and the rules that a backlog over them has.
type world struct {
	trackers   []*tracker
	rules      Rules
	hysteresis float64
	policy     string // digest
}

func (w world) input() Input { return w.inputOf(w.groups()) }

func (w world) groups() []work.Group {
	var items []work.Item
	for _, t := range w.trackers {
		items = append(items, t.pull()...)
	}
	return work.Join(items)
}

func (w world) inputOf(groups []work.Group) Input {
	policy := prioritize.Default()
	engine, err := prioritize.New(policy)
	if err != nil {
		panic(err)
	}
	in := Input{Ranking: engine.Rank(groups, noon), Caps: map[string]work.Caps{}, Rules: w.rules, Carries: true, Hysteresis: w.hysteresis, Policy: w.policy}
	for _, t := range w.trackers {
		in.Caps[t.source] = t.caps()
	}
	return in
}

func (w world) writers() Writers {
	out := Writers{By: map[string]Writer{}}
	for _, t := range w.trackers {
		out.By[t.source] = t
	}
	return out
}

// apply carries p out and fails the test unless every item was written.
func (w world) apply(t *rapid.T, p Plan) {
	results, err := p.Apply(context.Background(), w.writers(), NoJournal{})
	if err != nil {
		t.Fatalf("Apply() = %v", err)
	}
	for _, r := range results {
		if r.Err != nil {
			t.Fatalf("Apply(): %s: %v", r.Ref, r.Err)
		}
	}
}

func (w world) find(ref work.Ref) work.Item {
	for _, t := range w.trackers {
		if it, ok := t.items[ref]; ok {
			return it
		}
	}
	return work.Item{}
}

// worlds draws trackers with everything that a plan must cope with.
func worlds(t *rapid.T) world {
	w := world{rules: drawRules(t)}
	issues := drawItems(t, "jira", []string{""})
	cards := drawItems(t, "trello", []string{"doing", "ideas"})
	for i := range cards {
		if len(issues) > 0 && rapid.IntRange(0, 3).Draw(t, "mirrors") == 0 {
			to := rapid.IntRange(0, len(issues)-1).Draw(t, "issue")
			cards[i].Links = []work.Link{{Kind: work.Mirrors, To: issues[to].Ref}}
		}
	}
	drawLinks(t, issues, cards)
	drawParents(t, issues)
	drawParents(t, cards)
	w.trackers = []*tracker{
		newTracker("jira", rapid.IntRange(1, 4).Draw(t, "max run"), issues...),
		newTracker("trello", 0, cards...),
	}
	w.hysteresis = rapid.SampledFrom([]float64{0.5, 0.6, 0.7, 0.95}).Draw(t, "hysteresis")
	if rapid.Bool().Draw(t, "positions") {
		w.trackers[1].drawPositions(t)
	}
	return w
}

// drawLinks has some items block others, of either source.
func drawLinks(t *rapid.T, issues, cards []work.Item) {
	var all []*work.Item
	for _, items := range [][]work.Item{issues, cards} {
		for i := range items {
			all = append(all, &items[i])
		}
	}
	for range rapid.IntRange(0, len(all)).Draw(t, "links") {
		from, to := rapid.SampledFrom(all).Draw(t, "first"), rapid.SampledFrom(all).Draw(t, "then")
		from.Links = append(from.Links, work.Link{Kind: work.Blocks, To: to.Ref, Open: true})
	}
}

// drawParents makes some items parts of one that comes before them.
func drawParents(t *rapid.T, items []work.Item) {
	for i := range items {
		if i > 0 && rapid.IntRange(0, 3).Draw(t, "part") == 0 {
			items[i].Parent = items[rapid.IntRange(0, i-1).Draw(t, "of")].Ref
		}
	}
}

// drawPositions gives the cards positions, some of them too near to each other.
func (t *tracker) drawPositions(r *rapid.T) {
	t.gap = closestKept
	for _, lane := range slices.Sorted(maps.Keys(t.lanes)) {
		last := stepKept
		for _, ref := range t.lanes[lane] {
			last += rapid.SampledFrom([]float64{0.0625, 0.125, 0.25, 1, stepKept}).Draw(r, "distance")
			t.pos[ref] = last
		}
	}
}

func drawRules(t *rapid.T) Rules {
	r := Default()
	flag := rapid.Bool()
	field := rapid.SampledFrom([]string{"", "Field"})
	r.To = map[string]Target{
		"jira":   {Score: field.Draw(t, "score"), Rank: field.Draw(t, "rank"), Labels: flag.Draw(t, "labels"), Order: flag.Draw(t, "order")},
		"trello": {Score: "Score", Rank: "Rank", Labels: true, Order: true},
	}
	r.Hold = rapid.SampledFrom([][]Hold{nil, {HoldActive}, {HoldActive, HoldSprint, HoldEpic}}).Draw(t, "hold")
	r.Tiers = []Tier{{"now": rapid.IntRange(1, 4).Draw(t, "now")}, {"next": rapid.IntRange(5, 9).Draw(t, "next")}}
	r.Top = Top(rapid.IntRange(0, 12).Draw(t, "top"))
	r.MinDelta = rapid.SampledFrom([]float64{0, 0.1, 1, 5}).Draw(t, "min_delta")
	return r
}

func drawItems(t *rapid.T, source string, lanes []string) []work.Item {
	rare := func(name string) bool { return rapid.IntRange(0, 7).Draw(t, name) == 0 }
	labels := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{
		"stackrank-pin", "stackrank-ignore", "stackrank-now", "stackrank-next", "stackrank-old", "stackrank", "now", "bug", "Stackrank-now",
	}), 0, 2, rapid.ID)
	out := make([]work.Item, rapid.IntRange(0, 9).Draw(t, source))
	for i := range out {
		it := work.Item{
			Ref: work.Ref{Source: source, ID: fmt.Sprint(i + 1)}, Key: fmt.Sprintf("%s-%d", source, i+1), Title: "Item",
			Subtask: rare("subtask"), Epic: rare("epic"), Sprint: rare("sprint"), Status: work.Open,
			Lane: rapid.SampledFrom(lanes).Draw(t, "lane"), Created: noon.AddDate(0, -1, 0), Labels: labels.Draw(t, "labels"),
			Signals: work.Signals{work.Priority: rapid.SampledFrom([]float64{0.05, 0.25, 0.5, 0.75, 1}).Draw(t, "priority")},
		}
		slices.Sort(it.Labels)
		if rare("active") {
			it.Status = work.Active
		}
		if rare("refused") {
			it.Refused = "Nobody may write this item."
		}
		if rapid.Bool().Draw(t, "estimated") {
			it.Signals[work.Effort] = float64(rapid.IntRange(1, 8).Draw(t, "effort"))
		}
		if rapid.Bool().Draw(t, "written") {
			it.Outputs = map[work.Slot]work.Value{
				work.SlotScore: work.Number(float64(rapid.IntRange(0, 100).Draw(t, "old score"))),
				work.SlotRank:  work.Number(float64(rapid.IntRange(1, 20).Draw(t, "old rank"))),
			}
		}
		out[i] = it
	}
	return out
}

// issue gives an open item of the source jira with a priority of 0…1.
func issue(id string, priority float64, labels ...string) work.Item {
	return work.Item{
		Ref: work.Ref{Source: "jira", ID: id}, Key: "PAY-" + id, Title: "Issue " + id, Status: work.Open, Labels: labels,
		Created: noon.AddDate(0, -1, 0), Signals: work.Signals{work.Priority: priority, work.Effort: 2},
	}
}

// jiraWorld is one source that takes everything.
func jiraWorld(items ...work.Item) world {
	r := Default()
	r.To = map[string]Target{"jira": {Score: "Score", Rank: "Rank", Labels: true, Order: true}}
	return world{rules: r, trackers: []*tracker{newTracker("jira", 50, items...)}}
}

func ids(refs []work.Ref) string {
	s := ""
	for _, r := range refs {
		s += r.ID
	}
	return s
}

// byPlace gives the ids of the groups in the order that is wanted.
func byPlace(placed []Placed) string {
	s := ""
	for _, p := range placed {
		s += p.Ranked.Group.Ref().ID
	}
	return s
}

// scoreOf gives the score of a group of one item by the default policy.
func scoreOf(it work.Item) prioritize.Ranked {
	return jiraWorld(it).input().Ranking.Ranked[0]
}
