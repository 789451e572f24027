package uncertain

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestTheGainIsTheIntegral works out what an answer is worth from all answers it
// may have.
func TestTheGainIsTheIntegral(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		above := rapid.Float64Range(-3, 3).Draw(t, "above")
		sigma := rapid.Float64Range(0.05, 1.2).Draw(t, "sigma")
		gain, turns, step := 0.0, 0.0, 1e-3
		for z := -9.0; z < 9; z += step {
			weight := step * math.Exp(-z*z/2) / math.Sqrt(tau)
			now := math.Exp(above - sigma*sigma/2 + sigma*z)
			if (now > 1) != (above >= 0) {
				gain += weight * math.Abs(now-1)
				turns += weight
			}
		}
		got := worth(Question{Resolves: sigma}, above)
		if math.Abs(got.Gain-gain) > 1e-4 || math.Abs(got.Turns-turns) > 2e-3 {
			t.Fatalf("got %v and %v, want %v and %v", got.Gain, got.Turns, gain, turns)
		}
	})
}

func TestAnAnswerIsWorthMoreTheMoreItSettles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		above, sigma := rapid.Float64Range(-30, 30).Draw(t, "above"), rapid.Float64Range(0, 3).Draw(t, "sigma")
		a := worth(Question{Resolves: sigma}, above)
		b := worth(Question{Resolves: sigma + rapid.Float64Range(0, 2).Draw(t, "more")}, above)
		if !(a.Gain >= 0 && a.Turns >= 0 && a.Turns <= 1) || b.Gain < a.Gain-1e-9 {
			t.Fatalf("%+v, and with more to settle %+v", a, b)
		}
	})
}

func TestAskNextTakesTheLineBetweenTheLastAndTheNext(t *testing.T) {
	items := []Item{{Key: "a", Mu: 2}, {Key: "b", Mu: 1}, {Key: "c", Mu: 0.8}, {Key: "d", Mu: -3}}
	questions := []Question{
		{"d", "effort", 0.8}, {"a", "effort", 0.8}, {"b", "effort", 0.8}, {"b", "revenue", 0.3}, {"c", "effort", 0.8}, {"c", "due", 0}, {"gone", "effort", 2},
	}
	var got []string
	for _, w := range AskNext(items, 2, questions) {
		got = append(got, fmt.Sprintf("%s %s", w.Key, w.Input))
	}
	want := []string{"b effort", "c effort", "b revenue", "a effort", "d effort", "c due"}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, top := range []int{0, -1, 4, 9} {
		if got := AskNext(items, top, questions); got != nil {
			t.Errorf("there is no line behind %d of 4, got %v", top, got)
		}
	}
}

func TestTheOrderOfQuestionsIsIrrelevant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := smallBacklog(t)
		var questions []Question
		for _, it := range items {
			questions = append(questions, Question{it.Key, "effort", it.Sigma}, Question{it.Key, "value", it.Sigma / 2})
		}
		want := AskNext(items, 5, questions)
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "shuffle"), 2))
		rng.Shuffle(len(questions), func(i, j int) { questions[i], questions[j] = questions[j], questions[i] })
		rng.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
		if diff := gocmp.Diff(want, AskNext(items, 5, questions)); diff != "" {
			t.Fatalf("-first +shuffled:\n%s", diff)
		}
	})
}

func TestQuestionsPerItemAddTheirVariances(t *testing.T) {
	got := PerItem([]Question{{"b", "effort", 0.3}, {"a", "value", 1}, {"b", "value", 0.4}})
	if want := []Question{{"b", "", 0.5}, {"a", "", 1}}; !gocmp.Equal(got, want) {
		t.Errorf("PerItem() = %v, want %v", got, want)
	}
}

// The benchmark of questions: 200 items whose ln density is known to a standard
// deviation of 0.15, 0.5 or 1 (six, three and one of ten), spread by 0.7. An
// answer tells the density. After each the first twenty are chosen anew; what
// they are really worth is compared with the best twenty that there are.
const (
	asked, chosen, answers = 200, 20, 40
	askTrials              = 300
)

// survey is one backlog of the benchmark under questions.
type survey struct {
	items []Item    // Mu: ln of the expected density
	truth []float64 // ln density
}

func newSurvey(rng *rand.Rand) survey {
	s := survey{make([]Item, asked), make([]float64, asked)}
	for i := range s.items {
		sigma := []float64{0.15, 0.15, 0.15, 0.15, 0.15, 0.15, 0.5, 0.5, 0.5, 1}[rng.IntN(10)]
		mu := 0.7 * rng.NormFloat64()
		s.items[i] = Item{Key: fmt.Sprint("k", i), Mu: mu + sigma*sigma/2, Sigma: sigma}
		s.truth[i] = mu + sigma*rng.NormFloat64()
	}
	return s
}

// order gives the items, best first.
func (s survey) order() []int {
	order := make([]int, asked)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(s.items[b].Mu, s.items[a].Mu) })
	return order
}

// share gives what the chosen are worth, of the best there are.
func (s survey) share() float64 {
	got, best := 0.0, 0.0
	for _, i := range s.order()[:chosen] {
		got += math.Exp(s.truth[i])
	}
	for _, x := range slices.Sorted(slices.Values(s.truth))[asked-chosen:] {
		best += math.Exp(x)
	}
	return got / best
}

// choosers name the item to ask about next, by index.
var choosers = []struct {
	name string
	next func(s survey, rng *rand.Rand) int
}{
	{"value of information", func(s survey, _ *rand.Rand) int {
		questions := make([]Question, asked)
		for i, it := range s.items {
			questions[i] = Question{it.Key, "", it.Sigma}
		}
		first := AskNext(s.items, chosen, questions)[0]
		return slices.IndexFunc(s.items, func(it Item) bool { return it.Key == first.Key })
	}},
	{"largest sigma", func(s survey, rng *rand.Rand) int {
		return s.least(func(i int) float64 { return -s.items[i].Sigma - 1e-9*rng.Float64() })
	}},
	{"closest to the line", func(s survey, _ *rand.Rand) int {
		order := s.order()
		line := (s.items[order[chosen-1]].Mu + s.items[order[chosen]].Mu) / 2
		return s.least(func(i int) float64 { return math.Abs(s.items[i].Mu - line) })
	}},
	{"top of the list", func(s survey, _ *rand.Rand) int { return s.least(func(i int) float64 { return -s.items[i].Mu }) }},
	{"random", func(s survey, rng *rand.Rand) int { return s.least(func(int) float64 { return rng.Float64() }) }},
}

// least gives the item with the least figure among those that are not answered.
func (s survey) least(figure func(i int) float64) int {
	best, at := math.Inf(1), -1
	for i := range s.items {
		if x := figure(i); s.items[i].Sigma > 0 && x < best {
			best, at = x, i
		}
	}
	return at
}

func TestTwentyChosenAnswersBeatFortyRandomOnes(t *testing.T) {
	shares := make([][answers/10 + 1]float64, len(choosers))
	for trial := range askTrials {
		for c, chooser := range choosers {
			s := newSurvey(rand.New(rand.NewPCG(uint64(trial), 1)))
			rng := rand.New(rand.NewPCG(uint64(trial), 2))
			for a := range answers + 1 {
				if a%10 == 0 {
					shares[c][a/10] += s.share() / askTrials
				}
				i := chooser.next(s, rng)
				s.items[i].Mu, s.items[i].Sigma = s.truth[i], 0
			}
		}
	}
	ours, random := shares[0], shares[len(shares)-1]
	for c, chooser := range choosers {
		t.Logf("%-22s %.3f", chooser.name, shares[c])
		for k := 1; c > 0 && k < len(ours); k++ {
			if shares[c][k] >= ours[k] {
				t.Errorf("after %d answers %s has %.3f, we %.3f", 10*k, chooser.name, shares[c][k], ours[k])
			}
		}
	}
	if ours[2] < 0.95 || ours[2] <= random[4] {
		t.Errorf("after 20 answers %.3f, want 0.95 and more than 40 random ones, %.3f", ours[2], random[4])
	}
}
