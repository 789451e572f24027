package prioritize

import (
	"math"
	"strings"
	"time"
	"unicode"

	"stackrank/internal/work"
)

// moscow orders by tier, must before should before could before won't, and by
// any other model within a tier. Tiers have their price: value that stands in a
// later one waits for all that stands in an earlier one.
type moscow struct{ inside model }

// The tiers, as bands of a score.
const (
	must = iota
	should
	could
	wont
)

// signalMoSCoW is the tier as a number, 0 (must) to 3 (won't). A label that
// names a tier counts as well.
const signalMoSCoW work.Signal = modelMoSCoW

var moscowInput = input{signalMoSCoW, "could"}

// tierWords are the words for a tier, reduced to letters.
var tierWords = map[string]int{
	"must": must, "musthave": must,
	"should": should, "shouldhave": should,
	"could": could, "couldhave": could,
	"wont": wont, "wonthave": wont, "wouldhave": wont,
}

func (m moscow) score(g work.Group, now time.Time) Score {
	s := m.inside.score(g, now)
	band, known := tierOf(g)
	s.Band = band
	tier := Part{Criterion: modelMoSCoW, Known: known, Share: 1 - float64(band)/wont}
	if known {
		tier.Figure = float64(band)
	}
	s.Parts = append([]Part{tier}, s.Parts...)
	return s
}

// total gives each tier a quarter of the scale.
func (m moscow) total(ratio float64, band int) float64 {
	const quarter = 100 / (wont + 1)
	return float64(quarter*(wont-min(max(band, must), wont))) + m.inside.total(ratio, 0)*quarter/100
}

// tierOf gives the first tier that a member has; without one it is could: no
// higher than what somebody thought worth a should, and not turned down either.
func tierOf(g work.Group) (tier int, known bool) {
	tier = could
	for i := range g.Items {
		if t, ok := tierOfItem(&g.Items[i]); ok && (!known || t < tier) {
			tier, known = t, true
		}
	}
	return tier, known
}

// tierOfItem gives the tier of the signal, or else the first of the labels.
func tierOfItem(it *work.Item) (tier int, known bool) {
	if x, ok := it.Signals[signalMoSCoW]; ok && !math.IsNaN(x) {
		return int(math.Round(min(max(x, must), wont))), true
	}
	for _, l := range it.Labels {
		if t, ok := tierWords[tierWord(l)]; ok && (!known || t < tier) {
			tier, known = t, true
		}
	}
	return tier, known
}

// tierWord reduces a label to the letters of a tier: "MoSCoW: Must-have" to
// "musthave".
func tierWord(label string) string {
	letters := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, label)
	return strings.TrimPrefix(letters, modelMoSCoW)
}
