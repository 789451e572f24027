package prioritize

import "math"

// correlation is how much the judgements about one item go together, after
// standardising: the ρ of an equicorrelated normal model. Assumed.
const correlation = 0.4

// outlook is what the known judgements of an item say about the unknown ones:
// their expected standard score, and the variance and covariance that remain.
type outlook struct {
	z, variance, covariance float64
}

// outlookFrom gives the conditional mean and variance for n known judgements
// whose standard scores add up to sum.
func outlookFrom(sum float64, n int) outlook {
	d := 1 + float64(n-1)*correlation
	explained := float64(n) * correlation * correlation / d
	if n == 0 {
		return outlook{variance: 1, covariance: correlation}
	}
	return outlook{z: correlation * sum / d, variance: 1 - explained, covariance: correlation - explained}
}

// says reports whether the finding holds a judgement, its own or a parent's.
func (f *finding) says() bool { return f.known || !f.from.IsZero() }

// noiseOf gives the standard deviation with which a judgement is off. What was
// said of a parent is off for its parts by as much as shares differ at all
// (assumed): it counts for half, and an item's own judgement for more.
func (c *criterion) noiseOf(f *finding) float64 {
	if f.known {
		return c.noise
	}
	return math.Hypot(c.noise, c.sd)
}

// trust gives the weight of a share with this noise against what is expected of
// any item: 1 when there is none.
func (c *criterion) trust(noise float64) float64 {
	return c.sd * c.sd / (c.sd*c.sd + noise*noise)
}

// heard gives the share that is expected after a judgement was heard, and the
// variance that is left in it. One that is off by a factor has the posterior mean
// of a lognormal share, exp(m + λ(ln x − m) + ½λσ²), which comes to
// mean·(x/mean)^λ: an estimate of the mean stays as it is.
func (c *criterion) heard(f *finding) (share, left float64) {
	if f.known && c.factor > 0 {
		prior := logVariance(c.sd*c.sd, c.mean)
		trust := prior / (prior + c.factor*c.factor)
		share = min(c.mean*math.Pow(max(f.share, minScale)/c.mean, trust), 1)
		return share, share * share * math.Expm1(prior*(1-trust))
	}
	noise := c.noiseOf(f)
	trust := c.trust(noise)
	return c.mean + trust*(f.share-c.mean), trust * noise * noise
}

// settle turns what was found into the share of every criterion, and gives the
// variance that is left in their weighted sum (which lies in 0…1).
//
// Counts stand as they are: an absent one is zero. A known judgement is drawn to
// its mean as far as it is noisy; one of a parent is such a noisy one. An unknown
// one is expected from the known judgements of the item, never from its counts,
// so that one more vote can only raise the value. This expectation is the
// posterior mean already, hence the value is not shrunk a second time.
func settle(criteria []criterion, found []finding) (variance float64) {
	sum, n := 0.0, 0
	for i := range criteria {
		c, f := &criteria[i], &found[i]
		if c.curve.counts() || !f.says() {
			continue
		}
		left := 0.0
		f.share, left = c.heard(f)
		sum += (f.share - c.mean) / c.sd
		n++
		variance += c.weight * c.weight * left
	}
	o := outlookFrom(sum, n)
	linear, square := 0.0, 0.0
	for i := range criteria {
		c, f := &criteria[i], &found[i]
		if c.curve.counts() || f.says() {
			continue
		}
		f.share = min(max(c.mean+c.sd*o.z, 0), 1)
		linear += c.weight * c.sd
		square += c.weight * c.weight * c.sd * c.sd
	}
	return variance + o.covariance*linear*linear + (o.variance-o.covariance)*square
}

// logVariance turns a variance around a mean into the variance of the logarithm
// of a lognormal figure.
func logVariance(variance, mean float64) float64 { return math.Log1p(variance / (mean * mean)) }
