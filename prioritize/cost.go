package prioritize

import "container/heap"

// Cost gives the cost of delay of working the groups off in an order, which
// holds each index of Ranked once: Σ Delay · time of completion, in points per
// week times days. Always the first that can be begun is done; what stands above
// something that it waits for comes when that is done.
func (r Ranking) Cost(order []int) float64 {
	q := queue{at: make([]int, len(order))}
	for place, i := range order {
		q.at[i] = place
	}
	missing := make([]int, len(order))
	for _, w := range r.Waits {
		if w[0] < w[1] { // the others close a knot
			missing[w[1]]++
		}
	}
	for i, n := range missing {
		if n == 0 {
			heap.Push(&q, i)
		}
	}
	done, cost, next := 0.0, 0.0, r.firstWaits()
	for q.Len() > 0 {
		i := heap.Pop(&q).(int)
		done += r.Ranked[i].Work
		cost += r.Ranked[i].Delay * done
		for k := next[i]; k < len(r.Waits) && r.Waits[k][0] == i; k++ {
			if to := r.Waits[k][1]; to > i {
				if missing[to]--; missing[to] == 0 {
					heap.Push(&q, to)
				}
			}
		}
	}
	return cost
}

// firstWaits gives for each group where in Waits those begin that it goes before.
func (r Ranking) firstWaits() []int {
	next := make([]int, len(r.Ranked))
	for k, i := 0, 0; i < len(next); i++ {
		for k < len(r.Waits) && r.Waits[k][0] < i {
			k++
		}
		next[i] = k
	}
	return next
}

// Best gives the order of the ranking itself: 0, 1, 2 and so on.
func (r Ranking) Best() []int {
	order := make([]int, len(r.Ranked))
	for i := range order {
		order[i] = i
	}
	return order
}

// queue holds indexes, the first by place on top.
type queue struct {
	at   []int // by index: its place
	heap []int
}

func (q *queue) Len() int           { return len(q.heap) }
func (q *queue) Less(a, b int) bool { return q.at[q.heap[a]] < q.at[q.heap[b]] }
func (q *queue) Swap(a, b int)      { q.heap[a], q.heap[b] = q.heap[b], q.heap[a] }
func (q *queue) Push(i any)         { q.heap = append(q.heap, i.(int)) }

func (q *queue) Pop() any {
	last := len(q.heap) - 1
	i := q.heap[last]
	q.heap = q.heap[:last]
	return i
}
