package jira

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"stackrank/internal/work"
)

// sortNative puts the items into native order. Rank values are compared byte by
// byte, which holds within one bucket; while Jira rebalances, issues stand in
// two, and then its own sorted list decides.
func (c *Connector) sortNative(ctx context.Context, s *site, l listing, items []ranked) error {
	if c.fields.rank != nil && oneBucket(items) {
		slices.SortStableFunc(items, func(a, b ranked) int {
			return cmp.Or(cmp.Compare(a.rank, b.rank), a.item.Ref.Compare(b.item.Ref))
		})
		return nil
	}
	order, err := c.nativeIDs(ctx, s, l)
	if err != nil {
		return err
	}
	place := make(map[string]int, len(order))
	for i, id := range slices.Backward(order) {
		place[id] = i // the first mention counts
	}
	at := func(r ranked) int {
		if p, known := place[r.item.Ref.ID]; known {
			return p
		}
		return len(order)
	}
	slices.SortStableFunc(items, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(at(a), at(b)), cmp.Compare(a.rank, b.rank), a.item.Ref.Compare(b.item.Ref))
	})
	return nil
}

// nativeIDs gives the ids in the order that Jira itself sorts them in: from the
// listing where that is whole and of the right order, else by a read of its
// own.
func (c *Connector) nativeIDs(ctx context.Context, s *site, l listing) ([]string, error) {
	terms, right := l.terms, true
	if c.fields.rank != nil {
		terms, right = c.fields.rank.clause()+" ASC", l.ranked
	}
	if right && l.whole {
		return l.ids, nil
	}
	return c.allIDs(ctx, s, l.filter, terms)
}

// bucket gives the part of a rank within which ranks can be compared, "" for
// what is no rank.
func bucket(rank string) string {
	b, _, ok := strings.Cut(rank, "|")
	if !ok {
		return ""
	}
	return b
}

// oneBucket reports whether all items have ranks that can be compared.
func oneBucket(items []ranked) bool {
	for _, r := range items {
		if b := bucket(r.rank); b == "" || b != bucket(items[0].rank) {
			return false
		}
	}
	return true
}

// rank reads the rank that counts.
func (v *view) rank(iss rawIssue) string {
	var s string
	if v.want.rank != nil {
		v.decode(iss, v.want.rank.ID, &s)
	}
	return s
}

// finish numbers the items in their order.
func finish(items []ranked) []work.Item {
	out := make([]work.Item, len(items))
	for i, r := range items {
		r.item.Native = i
		out[i] = r.item
	}
	return out
}
