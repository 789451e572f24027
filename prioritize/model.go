package prioritize

import (
	"maps"
	"slices"
	"strings"
	"time"

	"stackrank/internal/work"
)

// model is one formula: it makes the score of a group from nothing but the
// group, the time and the policy that it was built from.
type model interface {
	score(g work.Group, now time.Time) Score
	// total puts a ratio within a band on the fixed scale of the model, 0…100. It
	// rises with the ratio, falls with the band and never turns two round.
	total(ratio float64, band int) float64
}

// formula describes a model: how it is built from settings that Validate
// accepts, and what it reads.
type formula struct {
	build    func(Settings) model
	inputs   []input  // what it reads by name, beside the criteria of the policy
	reserved []string // names that carry no weight, for the model reads them by itself
	weights  bool     // it reads the weights of the policy
	half     bool     // it reads the anchor of the total
	dates    bool     // it reads due dates
	classes  bool     // it reads classes of service
}

// input is a signal that a model reads by name, and what it takes instead where
// nobody gave it, in words.
type input struct {
	signal    work.Signal
	otherwise string
}

// The names of the models.
const (
	modelCD3U        = "cd3u"
	modelWeighted    = "weighted"
	modelWSJF        = "wsjf"
	modelCD3         = "cd3"
	modelRICE        = "rice"
	modelICE         = "ice"
	modelMoSCoW      = "moscow"
	modelTaskwarrior = "taskwarrior"
)

// models holds every formula but moscow, which is one of these within tiers.
var models = map[string]formula{
	modelCD3U: {
		build:    func(s Settings) model { return newCD3U(s) },
		reserved: []string{nameEffort, nameDue}, weights: true, half: true, dates: true, classes: true,
	},
	modelWeighted: {build: func(s Settings) model { return newWeighted(s) }, weights: true},
	modelWSJF: {
		build: func(s Settings) model { return newWSJF(s) }, inputs: wsjfInputs,
		reserved: []string{nameEffort, nameDue}, weights: true, half: true, dates: true, classes: true,
	},
	modelCD3: {
		build: func(s Settings) model { return newCD3(s) }, inputs: cd3Inputs,
		reserved: []string{nameEffort, nameDue}, weights: true, half: true,
	},
	modelRICE: {
		build: func(s Settings) model { return newRICE(s) }, inputs: riceInputs,
		reserved: []string{nameEffort, nameDue}, weights: true, half: true,
	},
	modelICE: {
		build: func(s Settings) model { return newICE(s) }, inputs: iceInputs,
		reserved: []string{nameEffort, nameDue}, weights: true,
	},
	modelTaskwarrior: {build: func(s Settings) model { return newTaskwarrior(s) }, inputs: taskwarriorInputs, dates: true, classes: true},
}

// formulaOf gives the formula that a policy names: "rice", "moscow" for cd3u
// within tiers, "moscow/rice" for another within tiers.
func formulaOf(name string) (formula, bool) {
	tiers, inside, _ := strings.Cut(name, "/")
	if tiers != modelMoSCoW {
		f, ok := models[name]
		return f, ok
	}
	if name == modelMoSCoW {
		inside = modelCD3U
	}
	f, ok := models[inside]
	if !ok {
		return formula{}, false
	}
	build := f.build
	f.build = func(s Settings) model { return moscow{build(s)} }
	f.inputs = append([]input{moscowInput}, f.inputs...)
	return f, true
}

// modelNames lists the models for messages: "cd3, cd3u, …".
func modelNames() string {
	names := append(slices.Collect(maps.Keys(models)), modelMoSCoW, modelMoSCoW+"/MODEL")
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// reads reports whether the formula reads a signal by name.
func (f formula) reads(name string) bool {
	return slices.ContainsFunc(f.inputs, func(in input) bool { return string(in.signal) == name })
}

// hyperbolic gives 100·r/(r+half), in a form in which no rounding can turn two ratios
// round.
func hyperbolic(ratio, half float64) float64 { return 100 * (1 - half/(ratio+half)) }
