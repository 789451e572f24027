package precedence

// heap is a binary heap, the least on top.
type heap[T any] struct {
	items []T
	less  func(a, b T) bool
}

func (h *heap[T]) push(x T) {
	h.items = append(h.items, x)
	for k := len(h.items) - 1; k > 0; {
		up := (k - 1) / 2
		if !h.less(h.items[k], h.items[up]) {
			return
		}
		h.items[k], h.items[up] = h.items[up], h.items[k]
		k = up
	}
}

func (h *heap[T]) pop() T {
	top, last := h.items[0], len(h.items)-1
	h.items[0] = h.items[last]
	h.items = h.items[:last]
	for k := 0; 2*k+1 < last; {
		c := 2*k + 1
		if c+1 < last && h.less(h.items[c+1], h.items[c]) {
			c++
		}
		if !h.less(h.items[c], h.items[k]) {
			break
		}
		h.items[k], h.items[c] = h.items[c], h.items[k]
		k = c
	}
	return top
}
