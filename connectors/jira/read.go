package jira

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

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
// way that suits the site: bulkfetch, many at a time, or windows of ids. Listed
// issues that did not come are asked for once more, since a list that came short
// would move all the others.
func (c *Connector) read(ctx context.Context, s *site, l listing, v *view) (*reading, error) {
	r := newReading(c.fields.asked(), c.report)
	r.view = v
	var err error
	if l.whole {
		r.total = len(l.ids)
	}
	if s.cloud {
		err = c.readBulk(ctx, r, l.ids)
	} else {
		err = c.readWindows(ctx, s, r, l)
	}
	if err == nil {
		err = c.readAgain(ctx, s, r, l)
	}
	if s.cloud {
		r.arrange(l.ids)
	}
	return r, err
}

// reading collects the issues of one pull, each once.
type reading struct {
	fields []string
	view   *view             // makes items of the issues as they come; nil: they stay as they are
	total  int               // 0: unknown
	seen   map[flexID]string // key by id
	ids    map[string]flexID // id by key
	issues []rawIssue
	report func(done, total int)
	pool   sync.Pool // of *values, that fields are read into where they are not kept
	brief  bool      // the total that Jira counts may end it, since what is missing is looked for
	light  bool      // the answer at hand was asked for without comments

	behind chan error // tells of the window that is being taken; nil: none is
}

// take adds the issues of an answer, each once, and gives how many were new.
func (r *reading) take(raw []json.RawMessage, sound bool) (fresh int, err error) {
	issues, errs := make([]rawIssue, len(raw)), make([]error, len(raw))
	spread(len(raw), func(i int) { issues[i], errs[i] = r.one(raw[i], sound) })
	r.grow(len(raw))
	for i, iss := range issues {
		if errs[i] != nil {
			return 0, errs[i]
		}
		added, err := r.add(iss)
		if err != nil {
			return 0, err
		}
		fresh += added
	}
	r.report(len(r.issues), max(r.total, len(r.issues)))
	return fresh, nil
}

// grow makes room for n more issues, the first time in full.
func (r *reading) grow(n int) {
	if len(r.issues) == 0 {
		r.seen, r.ids = make(map[flexID]string, n), make(map[string]flexID, n)
	}
	r.issues = slices.Grow(r.issues, n)
}

// one reads an issue and makes an item of it.
func (r *reading) one(raw json.RawMessage, sound bool) (rawIssue, error) {
	var fields *values
	if r.view != nil {
		if fields, _ = r.pool.Get().(*values); fields == nil {
			fields = new(values)
		}
		defer r.pool.Put(fields)
	}
	iss, err := readInto(fields, raw, sound)
	if err != nil {
		return iss, err
	}
	if len(r.fields) > 0 && iss.Fields == nil && len(iss.flaws) == 0 {
		return iss, fmt.Errorf("%w: %s came without any of its fields", work.ErrUnexpected, iss.Key)
	}
	if r.light {
		iss.flaws = append(iss.flaws, "came without its comments, since Jira could not give it with them")
	}
	if r.view != nil {
		made := r.view.convert(iss)
		iss.made, iss.Fields = &made, nil // so that the answer can go
	}
	return iss, nil
}

// made gives what was made of the issues.
func (r *reading) made() []converted {
	out := make([]converted, len(r.issues))
	for i := range r.issues {
		out[i] = *r.issues[i].made
	}
	return out
}

// add adds an issue, and gives 0 where it was there already.
func (r *reading) add(iss rawIssue) (int, error) {
	key, before := r.seen[iss.ID]
	switch {
	case before && key != iss.Key:
		return 0, fmt.Errorf("%w: Jira gives %s and %s the same id %s; perhaps it was moved just now", work.ErrUnexpected, key, iss.Key, iss.ID)
	case before:
		return 0, nil
	case r.ids[iss.Key] != "":
		return 0, fmt.Errorf("%w: Jira gives %s two ids, %s and %s", work.ErrUnexpected, iss.Key, r.ids[iss.Key], iss.ID)
	}
	r.ids[iss.Key], r.seen[iss.ID] = iss.ID, iss.Key
	r.issues = append(r.issues, iss)
	return 1, nil
}

// newReading begins a pull that asks for the fields; none: for names alone, which
// come without any.
func newReading(fields []string, report func(done, total int)) *reading {
	return &reading{fields: fields, seen: map[flexID]string{}, ids: map[string]flexID{}, report: report}
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

// mostGone is how many listed issues may be gone by the time they are read. More
// are not the work of a moment, but half an answer.
const mostGone = 20

// readAgain asks once more for what was listed or counted and did not come. What
// Jira then says is gone, or no longer fits the query, is left out; a pull that
// still misses more is no pull.
func (c *Connector) readAgain(ctx context.Context, s *site, r *reading, l listing) error {
	gone := r.unread(l)
	if len(gone) == 0 && len(r.issues)+mostGone >= r.total {
		return nil
	}
	again := c.searchAgain
	if s.cloud {
		again = c.readBulk
	}
	if err := again(ctx, r, gone); err != nil {
		return err
	}
	gone = r.unread(l)
	if n := max(len(gone), r.total-len(r.issues)); n > mostGone {
		return fmt.Errorf("%w: Jira lists %d issues that it does not give; its index may be behind, try again in a minute", work.ErrUnavailable, n)
	}
	if !s.cloud {
		return nil
	}
	for _, id := range gone {
		var raw json.RawMessage
		err := c.call(ctx, http.MethodGet, "rest/api/2/issue/"+url.PathEscape(id)+"?fields=key", nil, &raw)
		if err == nil {
			return fmt.Errorf("%w: Jira gives issue %s alone and not with others; try again in a minute", work.ErrUnavailable, id)
		}
		if !errors.Is(err, work.ErrNotFound) {
			return err
		}
	}
	return nil
}

// searchAgain asks Data Center for issues by their ids, as far as they still fit
// the query. It refuses a list that names an issue which is gone; such a list is
// asked for in halves, until the one is left that is gone.
func (c *Connector) searchAgain(ctx context.Context, r *reading, ids []string) error {
	filter, _ := splitJQL(c.opts.JQL)
	for part := range slices.Chunk(ids, readPage) {
		jql := orderedBy(narrow(filter, "id in ("+strings.Join(part, ",")+")"), "id ASC")
		p, err := c.search(ctx, c.site, query{JQL: jql, Fields: r.fields, Max: readPage, Start: new(int)})
		if half := len(part) / 2; errors.Is(err, work.ErrInvalid) {
			if half > 0 {
				err = cmp.Or(c.searchAgain(ctx, r, part[:half]), c.searchAgain(ctx, r, part[half:]))
			} else {
				err = nil
			}
		} else if err == nil {
			r.light = false
			_, err = r.take(*p.Issues, p.sound)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unread gives the ids of the listed issues that were not read: Jira leaves out
// without a word what is gone or no longer to be seen.
func (r *reading) unread(l listing) []string {
	return slices.DeleteFunc(slices.Clone(l.ids), func(id string) bool { return r.seen[flexID(id)] != "" })
}

// missing gives the keys of the listed issues that were not read.
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
	signals  map[work.Signal]named
	targets  map[work.Slot]named
	points   []field // where effort is to be found, the likeliest first; nil: not asked for
	sla      []field
	sprint   []field
	epics    []field // links to an epic, on Data Center
	titles   []field // names of epics, which epics alone have, on Data Center
	rank     *field  // nil: none, or several and no board that decides
	ranks    []field
	criteria []field // made for nothing but acceptance criteria
	problem  []work.Finding
}

// systemFields are read of every issue. The last two belong to Jira Software's
// own answers; elsewhere Jira passes over names that it does not know.
var systemFields = []string{
	"summary", "project", "issuetype", "status", "priority", "labels", "created", "updated", "duedate", "fixVersions", "components",
	"votes", "watches", heavy, description, "issuelinks", "parent", "security", "sprint", "epic",
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
	for _, fs := range [][]field{w.points, w.sla, w.sprint, w.epics, w.titles, w.ranks, w.criteria} {
		for _, f := range fs {
			all[f.ID] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}
