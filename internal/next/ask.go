package next

import (
	"math"
	"slices"

	"stackrank/prioritize"
	"stackrank/prioritize/uncertain"
)

const (
	mostAsked  = 5
	worthwhile = 0.05 // probability that the answer takes the item over the line, below which it is not asked
	minDensity = 1e-9 // stands for none on the logarithmic scale
)

// Outlook says how sure the places are.
type Outlook struct {
	Top       int    // the first places that Sure and Contested are about
	Sure      int    // items that are among them with at least 95 %
	Contested int    // items of which nobody can say, between 5 and 95 %
	Bands     []Band // of each line
}

// Band is where the place of a line lies by its score, with 90 %: better than
// Low with 5 %, worse than High with 5 %. Pins and holds are not in it.
type Band struct{ Low, High int }

// Ask is a question worth asking.
type Ask struct {
	Line  int
	Input string  // a criterion, or "effort"
	Above bool    // the item ranks among the first places by its score now
	Turns float64 // probability that the answer changes that
}

// uncertain judges the order and finds the questions whose answers would change
// the first places most. What keeps its place in any case is not asked about,
// nor what nobody has ever told of any item: there may be no field for it.
func (b *Backlog) uncertain() (Outlook, []Ask) {
	items := make([]uncertain.Item, len(b.Lines))
	lines := make(map[string]int, len(b.Lines))
	var questions []uncertain.Question
	told, blocks := b.told(), b.blocks()
	for i, l := range b.Lines {
		key := l.Ranked.Group.Ref().String()
		items[i] = uncertain.Item{Key: key, Mu: math.Log(max(l.Ranked.Density, minDensity)), Sigma: l.Ranked.Sigma, Block: l.Ranked.Block + 1}
		lines[key] = i
		if l.Fixed || b.Top < 1 {
			continue
		}
		for _, gap := range b.Engine.Gaps(l.Ranked.Score) {
			if told[gap.Input] {
				questions = append(questions, uncertain.Question{Key: key, Input: gap.Input, Resolves: gap.Sigma * blocks.share(l.Ranked, gap.Input)})
			}
		}
	}
	judged := uncertain.Judge(items, uncertain.Options{Top: b.Top})
	o := Outlook{Top: b.Top, Sure: judged.Count(uncertain.Sure), Contested: judged.Count(uncertain.Contested), Bands: make([]Band, len(items))}
	for i, s := range judged.Standings {
		o.Bands[i] = Band{s.Band.Best, s.Band.Worst}
	}
	return o, b.best(uncertain.AskNext(items, b.Top, questions), lines)
}

// totals adds up what a week of delay costs and the days of work of each block.
type totals map[int]struct{ delay, work float64 }

func (b *Backlog) blocks() totals {
	out := totals{}
	for i := range b.Lines {
		r := b.Lines[i].Ranked
		sum := out[r.Block]
		sum.delay += r.Score.Delay
		sum.work += r.Score.Work
		out[r.Block] = sum
	}
	return out
}

// share gives how much of what moves an item by itself moves the density of its
// block: as much as the item has of the delay or the work of the block.
func (t totals) share(r *prioritize.Ranked, input string) float64 {
	part, whole := r.Score.Delay, t[r.Block].delay
	if input == effort {
		part, whole = r.Score.Work, t[r.Block].work
	}
	if part == whole { // alone, also without any
		return 1
	}
	return part / whole
}

// best takes the best question of each item, the best items first. A second one
// about the same item would be worth less once the first is answered.
func (b *Backlog) best(worth []uncertain.Worth, lines map[string]int) []Ask {
	var out []Ask
	for _, w := range worth {
		i := lines[w.Key]
		asked := slices.ContainsFunc(out, func(a Ask) bool { return a.Line == i })
		if w.Turns >= worthwhile && !asked && len(out) < mostAsked {
			out = append(out, Ask{i, w.Input, b.Lines[i].Ranked.Place <= b.Top, w.Turns})
		}
	}
	return out
}

// told gives the inputs that some item has a figure for.
func (b *Backlog) told() map[string]bool {
	out := map[string]bool{}
	for i := range b.Lines {
		s := &b.Lines[i].Ranked.Score
		out[effort] = out[effort] || s.EffortKnown
		for _, p := range s.Parts {
			out[p.Criterion] = out[p.Criterion] || p.Known
		}
	}
	return out
}

// effort is how gaps and policies name the days of work.
const effort = "effort"
