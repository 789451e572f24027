package explain

import (
	"cmp"
	"strings"

	"stackrank/internal/work"
	"stackrank/prioritize"
)

// tiered is the model that puts whole tiers before one another; what stands
// behind the stroke is the model within the tiers.
const tiered, within = "moscow", "cd3u"

// Tiers gives the price of a rule that puts whole tiers first: how much more
// delay costs than in the order of the same model without it. It gives false
// where there is no such rule, or where figures are no cost of delay.
func (b *Backlog) Tiers() (float64, bool) {
	rule, inside, _ := strings.Cut(b.settings.Model, "/")
	if rule != tiered || b.Shape() != prioritize.Quotient {
		return 0, false
	}
	s := b.settings
	s.Model = cmp.Or(inside, within)
	free, err := prioritize.New(s)
	if err != nil {
		return 0, false
	}
	groups := make([]work.Group, len(b.ranked))
	for i := range b.ranked {
		groups[i] = b.ranked[i].Group
	}
	without := free.Rank(groups, b.at)
	base := without.Cost(without.Best())
	if base == 0 {
		return 0, false
	}
	at := make(map[work.Ref]int, len(groups))
	for i := range without.Ranked {
		at[without.Ranked[i].Group.Ref()] = i
	}
	order := make([]int, len(groups))
	for i, g := range groups {
		order[i] = at[g.Ref()]
	}
	return without.Cost(order)/base - 1, true
}
