package jira

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"stackrank/internal/work"
)

// overlap is how much further back than the last read edits are asked for: the
// index of a search is behind by seconds to minutes.
const overlap = 10 * time.Minute

// mostNamed is how many ids one query names.
const mostNamed = 500

// list reads the names of all issues: on Cloud in their order and once more
// sorted by votes and watchers, on Data Center with what may have changed.
func (r *round) list(ctx context.Context) error {
	filter, terms := splitJQL(r.opts.JQL)
	r.l = listing{filter: filter, terms: terms}
	if len(r.s.ranks) == 1 {
		r.l.terms, r.l.ranked = r.s.ranks[0].clause()+" ASC", true
	}
	if !r.s.cloud {
		in := newReading(r.s.lightFields(), func(int, int) {})
		in.brief = true
		err := r.readWindows(ctx, r.s, in, r.l)
		for _, iss := range in.issues {
			r.l.add(iss)
		}
		r.light = in.issues
		return r.enough(err)
	}
	names := query{JQL: orderedBy(r.l.filter, r.l.terms), Fields: []string{"key"}, Max: listPage}
	err := together(ctx, func(ctx context.Context) error {
		return r.listAll(ctx, r.s, &r.l, names)
	}, func(ctx context.Context) (err error) {
		r.crowd, err = r.allIDs(ctx, r.s, filter, "votes ASC, watchers ASC, id ASC")
		if errors.Is(err, work.ErrInvalid) {
			r.crowd, err = nil, nil // the site does not sort by them
		}
		return err
	})
	return r.enough(err)
}

// enough has an empty listing, and one that Jira does not sort, read whole.
func (r *round) enough(err error) error {
	if errors.Is(err, work.ErrInvalid) || err == nil && len(r.l.ids) == 0 {
		return fmt.Errorf("%w: the listing is empty or refused", work.ErrCursor)
	}
	return err
}

// undated adds, on Cloud, the issues that were edited and those that differ from
// what is known of them in something that Jira does not date.
func (r *round) undated(ctx context.Context, out, present map[string]bool) error {
	outside := r.outside(present)
	differing, err := r.differing(ctx, outside, present)
	if errors.Is(err, work.ErrInvalid) && len(outside) > 0 {
		// One of the issues that others are linked with is gone.
		for _, id := range outside {
			out[id] = true
		}
		differing, err = r.differing(ctx, nil, present)
	}
	if errors.Is(err, work.ErrInvalid) {
		return fmt.Errorf("%w: %w", work.ErrCursor, err)
	}
	if err != nil {
		return err
	}
	for _, id := range differing {
		out[id] = true
		delete(r.sure, id)
	}
	for _, id := range chainless(r.l.ids, func(id string) (string, bool) { k, met := r.known[id]; return k.Rank, met && !out[id] }) {
		out[id] = true
	}
	var holders []string
	for _, k := range r.last.Issues {
		if slices.ContainsFunc(k.Ends, func(id string) bool { return out[id] }) {
			holders = append(holders, k.ID) // what it shows of the others changes with them
		}
	}
	for _, id := range outside {
		delete(out, id)
	}
	for _, id := range append(holders, r.doubtful(out)...) {
		out[id] = true
	}
	return nil
}

// outside gives the issues that listed ones show something of and that are
// not listed themselves.
func (r *round) outside(present map[string]bool) []string {
	out := map[string]bool{}
	for _, k := range r.last.Issues {
		for _, id := range k.Ends {
			if present[k.ID] && !present[id] && r.known[id].ID == "" {
				out[id] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(out))
}

// differing asks Jira for the issues that were edited since the last read, or
// that differ from what is known of them.
func (r *round) differing(ctx context.Context, outside []string, present map[string]bool) ([]string, error) {
	ago := r.begun.Sub(time.Unix(r.last.At, 0)) + overlap
	edited := fmt.Sprintf(`updated >= "-%dm"`, int64(max(ago, overlap)/time.Minute)+1)
	clauses := append([]clause{{edited, 0}}, r.sprintClauses(present)...)
	clauses = append(clauses, r.crowdClauses(present)...)
	var others string
	if len(outside) > 0 {
		others = " OR (id in (" + strings.Join(outside, ",") + ") AND " + edited + ")"
	}
	var out []string
	for len(clauses) > 0 {
		n, named := 0, 0
		var texts []string
		for n < len(clauses) && (n == 0 || named+clauses[n].ids <= mostNamed) {
			texts, named = append(texts, clauses[n].text), named+clauses[n].ids
			n++
		}
		clauses = clauses[n:]
		jql := narrow(r.l.filter, "("+strings.Join(texts, " OR ")+")")
		if others != "" {
			jql, others = "("+jql+")"+others, ""
		}
		ids, err := r.allIDs(ctx, r.s, jql, "id ASC")
		if err != nil {
			return nil, err
		}
		out = append(out, ids...)
	}
	return out, nil
}

// clause is a condition of a query, and how many ids it names.
type clause struct {
	text string
	ids  int
}

// sprintClauses select the issues that are in a running sprint and were not, or
// the other way round: a sprint begins and ends without an edit of its issues.
func (r *round) sprintClauses(present map[string]bool) []clause {
	var running []string
	for _, k := range r.last.Issues {
		if k.Sprint && present[k.ID] {
			running = append(running, k.ID)
		}
	}
	var out []clause
	for _, f := range r.fields.sprint {
		name := f.clause()
		begun := name + " in openSprints()"
		if len(running) > 0 {
			ids := "(" + strings.Join(running, ",") + ")"
			begun = "(" + begun + " AND id not in " + ids + ")"
			ended := "(id in " + ids + " AND (" + name + " is EMPTY OR " + name + " not in openSprints()))"
			out = append(out, clause{ended, len(running)})
		}
		out = append(out, clause{begun, len(running)})
	}
	return out
}

// crowdClauses select, of each number of votes and watchers, the issues at either
// end of those that had it and do not have it now. Those in between cannot differ
// while the sorted listing keeps them there.
func (r *round) crowdClauses(present map[string]bool) []clause {
	if r.crowd == nil {
		r.kept[work.Votes], r.kept[work.Watchers] = true, true
		return nil
	}
	ends, silent, hushed := r.crowdEnds(present)
	var out []clause
	for _, c := range slices.SortedFunc(maps.Keys(ends), crowd.compare) {
		pair := slices.Compact(ends[c])
		for _, id := range pair {
			r.sure[id] = true
		}
		out = append(out, c.unlike(pair))
	}
	if hushed > 2*mostNamed {
		r.kept[work.Votes], r.kept[work.Watchers] = true, true
		return out
	}
	for _, c := range slices.SortedFunc(maps.Keys(silent), crowd.compare) {
		for part := range slices.Chunk(silent[c], mostNamed) {
			out = append(out, c.unlike(part))
		}
	}
	return out
}

// crowdEnds gives, of the issues with the same number of votes and watchers, the
// first and the last by id; and apart from them all those that do not tell both.
func (r *round) crowdEnds(present map[string]bool) (ends, silent map[crowd][]string, hushed int) {
	ends, silent = map[crowd][]string{}, map[crowd][]string{}
	for _, k := range r.last.Issues {
		switch c := k.crowd(); {
		case !present[k.ID]:
		case c.votes < 0 || c.watches < 0:
			silent[c] = append(silent[c], k.ID)
			hushed++
		case len(ends[c]) == 0:
			ends[c] = []string{k.ID, k.ID}
		case idLess(k.ID, ends[c][0]):
			ends[c][0] = k.ID
		case idLess(ends[c][1], k.ID):
			ends[c][1] = k.ID
		}
	}
	return ends, silent, hushed
}

// unlike selects those of the issues that have other numbers.
func (c crowd) unlike(ids []string) clause {
	differs := func(field string, n int) string {
		if n < 0 {
			return field + " > 0"
		}
		return fmt.Sprintf("%s != %d", field, n)
	}
	text := "(id in (" + strings.Join(ids, ",") + ") AND (" + differs("votes", c.votes) + " OR " + differs("watchers", c.watches) + "))"
	return clause{text, len(ids)}
}

// fit gives which of the issues fit the query, as they are now and not as the
// index has them.
func (r *round) fit(ctx context.Context, ids []string) (map[string]bool, error) {
	out := map[string]bool{}
	for part := range slices.Chunk(ids, mostReconciled) {
		q := query{JQL: narrow(r.l.filter, "id in ("+strings.Join(part, ",")+")"), Fields: []string{"key"}, Max: mostReconciled}
		for _, id := range part {
			n, err := strconv.ParseInt(id, 10, 64)
			if err != nil {
				return nil, fmt.Errorf("%w: id %q", work.ErrUnexpected, id)
			}
			q.Reconcile = append(q.Reconcile, n)
		}
		err := r.pages(ctx, r.s, q, func(p searchPage) (int, error) {
			for _, raw := range *p.Issues {
				iss, err := readIssue(raw, p.sound)
				if err != nil {
					return 0, err
				}
				out[string(iss.ID)] = true
			}
			return len(*p.Issues), nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// mostReconciled is how many issues one search looks at past its index.
// Source: Jira Cloud platform REST API, "Search for issues using JQL enhanced search".
const mostReconciled = 50
