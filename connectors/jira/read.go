package jira

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"stackrank/internal/work"
)

// readPage is how many issues one request reads with their fields.
// Source: Jira Cloud platform REST API, "Bulk fetch issues": at most 100; the
// search gives pages of the same size.
const readPage = 100

// heavy is the field that makes an answer too large, if one does: it carries
// every comment's text.
const heavy = "comment"

// read gives every issue of the listing with the fields that are wanted, by the
// way that suits the site: bulkfetch, pages by token, or windows of ids.
func (c *Connector) read(ctx context.Context, s *site, l listing) (*reading, error) {
	r := &reading{fields: c.fields.asked(), total: len(l.ids), seen: map[flexID]string{}, ids: map[string]flexID{}, report: c.report}
	var err error
	switch {
	case s.cloud && l.whole:
		err = c.readBulk(ctx, r, l.ids)
	case s.cloud:
		r.total = 0
		err = c.readPages(ctx, s, r, l)
	default:
		if !l.whole {
			r.total = 0
		}
		err = c.readWindows(ctx, s, r, l)
	}
	return r, err
}

// reading collects the issues of one pull, each once.
type reading struct {
	fields []string
	total  int               // 0: unknown
	seen   map[flexID]string // key by id
	ids    map[string]flexID // id by key
	issues []rawIssue
	report func(done, total int)
	light  bool // the answer at hand was asked for without comments
}

// take adds the issues of an answer, each once, and gives the highest id among
// them and how many were new.
func (r *reading) take(raw []json.RawMessage) (highest int64, fresh int, err error) {
	for _, b := range raw {
		iss, err := readIssue(b)
		if err != nil {
			return 0, 0, err
		}
		if n, err := strconv.ParseInt(string(iss.ID), 10, 64); err == nil {
			highest = max(highest, n)
		}
		key, before := r.seen[iss.ID]
		switch {
		case before && key != iss.Key:
			return 0, 0, fmt.Errorf("%w: Jira gives %s and %s the same id %s; perhaps it was moved just now", work.ErrUnexpected, key, iss.Key, iss.ID)
		case !before && r.ids[iss.Key] != "":
			return 0, 0, fmt.Errorf("%w: Jira gives %s two ids, %s and %s", work.ErrUnexpected, iss.Key, r.ids[iss.Key], iss.ID)
		case !before:
			r.ids[iss.Key] = iss.ID
			if r.light {
				iss.flaws = append(iss.flaws, "came without its comments, since Jira could not give it with them")
			}
			r.seen[iss.ID] = iss.Key
			r.issues = append(r.issues, iss)
			fresh++
		}
	}
	r.report(len(r.issues), max(r.total, len(r.issues)))
	return highest, fresh, nil
}

// shortfall is a finding about issues that Jira named or counted and did not
// give, so that a part is never taken for all.
func (c *Connector) shortfall(r *reading, l listing) []work.Finding {
	gone := r.missing(l)
	n := max(len(gone), r.total-len(r.issues))
	if n <= 0 {
		return nil
	}
	named := ""
	if len(gone) > 0 {
		named = ", among them " + strings.Join(gone[:min(len(gone), 5)], ", ")
	}
	return []work.Finding{c.about(work.Warning, "not-given",
		fmt.Sprintf("The search names %s that Jira does not give%s: gone or hidden since, or its index is behind.", issues(n), named),
		"If this stays so, have the site's index rebuilt.")}
}

// missing gives the listed issues that were not read: Jira leaves out without a
// word what is gone or no longer to be seen.
func (r *reading) missing(l listing) []string {
	var out []string
	for i, id := range l.ids {
		if _, read := r.seen[flexID(id)]; !read {
			out = append(out, cmp.Or(l.keys[i], id))
		}
	}
	return out
}

// lighter gives the fields without the heaviest, and whether it was among them.
func lighter(fields []string) ([]string, bool) {
	out := slices.DeleteFunc(slices.Clone(fields), func(f string) bool { return f == heavy })
	return out, len(out) < len(fields)
}

// lacks reports whether comments are wanted and not among the fields.
func (r *reading) lacks(fields []string) bool {
	return slices.Contains(r.fields, heavy) && !slices.Contains(fields, heavy)
}

// bulk is the body of bulkfetch.
type bulk struct {
	IDs    []string `json:"issueIdsOrKeys"`
	Fields []string `json:"fields"`
}

func (c *Connector) readBulk(ctx context.Context, r *reading, ids []string) error {
	for part := range slices.Chunk(ids, readPage) {
		if err := c.fetch(ctx, r, bulk{part, r.fields}); err != nil {
			return err
		}
	}
	r.arrange(ids)
	return nil
}

// arrange puts the issues into the order of the listing: bulkfetch gives them in
// any order, and what is told of them must not depend on it.
func (r *reading) arrange(ids []string) {
	place := make(map[string]int, len(ids))
	for i, id := range ids {
		place[id] = i
	}
	slices.SortStableFunc(r.issues, func(a, b rawIssue) int { return place[string(a.ID)] - place[string(b.ID)] })
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
	if _, _, err := r.take(*a.Issues); err != nil {
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
		if _, _, err := r.take(*again.Issues); err != nil {
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

// readPages reads a query of more issues than one list holds, by tokens. The
// pages come in native order.
func (c *Connector) readPages(ctx context.Context, s *site, r *reading, l listing) error {
	q := query{JQL: orderedBy(l.filter, l.terms), Fields: r.fields, Max: readPage}
	return c.pages(ctx, s, q, func(issues []json.RawMessage) (int, error) {
		_, fresh, err := r.take(issues)
		return fresh, err
	})
}

// readWindows reads by windows of ids, which neither the limit on positions nor
// an issue that changes meanwhile can disturb. The last window is an empty one:
// that, and not the total that Jira counts, is the end of the issues.
func (c *Connector) readWindows(ctx context.Context, s *site, r *reading, l listing) error {
	last, size, fields := int64(0), readPage, r.fields
	for range maxPages {
		jql := orderedBy(narrow(l.filter, fmt.Sprintf("id > %d", last)), "id ASC")
		p, err := c.search(ctx, s, query{JQL: jql, Fields: fields, Max: size, Start: new(int)})
		if tooLarge(err) {
			if fields, size, err = smaller(fields, size, err); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		fields, size = r.fields, readPage
		if len(*p.Issues) == 0 {
			return nil
		}
		if last == 0 && p.Total != nil {
			r.total = *p.Total
		}
		r.light = r.lacks(fields)
		highest, _, err := r.take(*p.Issues)
		if err != nil {
			return err
		}
		if highest <= last {
			return fmt.Errorf("%w: the search gives issues that the query leaves out", work.ErrUnexpected)
		}
		last = highest
	}
	return fmt.Errorf("%w: the search does not end", work.ErrUnexpected)
}

// smaller asks for less after an answer that was too large, until one issue
// without its comments is too large as well.
func smaller(fields []string, size int, err error) ([]string, int, error) {
	if size > 1 {
		return fields, size / 10, nil
	}
	if less, ok := lighter(fields); ok {
		return less, size, nil
	}
	return fields, size, err
}

// wanted is what a pull asks of each issue, found out from the wiring and the
// site's fields.
type wanted struct {
	signals map[work.Signal]named
	targets map[work.Slot]named
	points  []field // where effort is to be found, the likeliest first; nil: not asked for
	sla     []field
	sprint  []field
	epics   []field // links to an epic, on Data Center
	titles  []field // names of epics, which epics alone have, on Data Center
	rank    *field  // nil: none, or several and no board that decides
	ranks   []field
	problem []work.Finding
}

// systemFields are read of every issue. The last two belong to Jira Software's
// own answers; elsewhere Jira passes over names that it does not know.
var systemFields = []string{
	"summary", "project", "issuetype", "status", "priority", "labels", "created", "duedate", "fixVersions", "components",
	"votes", "watches", heavy, "issuelinks", "parent", "security", "sprint", "epic",
}

// asked gives the explicit list of fields, sorted.
func (w *wanted) asked() []string {
	all := map[string]bool{}
	for _, id := range systemFields {
		all[id] = true
	}
	for n := range maps.Values(w.signals) {
		for _, id := range n.ids() {
			all[id] = true
		}
	}
	for n := range maps.Values(w.targets) {
		for _, id := range n.ids() {
			all[id] = true
		}
	}
	for _, fs := range [][]field{w.points, w.sla, w.sprint, w.epics, w.titles, w.ranks} {
		for _, f := range fs {
			all[f.ID] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}
