package prioritize

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"stackrank/internal/work"
)

// measured gives what a calibration says, by anchor and field.
func measured(ms []Measure) map[string]Measure {
	out := map[string]Measure{}
	for _, m := range ms {
		out[m.Anchor+"."+m.Field] = m
	}
	return out
}

// known11 is a backlog of eleven groups in which every figure is known, and one
// about which nothing is.
func known11() []work.Group {
	var out []work.Group
	for i := range 11 {
		out = append(out, one(fmt.Sprint(i), work.Signals{
			work.Priority: float64(i) / 10, "revenue": float64(1000 * i), work.Votes: float64(i), work.Effort: float64(i), "ann": float64(i),
		}))
	}
	return append(out, one("11", nil))
}

func TestCalibrateMeasuresEachScale(t *testing.T) {
	s := Default()
	s.Stakeholders = []Stakeholder{{Name: "Ann", Weight: 1, Signal: "ann"}, {Name: "Ben", Weight: 1, Signal: "ben"}}
	s.Anchors = map[string]Anchor{"revenue": {Half: 7}}
	got := measured(Calibrate(s, known11()))
	number := func(key string, present, found float64, builtIn bool, figures int) {
		t.Helper()
		m := got[key]
		if len(m.Present) != 1 || m.Present[0] != present || m.BuiltIn != builtIn || m.Figures != figures {
			t.Errorf("%s: %+v, want %v as it is, %d figures", key, m, present, figures)
		}
		if len(m.Found) != 1 || math.Abs(m.Found[0]-found) > 0.005*found {
			t.Errorf("%s: found %v, want %v", key, m.Found, found)
		}
	}
	// 0 … 10 have the mean 5 and the deviation √11; without 0 the median is 5.5.
	number("priority.mean", 0.5, 0.5, true, 11)
	number("priority.sd", 0.25, math.Sqrt(11)/10, true, 11)
	number("revenue.half", 7, 5500, false, 10)
	number("demand.half", 3, 5.5, true, 10)
	money := make([]float64, 11)
	logs := make([]float64, 11)
	for i := range money {
		money[i] = math.Log(1+1000*float64(i)/5500) / math.Log(21)
		logs[i] = math.Log(float64(i) + 0.5)
	}
	mean, sd := moments(money)
	number("revenue.mean", 0.5, mean, true, 11)
	number("revenue.sd", 0.25, sd, true, 11)
	mean, sd = moments(logs)
	number("effort.mean", 3, math.Exp(mean+sd*sd/2), true, 11)
	number("effort.sd", 0.8, sd, true, 11)
	// Half of Ann's percentile and half of the neutral vote.
	number("stakeholders.mean", 0.5, 0.5, true, 11)
	if q := got["ann.quantiles"]; q.Present != nil || len(q.Found) != 21 || q.Found[0] != 0 || q.Found[10] != 5 || q.Found[20] != 10 {
		t.Errorf("Ann's quantiles %+v", q)
	}
	if q := got["ben.quantiles"]; q.Found != nil || q.Figures != 0 {
		t.Errorf("Ben's quantiles %+v, want none", q)
	}
}

func TestTooFewFiguresLeaveAnAnchorAsItIs(t *testing.T) {
	groups := known11()[:LeastFigures-1]
	s := Default()
	s.Anchors = map[string]Anchor{"effort": {Mean: 4}}
	ms := Calibrate(s, groups)
	for _, m := range ms {
		if m.Found != nil {
			t.Errorf("%s.%s: found %v on %d figures", m.Anchor, m.Field, m.Found, m.Figures)
		}
	}
	if diff := cmp.Diff(s, Calibrated(s, ms)); diff != "" {
		t.Errorf("the policy changed (-before +after):\n%s", diff)
	}
}

func TestAFieldInWhichAllSayTheSameKeepsAScale(t *testing.T) {
	var groups []work.Group
	for i := range 40 {
		groups = append(groups, one(fmt.Sprint(i), work.Signals{work.Priority: 0, work.Effort: 3, "revenue": 1e15}))
	}
	s := Default()
	next := Calibrated(s, Calibrate(s, groups))
	if a := next.Anchors["priority"]; a.Mean != leastMean || a.SD != leastSD {
		t.Errorf("priority %+v", a)
	}
	if a := next.Anchors["effort"]; a.SD != leastLogSD {
		t.Errorf("effort %+v", a)
	}
	if err := next.Validate(); err != nil {
		t.Error(err)
	}
}

func TestNoiseIsTakenOutOfTheDeviation(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	factor := func(sd float64) float64 { return math.Exp(sd * rng.NormFloat64()) }
	var groups []work.Group
	for i := range 8000 {
		share := 0.2 * factor(0.4) * factor(0.3)
		points := math.E*factor(0.4)*factor(0.3) - overhead
		money := 21 * math.Pow(21, 0.1*rng.NormFloat64()) * factor(0.3)
		groups = append(groups, one(fmt.Sprint(i), work.Signals{work.Priority: share, work.Effort: max(points, 0.1), "revenue": money}))
	}
	s := Default()
	s.Anchors = map[string]Anchor{"priority": {Noise: 0.3}, "effort": {Noise: 0.3}, "revenue": {Noise: 0.3}}
	next := Calibrated(s, Calibrate(s, groups))
	near := func(name string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 0.05*want {
			t.Errorf("%s is %v, want %.3f", name, got, want)
		}
	}
	priority, effort, revenue := next.Anchors["priority"], next.Anchors["effort"], next.Anchors["revenue"]
	near("the mean of priority", priority.Mean, 0.2*math.Exp(0.25/2))
	near("the deviation of priority", priority.SD, priority.Mean*math.Sqrt(math.Expm1(0.16)))
	near("the mean of effort", effort.Mean, math.Exp(1+0.16/2))
	near("the deviation of effort", effort.SD, 0.4)
	// Near the median the share of money moves with ln(1 + x/half), of which a half counts.
	near("the half of revenue", revenue.Half, 21)
	near("the deviation of revenue", revenue.SD, 0.1*0.5)
}

// TestCalibrationIsItsOwnSuccessor holds that a second calibration of one pull
// finds nothing new, and that every policy it gives is valid.
func TestCalibrationIsItsOwnSuccessor(t *testing.T) {
	seeded(t, func(t *rapid.T, rng *rand.Rand) {
		s := randomSettings(rng)
		groups := randomGroups(rng, rng.IntN(80), wild)
		before := fmt.Sprint(s)
		next := Calibrated(s, Calibrate(s, groups))
		if err := next.Validate(); err != nil {
			t.Fatalf("not valid: %v", err)
		}
		if fmt.Sprint(s) != before {
			t.Fatal("the calibration changed the policy it was given")
		}
		for i, m := range Calibrate(next, groups) {
			if m.Found != nil && !slices.Equal(m.Found, m.Present) {
				t.Fatalf("measure %d, %s.%s: %v, then %v", i, m.Anchor, m.Field, m.Present, m.Found)
			}
		}
		rng.Shuffle(len(groups), func(i, j int) { groups[i], groups[j] = groups[j], groups[i] })
		again := Calibrated(s, Calibrate(s, groups))
		if Digest(again) != Digest(next) {
			t.Fatalf("depends on the order of the input:\n%s", cmp.Diff(next, again))
		}
	})
}

// TestACalibratedMeanForetellsWhatIsNotKnown takes a backlog whose judgements lie
// low and close together, hides a third of them, and compares what is expected
// in their place.
func TestACalibratedMeanForetellsWhatIsNotKnown(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	var groups []work.Group
	var truth []float64
	for i := range 600 {
		common := rng.NormFloat64()
		draw := func() float64 {
			return min(max(0.25+0.1*(math.Sqrt(correlation)*common+math.Sqrt(1-correlation)*rng.NormFloat64()), 0), 1)
		}
		signals := work.Signals{work.Priority: draw()}
		truth = append(truth, draw())
		if i%3 > 0 {
			signals["stakeholders"] = 10 * truth[i]
		}
		groups = append(groups, one(fmt.Sprint(i), signals))
	}
	s := Default()
	s.Value = map[string]float64{"priority": 1, "stakeholders": 1}
	off := func(s Settings) float64 {
		e, _ := New(s)
		sum := 0.0
		for i := 0; i < len(groups); i += 3 {
			d := shareOf(e.Score(groups[i], noon)) - truth[i]
			sum += d * d
		}
		return math.Sqrt(sum / 200)
	}
	builtIn, calibrated := off(s), off(Calibrated(s, Calibrate(s, groups)))
	// The remaining deviation is 0.1·√(1 − ρ²), which is 0.092.
	if calibrated > 0.1 || builtIn < 0.15 {
		t.Errorf("off by %.3f calibrated and by %.3f as built in, want under 0.1 and over 0.15", calibrated, builtIn)
	}
}

// TestEveryModelIsCalibratedToAValidPolicy also holds that only what the model
// weighs is measured.
func TestEveryModelIsCalibratedToAValidPolicy(t *testing.T) {
	want := map[string]int{ // mean and sd of priority, half of demand, all three of revenue, mean and sd of effort
		"cd3u": 8, "weighted": 8, "wsjf": 8, "cd3": 8, "rice": 8, "ice": 8, "moscow": 8, "moscow/rice": 8, "taskwarrior": 2,
	}
	for model, fields := range want {
		t.Run(model, func(t *testing.T) {
			s := Default()
			s.Model = model
			if model == "weighted" {
				s.Value["effort"], s.Value["due"] = 0.1, 0.1
			}
			ms := Calibrate(s, known11())
			next := Calibrated(s, ms)
			if err := next.Validate(); err != nil {
				t.Error(err)
			}
			found := 0
			for _, m := range ms {
				if m.Found != nil {
					found++
				}
			}
			if found != fields {
				t.Errorf("%d fields were found, want %d: %+v", found, fields, ms)
			}
		})
	}
}

// TestTheAssumedCorrelationCostsLittle is why a calibration leaves the correlation
// of judgements as it is: of 200 items with five judgements, half of them missing,
// the order agrees with that of all judgements nearly as well as with the true
// correlation.
func TestTheAssumedCorrelationCostsLittle(t *testing.T) {
	const trials, items, judgements = 60, 200, 5
	for truth, most := range map[float64]float64{0.2: 0.005, 0.4: 0, 0.6: 0.005, 0.8: 0.015} {
		rng := rand.New(rand.NewPCG(7, uint64(10*truth)))
		lost := 0.0
		for range trials {
			all, assumed, exact := make([]float64, items), make([]float64, items), make([]float64, items)
			for i := range items {
				common, sum, known := rng.NormFloat64(), 0.0, 0
				for range judgements {
					z := math.Sqrt(truth)*common + math.Sqrt(1-truth)*rng.NormFloat64()
					if all[i] += z; rng.IntN(2) == 0 {
						sum, known = sum+z, known+1
					}
				}
				missing := float64(judgements - known)
				assumed[i] = sum + missing*outlookFrom(sum, known).z
				exact[i] = sum + missing*truth*sum/(1+float64(known-1)*truth)
			}
			lost += (tauB(exact, all) - tauB(assumed, all)) / trials
		}
		if lost > most+1e-9 {
			t.Errorf("correlation %v: %.4f of tau is lost, want at most %v", truth, lost, most)
		}
	}
}
