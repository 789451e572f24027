package uncertain

import "math"

// The integral over the error of one item: evenly spaced deviates from −reach
// to reach standard deviations of the normal, whose sum is exact for smooth
// integrands.
const (
	nodes     = 49
	nodeReach = 6.0
)

// node is one of them: the item's own figure lies z standard deviations above
// what is known, with this weight.
type node struct {
	z, weight float64
	own       float64 // probability that another draw of the item itself lies above: Φ(−z)
}

func nodesOf() [nodes]node {
	var out [nodes]node
	sum := 0.0
	for k := range out {
		z := nodeReach * (2*float64(k)/(nodes-1) - 1)
		out[k] = node{z, math.Exp(-z * z / 2), normal(-z)}
		sum += out[k].weight
	}
	for k := range out {
		out[k].weight /= sum
	}
	return out
}

// crowd is the field as one item sees it: given its own figure, the number of
// others above is normal with a known mean and variance (a sum of many
// independent yes and no).
type crowd struct {
	*field
	sharp    []float64 // expected number above a cell
	variance []float64
	nodes    [nodes]node
}

// fromAfar is Judge by closed forms, for so many items that the number of others
// above a figure is nearly certain.
func fromAfar(items []Item, units []unit, top int) []Standing {
	f := newField(units)
	c := crowd{f, f.above(f.mixture, 0), f.noise(), nodesOf()}
	out := make([]Standing, len(items))
	for i := range units {
		u := &units[i]
		best, middle, worst := c.band(u, f.at[i])
		for p, place := range u.members {
			out[place] = Standing{
				Key:  items[place].Key,
				Top:  c.first(u, f.at[i], top-p),
				Band: Band{bounded(best+float64(p), len(items)), bounded(middle+float64(p), len(items)), bounded(worst+float64(p), len(items))},
			}
		}
	}
	return out
}

// bounded rounds a rank to one there is.
func bounded(rank float64, items int) int {
	return int(min(max(math.Round(rank), 1), float64(items)))
}

// others gives the mean and the variance of the number of items of other units
// above a figure: that of an uncertain unit in a node.
func (c *crowd) others(u *unit, at float64, n node) (mean, variance float64) {
	x := at + n.z*u.sigma/c.step
	above, level := c.ladder.over(x)
	mean = read(c.sharp, x) + above + level/2 - u.size()*n.own
	variance = read(c.variance, x) - u.size()*u.size()*n.own*(1-n.own)
	return max(mean, 0), max(variance, 0)
}

// peers gives, for a certain unit, how many of the others are expected above it
// and how many are level with it, which makes each order among them equally
// likely.
func (c *crowd) peers(u *unit, at float64) (mean, variance, ties float64) {
	above, level := c.ladder.over(at)
	return read(c.sharp, at) + above, read(c.variance, at), level - u.size()
}

// first gives the probability that the unit begins at place or before it. Half a
// place is the correction for continuity.
func (c *crowd) first(u *unit, at float64, place int) float64 {
	if place < 1 {
		return 0
	}
	if certain(u) {
		return c.firstOfPeers(u, at, float64(place))
	}
	sum := 0.0
	for _, n := range c.nodes {
		mean, variance := c.others(u, at, n)
		sum += n.weight * normal((float64(place)-0.5-mean)/math.Sqrt(max(variance, grain*grain)))
	}
	return min(sum, 1)
}

// firstOfPeers is first for a certain unit: the mean over a uniform number of its
// peers of a normal distribution function, ∫Φ = xΦ(x) + φ(x).
func (c *crowd) firstOfPeers(u *unit, at, place float64) float64 {
	mean, variance, ties := c.peers(u, at)
	s := math.Sqrt(max(variance, grain*grain))
	integral := func(x float64) float64 { return x*normal(x) + math.Exp(-x*x/2)/math.Sqrt(tau) }
	return min(max(s*(integral((place-mean)/s)-integral((place-mean-ties-1)/s))/(ties+1), 0), 1)
}

// band gives the quantiles of the place at which the unit begins. What its own
// error moves it by, or chance among its peers, and what the errors of the others
// do are added as variances.
func (c *crowd) band(u *unit, at float64) (best, middle, worst float64) {
	z := math.Sqrt2 * math.Erfinv(2*surely-1)
	if certain(u) {
		mean, variance, ties := c.peers(u, at)
		spread := math.Hypot((surely-0.5)*ties, z*math.Sqrt(variance))
		middle = 1 + mean + ties/2
		return middle - spread, middle, middle + spread
	}
	mean, variance := c.others(u, at, node{own: 0.5})
	up, _ := c.others(u, at, node{z: z, own: normal(-z)})
	down, _ := c.others(u, at, node{z: -z, own: normal(z)})
	spread := z * math.Sqrt(variance)
	return 1 + mean - math.Hypot(mean-up, spread), 1 + mean, 1 + mean + math.Hypot(down-mean, spread)
}
