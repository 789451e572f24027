package prioritize

import (
	"maps"
	"math"
	"testing"
	"time"

	"stackrank/internal/work"
)

// FuzzEveryModel gives every model an item of numbers and texts that no tracker
// should hold, and asks for a score that an order can be made of: finite, not
// below zero, of parts that add up, and no lower for a signal that is better.
func FuzzEveryModel(f *testing.F) {
	f.Add(0.5, 3.0, 8.0, 30.0, int64(86400), "must have", "sla")
	f.Add(math.NaN(), math.Inf(1), -1.0, math.Inf(-1), int64(math.MinInt64), "MoSCoW: won't", "fixed_date")
	f.Add(1e308, 1e-308, 0.0, 0.0, int64(math.MaxInt64), "\x00next", "expedite")
	f.Fuzz(func(t *testing.T, a, b, effort, days float64, target int64, label, class string) {
		it := work.Item{
			Ref: work.Ref{Source: "s", ID: "1"}, Labels: []string{label}, Signals: work.Signals{},
			Class: work.Class{Name: work.ClassName(class), Target: time.Duration(target)},
		}
		if days > -1e5 && days < 1e5 {
			it.Created, it.Due = ago(days), ago(-days)
		}
		for i, s := range allSignals {
			it.Signals[s] = []float64{a, b}[i%2]
		}
		it.Signals[work.Effort] = effort
		for _, model := range everyModel {
			e := modelOf(t, model, nil)
			s := e.Score(work.Group{Items: []work.Item{it}}, noon)
			checkScore(t, e, s)
			for _, signal := range []work.Signal{work.Priority, "business_value", "reach", "impact", "votes"} {
				better := it
				better.Signals = maps.Clone(it.Signals)
				if better.Signals[signal]++; math.IsNaN(it.Signals[signal]) {
					continue
				}
				if up := e.Score(work.Group{Items: []work.Item{better}}, noon); up.Ratio < s.Ratio-1e-9*max(1, s.Ratio) {
					t.Errorf("%s: one more %s lowers the ratio from %v to %v", model, signal, s.Ratio, up.Ratio)
				}
			}
		}
	})
}

// checkScore holds what an order needs of a score.
func checkScore(t *testing.T, e *Engine, s Score) {
	t.Helper()
	largest := 1.0
	for _, p := range s.Parts {
		largest = max(largest, math.Abs(p.Points))
		if !(p.Share >= 0 && p.Share <= 1) {
			t.Errorf("%s: %s has a share of %v", e.name, p.Criterion, p.Share)
		}
	}
	total := e.model.total(s.Ratio, s.Band)
	sound := s.Delay >= 0 && s.Work > 0 && !math.IsInf(s.Ratio, 0) && s.Ratio == s.Delay/s.Work && s.Sigma >= 0 && !math.IsInf(s.Sigma, 0) &&
		total >= 0 && total <= 100 && s.Band >= must && s.Band <= wont && math.Abs(sumOf(s.Parts)-s.Value) <= 1e-12*largest
	if !sound {
		t.Errorf("%s: total %v of %+v", e.name, total, s)
	}
}
