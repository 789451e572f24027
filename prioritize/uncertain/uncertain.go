// Package uncertain owns what can be said about an order whose figures are
// uncertain: who is above whom, with what probability an item is among the first
// N, in which band its rank lies, and which open question is worth asking next.
// It is pure and knows items by key only.
//
// The logarithm of every density is normal around what is known, and items are
// independent of each other. Two simplifications follow from that. What items
// have in common (an anchor that is set too high, a team that estimates too low)
// is left out; it shifts all of them and hardly any pair. Items of one block,
// which are ordered as one because they wait for each other, share one density
// and therefore one error: they move together, and among themselves they keep
// the order of the list for certain.
package uncertain

import (
	"cmp"
	"math"
	"slices"
)

// Item is one piece of work in an order whose figure is uncertain. Mu and Sigma
// must be finite.
type Item struct {
	Key   string  // names the item, and its draws: distinct, and stable between runs
	Mu    float64 // ln of its density, the figure that orders
	Sigma float64 // standard deviation of ln density, ≥ 0
	Block int     // items with one number share one density; 0: the item stands alone
}

// grain is the least standard deviation that is told from none, and what
// separates two certain figures: below it they count as equal.
const grain = 1e-9

// Above gives the probability that a belongs above b, for items of different
// blocks: Φ((μa − μb)/√(σa² + σb²)). Equal figures give 0.5.
func Above(a, b Item) float64 {
	return normal((a.Mu - b.Mu) / math.Hypot(width(a.Sigma), width(b.Sigma)))
}

func width(sigma float64) float64 { return max(sigma, grain) }

// normal is the distribution function of the standard normal.
func normal(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }

// unit is what moves as one: an item, or the items of a block in their order.
type unit struct {
	name      string // the least key of its members
	mu, sigma float64
	members   []int // places in the list
}

func (u *unit) size() float64 { return float64(len(u.members)) }

// unitsOf gathers the items into units, ordered by name, so that nothing depends
// on the order of the list but the order within a block. A block has the figures
// of the member with the least key; by contract all have the same.
func unitsOf(items []Item) []unit {
	units := make([]unit, 0, len(items))
	blocks := map[int]int{}
	places := make([]int, len(items)) // one array for the members of all that stand alone
	for i, it := range items {
		places[i] = i
		at, seen := blocks[it.Block]
		if it.Block == 0 || !seen {
			blocks[it.Block] = len(units)
			units = append(units, unit{it.Key, it.Mu, width(it.Sigma), places[i : i+1 : i+1]})
			continue
		}
		u := &units[at]
		u.members = append(u.members, i)
		if it.Key < u.name {
			u.name, u.mu, u.sigma = it.Key, it.Mu, width(it.Sigma)
		}
	}
	slices.SortFunc(units, func(a, b unit) int { return cmp.Compare(a.name, b.name) })
	return units
}
