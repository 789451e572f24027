// Package precedence owns the order of jobs under "this before that": each job
// has a weight that is paid for every unit of time until it is done, and a
// duration, and the sum of weight times completion is to be least. The package
// is pure and deterministic, knows jobs by index only, and counts steps, never
// time.
//
// The way is Sidney's (Operations Research 23, 1975): some best order runs the
// densest initial set first, then the densest of what remains, and so on. A
// minimum cut finds these blocks; inside a block the order is exact where forced
// jobs or dynamic programming decide it, else the best of five heuristics and a
// local search.
//
// What one weakly connected component looks like decides alone how its jobs
// stand among each other, to the last bit: weights are made integers by
// component, budgets are by component. A job that nothing links moves no other.
package precedence

import (
	"errors"
	"fmt"
	"math"
)

// Jobs is what is to be ordered. The index of a job is also its place among
// equals: of two jobs that may change places for nothing the smaller comes
// first.
type Jobs struct {
	Weight   []float64  // paid per unit of time until the job is done; finite, at least 0
	Duration []float64  // finite, above 0; what takes no time is given a little
	Before   [][2]int32 // {i, j}: i before j; twice the same and a job before itself say nothing
}

// Options bound the work. The zero value of a field is its default.
type Options struct {
	Ideals int   // most initial sets of a block for the exact order inside it; 20,000
	Steps  int64 // steps for one component after which what is not cut yet is ordered by round robin; 2²⁸
}

func (o Options) withDefaults() Options {
	if o.Ideals == 0 {
		o.Ideals = 20_000
	}
	if o.Steps == 0 {
		o.Steps = 1 << 28
	}
	return o
}

// Order is the order of all jobs and how good it is.
type Order struct {
	Sequence []int   // every job once
	Blocks   []Block // in the order of Sequence, densities never rising; together they cover it
	Cost     float64 // Σ weight·completion of Sequence
	Bound    float64 // no feasible order costs less; equal to Cost where every block is exact
	Loans    []Loan  // by lender within borrower
	Cycles   [][]int // jobs that each come before themselves, as they stand in Sequence, one after the other
}

// Block is a run of Sequence with one density. None of its initial sets is
// denser than it is.
type Block struct {
	Start, End int     // Sequence[Start:End]
	Weight     float64 // of all its jobs
	Duration   float64 // of all its jobs
	Density    float64 // Weight/Duration, exactly so for a single job; at most that of the block before
	Exact      bool    // no order inside is better
}

// Loan is weight that a job lends to one it waits for, so that each job of a
// block carries Density times its duration. Nothing is counted twice: what is
// lent is gone.
type Loan struct {
	From, To int     // To comes before From
	Amount   float64 // in units of Weight, above 0
}

// ErrJobs says that the jobs are not a problem to solve.
var ErrJobs = errors.New("jobs")

// Solve orders the jobs. Jobs that wait for each other in a circle are kept
// together, the denser first, and reported in Cycles; Bound is then for orders
// that keep them so.
//
// Where jobs are linked, weights and durations count as integers that share 60
// bits by component; scale says how they are rounded. Blocks stand by the
// figures as given.
func Solve(j Jobs, o Options) (Order, error) {
	if err := j.check(); err != nil {
		return Order{}, err
	}
	g := condense(j)
	s := newSolver(g, o.withDefaults())
	s.solve()
	return s.order(j), nil
}

func (j Jobs) check() error {
	n := len(j.Weight)
	if len(j.Duration) != n {
		return fmt.Errorf("%w: %d weights and %d durations", ErrJobs, n, len(j.Duration))
	}
	weights, durations := 0.0, 0.0
	for i := range n {
		if w := j.Weight[i]; w < 0 || w != w {
			return fmt.Errorf("%w: weight %v of job %d: want at least 0", ErrJobs, w, i)
		}
		if p := j.Duration[i]; p <= 0 || p != p {
			return fmt.Errorf("%w: duration %v of job %d: want more than 0", ErrJobs, p, i)
		}
		weights += j.Weight[i]
		durations += j.Duration[i]
	}
	if math.IsInf(weights+durations, 1) || math.IsInf(weights*durations, 1) {
		return fmt.Errorf("%w: weights or durations are too large to add", ErrJobs)
	}
	for _, e := range j.Before {
		if min(e[0], e[1]) < 0 || int(max(e[0], e[1])) >= n {
			return fmt.Errorf("%w: %d before %d: want 0 to %d", ErrJobs, e[0], e[1], n-1)
		}
	}
	return nil
}
