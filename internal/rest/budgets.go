package rest

import "sync"

// Budgets gives every credential one budget, however many sources use it. The
// zero value is ready; it is safe for concurrent use.
type Budgets struct {
	mu sync.Mutex
	by map[string]*Budget
}

// For gives the budget of a credential, named by its Fingerprint, and builds it
// when it is asked for first.
func (b *Budgets) For(fingerprint string, build func() *Budget) *Budget {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.by[fingerprint] == nil {
		if b.by == nil {
			b.by = map[string]*Budget{}
		}
		b.by[fingerprint] = build()
	}
	return b.by[fingerprint]
}
