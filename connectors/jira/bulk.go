package jira

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"stackrank/internal/work"
)

// bulk is the body of bulkfetch.
type bulk struct {
	IDs    []string `json:"issueIdsOrKeys"`
	Fields []string `json:"fields"`
}

// readBulk reads the issues of the ids, a hundred a request and as many requests
// at a time as the source's limits allow.
func (c *Connector) readBulk(ctx context.Context, r *reading, ids []string) error {
	var mu sync.Mutex
	var parts []*reading
	var calls []func(context.Context) error
	done := len(r.issues)
	for part := range slices.Chunk(ids, readPage) {
		own := newReading(r.fields, func(int, int) {})
		own.view = r.view
		parts = append(parts, own)
		calls = append(calls, func(ctx context.Context) error {
			if err := c.fetch(ctx, own, bulk{part, r.fields}); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			done += len(own.issues)
			r.report(done, max(r.total, done))
			return nil
		})
	}
	if err := together(ctx, calls...); err != nil {
		return err
	}
	asked := make(map[flexID]bool, len(ids))
	for _, id := range ids {
		asked[flexID(id)] = true
	}
	for _, part := range parts {
		for _, iss := range part.issues {
			if !asked[iss.ID] {
				return fmt.Errorf("%w: Jira gives %s, which was not asked for", work.ErrUnexpected, iss.Key)
			}
			if _, err := r.add(iss); err != nil {
				return err
			}
		}
	}
	return nil
}

// arrange puts the issues into the order of the listing: bulkfetch gives them in
// any order, and what is told of them must not depend on it.
func (r *reading) arrange(ids []string) {
	place := make(map[flexID]int, len(ids))
	for i, id := range ids {
		place[flexID(id)] = i
	}
	slices.SortStableFunc(r.issues, func(a, b rawIssue) int { return place[a.ID] - place[b.ID] })
}

// fetch reads the issues of one body. An answer that is too large is asked for
// again in halves, at last without comments; what Jira could not give is asked
// for again once, since a pull is whole or fails.
func (c *Connector) fetch(ctx context.Context, r *reading, b bulk) error {
	a, err := c.bulkfetch(ctx, b)
	switch {
	case tooLarge(err) && len(b.IDs) > 1:
		half := len(b.IDs) / 2
		if err := c.fetch(ctx, r, bulk{b.IDs[:half], b.Fields}); err != nil {
			return err
		}
		return c.fetch(ctx, r, bulk{b.IDs[half:], b.Fields})
	case tooLarge(err):
		if fields, ok := lighter(b.Fields); ok {
			return c.fetch(ctx, r, bulk{b.IDs, fields})
		}
		return err
	case err != nil:
		return err
	}
	r.light = r.lacks(b.Fields)
	if _, err := r.take(*a.Issues, a.sound); err != nil {
		return err
	}
	for _, e := range a.Errors {
		if _, read := r.seen[e.ID]; read {
			continue
		}
		fields, _ := lighter(b.Fields)
		again, err := c.bulkfetch(ctx, bulk{[]string{string(e.ID)}, fields})
		if err != nil {
			return err
		}
		if len(again.Errors) > 0 {
			return fmt.Errorf("%w: Jira cannot give issue %s at this time", work.ErrUnavailable, e.ID)
		}
		r.light = r.lacks(fields)
		if _, err := r.take(*again.Issues, again.sound); err != nil {
			return err
		}
	}
	return nil
}

func (c *Connector) bulkfetch(ctx context.Context, b bulk) (bulkAnswer, error) {
	var a bulkAnswer
	if err := c.call(ctx, http.MethodPost, "rest/api/3/issue/bulkfetch", b, &a); err != nil {
		return a, err
	}
	if a.Issues == nil {
		return a, fmt.Errorf("%w: the answer holds no list of issues", work.ErrUnexpected)
	}
	return a, nil
}

// together makes calls side by side. When one fails the others are given up; the
// error is that of the first in the list that failed by itself.
func together(ctx context.Context, calls ...func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	errs := make([]error, len(calls))
	var wg sync.WaitGroup
	for i, call := range calls {
		wg.Go(func() {
			if errs[i] = call(ctx); errs[i] != nil {
				cancel()
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil && !errors.Is(err, context.Canceled) {
			return err
		}
	}
	return errors.Join(errs...)
}
