package precedence

import (
	"cmp"
	"slices"
)

// rule is a common way to order jobs under links, for comparison.
type rule struct {
	name  string
	order func(Jobs) []int
}

var rules = []rule{
	{"score, wait for blockers", waitRule},
	{"score, pull blockers up", pullRule},
	{"blockers inherit the highest score", highestRule},
	{"blockers inherit the sum of weights", sumRule},
	{"densest cone first", coneRule},
	{"weighted round robin", roundRobinRule},
}

// ratios gives the score of each job.
func ratios(j Jobs) []float64 {
	out := make([]float64, len(j.Weight))
	for i := range out {
		out[i] = j.Weight[i] / j.Duration[i]
	}
	return out
}

// neighbours lists what each job waits for and what waits for it, each once.
func neighbours(j Jobs) (before, after [][]int) {
	before, after = make([][]int, len(j.Weight)), make([][]int, len(j.Weight))
	for _, e := range j.Before {
		before[e[1]] = append(before[e[1]], int(e[0]))
	}
	for i := range before {
		slices.Sort(before[i])
		before[i] = slices.Compact(before[i])
		for _, b := range before[i] {
			after[b] = append(after[b], i)
		}
	}
	return before, after
}

// listed takes the highest score of those that are free.
func listed(j Jobs, score []float64) []int {
	before, after := neighbours(j)
	waits := make([]int, len(before))
	h := heap[int]{less: func(a, b int) bool {
		return score[a] > score[b] || score[a] == score[b] && a < b
	}}
	for i := range before {
		waits[i] = len(before[i])
		if waits[i] == 0 {
			h.push(i)
		}
	}
	var order []int
	for len(h.items) > 0 {
		i := h.pop()
		order = append(order, i)
		for _, u := range after[i] {
			waits[u]--
			if waits[u] == 0 {
				h.push(u)
			}
		}
	}
	return order
}

func waitRule(j Jobs) []int { return listed(j, ratios(j)) }

// pullRule goes through the jobs by score and puts what each waits for, by score
// as well, right before it.
func pullRule(j Jobs) []int {
	score := ratios(j)
	before, _ := neighbours(j)
	byScore := func(a, b int) int { return cmp.Or(cmp.Compare(score[b], score[a]), cmp.Compare(a, b)) }
	for i := range before {
		slices.SortFunc(before[i], byScore)
	}
	all := make([]int, len(score))
	for i := range all {
		all[i] = i
	}
	slices.SortFunc(all, byScore)
	placed := make([]bool, len(score))
	var order []int
	var place func(i int)
	place = func(i int) {
		if placed[i] {
			return
		}
		placed[i] = true
		for _, b := range before[i] {
			place(b)
		}
		order = append(order, i)
	}
	for _, i := range all {
		place(i)
	}
	return order
}

// highestRule scores a job by the highest score of itself and all that wait for
// it.
func highestRule(j Jobs) []int {
	score := ratios(j)
	_, after := neighbours(j)
	for _, i := range slices.Backward(waitRule(j)) {
		for _, u := range after[i] {
			score[i] = max(score[i], score[u])
		}
	}
	return listed(j, score)
}

// sumRule scores a job by the weight of itself and of all that wait for it, over
// its own duration.
func sumRule(j Jobs) []int {
	_, after := neighbours(j)
	score := slices.Clone(j.Weight)
	for i := range score {
		for _, u := range behind(after, i) {
			score[i] += j.Weight[u]
		}
		score[i] /= j.Duration[i]
	}
	return listed(j, score)
}

// behind gives all jobs that wait for one, directly or not, each once.
func behind(after [][]int, i int) (out []int) {
	seen := map[int]bool{i: true}
	todo := []int{i}
	for len(todo) > 0 {
		v := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, u := range after[v] {
			if !seen[u] {
				seen[u] = true
				out = append(out, u)
				todo = append(todo, u)
			}
		}
	}
	return out
}

// coneRule takes the job that with all that is left before it is densest.
func coneRule(j Jobs) []int {
	before, _ := neighbours(j)
	var order []int
	placed := make([]bool, len(before))
	for len(order) < len(before) {
		var top []int
		density := -1.0
		for i := range before {
			if placed[i] {
				continue
			}
			cone := unplaced(before, i, placed)
			w, p := 0.0, 0.0
			for _, v := range cone {
				w += j.Weight[v]
				p += j.Duration[v]
			}
			if w/p > density {
				top, density = cone, w/p
			}
		}
		for _, v := range top {
			placed[v] = true
		}
		order = append(order, top...)
	}
	return order
}

// unplaced gives a job and what is left before it, in a feasible order.
func unplaced(before [][]int, i int, placed []bool) (cone []int) {
	seen := map[int]bool{}
	var visit func(v int)
	visit = func(v int) {
		if placed[v] || seen[v] {
			return
		}
		seen[v] = true
		for _, b := range before[v] {
			visit(b)
		}
		cone = append(cone, v)
	}
	visit(i)
	return cone
}

// roundRobinRule is the fallback on the whole problem. Jobs must be numbered
// along the links, as a problem drawn together is.
func roundRobinRule(j Jobs) []int {
	s := newSolver(condense(j), Options{})
	s.scale(s.nodes)
	b := s.block(s.nodes)
	var order []int
	for _, v := range b.roundRobin() {
		order = append(order, int(s.g.jobs(v)[0]))
	}
	return order
}
